/**
 * How a batch's sessions are stored: its parts join with one another and with the stored sessions
 * they touch, and what comes of it takes their place, in the batch's own transaction.
 */
import type { Group } from '../../plan/plan.ts'
import { quoteName } from '../../std/duckdb.ts'
import { extendedSessions, pairs } from './extend_sessions.ts'
import { renderExpression } from './render_expression.ts'
import { joinedSessions, type SessionPane, sessionsOf, touchedRows } from './render_sessions.ts'
import { keyNames, type Part, partsOf, sameRow, stateTable } from './render_states.ts'

/** Row states (values, bins, registers) stand under the start of their part: they follow it. */
function follow(group: Group, part: Part): readonly string[] {
  const table = stateTable(group, part)
  const moved = `FROM ${table} AS row_state, moved WHERE ${sameRow(group, 'row_state', 'moved')}`
  return [
    `CREATE OR REPLACE TEMP TABLE dense AS
      SELECT row_state.* REPLACE (moved.window_start AS bucket) ${moved}`,
    `DELETE FROM ${table} USING moved WHERE ${sameRow(group, table, 'moved')}`,
    `INSERT INTO ${table} BY NAME SELECT * FROM dense`,
  ]
}

const keysOf = ({ keys }: Group, from: string) =>
  keys.map(({ name, expression }) => `${renderExpression(expression, from)} AS ${quoteName(name)}`)

const sameKeys = ({ keys }: Group, left: string, right: string) =>
  keys
    .map(({ name, expression }) => {
      const value = renderExpression(expression, left)
      return `${value} IS NOT DISTINCT FROM ${right}.${quoteName(name)}`
    })
    .join(' AND ')

/**
 * Stores the sessions in the rows of a large `relation`, of which `partial` makes parts. Where the
 * client says which rows are one session, most are whole and new: they are stored as they come,
 * without a look at others. Does the same as `settling`.
 */
export function settlingMany(
  group: Group,
  pane: SessionPane,
  relation: string,
  partial: (rows: string) => string,
): readonly string[] {
  const id = group.keys.find(({ name }) => name === pane.id)
  if (!id) return settling(group, pane, partial(relation))
  const named = renderExpression(id.expression, 'told_row')
  const main = stateTable(group, 'main')
  const same = keyNames(group).map((key) => `arrival.${key} IS NOT DISTINCT FROM stored.${key}`)
  const known = sameKeys(group, 'told_row', 'known')
  const rows = (join: string) => `(SELECT told_row.* FROM ${relation} AS told_row ${join})`
  const fresh = rows(`ANTI JOIN known ON ${known} WHERE ${named} IS NOT NULL`)
  const others = rows(`LEFT JOIN known ON ${known} WHERE ${named} IS NULL OR known.is_known`)
  return [
    `CREATE OR REPLACE TEMP TABLE arrivals AS SELECT ${keysOf(group, 'told_row').join(', ')}
      FROM ${relation} AS told_row WHERE ${named} IS NOT NULL GROUP BY ALL`,
    `CREATE OR REPLACE TEMP TABLE known AS SELECT *, TRUE AS is_known FROM arrivals AS arrival
      SEMI JOIN ${main} AS stored ON ${same.join(' AND ')}`,
    `INSERT INTO ${main} BY NAME ${partial(fresh)}`,
    ...settling(group, pane, partial(others)),
    ...['DROP TABLE arrivals', 'DROP TABLE known'],
  ]
}

/** Stores the sessions that the parts of `arrived` (a query) and the stored ones near them make. */
export function settling(group: Group, pane: SessionPane, arrived: string): readonly string[] {
  const main = stateTable(group, 'main')
  const columns = ['bucket', ...keyNames(group), 'window_start'].join(', ')
  const rowParts = partsOf(group).filter((part) => part !== 'main')
  const partKeys = keyNames(group).map((key) => `part.${key}`)
  const extensions = `SELECT ${['part.bucket', ...partKeys].join(', ')},
      stored.bucket AS window_start
    FROM pairs JOIN touched_rows AS stored ON stored.touched = pairs.stored_row
    JOIN arrived AS part ON part.rowid = pairs.part_row`
  const moved = `CREATE OR REPLACE TEMP TABLE moved AS SELECT DISTINCT ${columns}
    FROM ${sessionsOf(group, pane, 'moving')} WHERE bucket <> window_start
    UNION ALL BY NAME ${extensions}`
  const touched = 'rowid IN (SELECT touched FROM touched_rows)'
  return [
    `CREATE OR REPLACE TEMP TABLE arrived AS SELECT *, NULL::TIMESTAMP[] AS formers
      FROM (${arrived})`,
    `CREATE OR REPLACE TEMP TABLE touched_rows AS ${touchedRows(group, pane, 'arrived')}`,
    `CREATE OR REPLACE TEMP TABLE pairs AS ${pairs(group)}`,
    `CREATE OR REPLACE TEMP TABLE moving AS
      SELECT * FROM arrived WHERE rowid NOT IN (SELECT part_row FROM pairs)
      UNION ALL BY NAME SELECT * FROM ${main} WHERE ${touched}
        AND rowid NOT IN (SELECT stored_row FROM pairs)`,
    ...(rowParts.length > 0 ? [moved] : []),
    `INSERT INTO ${main} BY NAME ${extendedSessions(group)}`,
    `INSERT INTO ${main} BY NAME FROM ${joinedSessions(group, pane, 'moving')}`,
    `DELETE FROM ${main} WHERE ${touched}`,
    ...rowParts.flatMap((part) => follow(group, part)),
    ...['arrived', 'touched_rows', 'pairs', 'moving'].map((name) => `DROP TABLE ${name}`),
  ]
}
