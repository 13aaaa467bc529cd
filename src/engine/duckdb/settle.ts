/**
 * Compaction of session windows: parts join with one another and with the settled sessions they
 * touch, and what comes of it is settled. It changes no answer and no version.
 */
import type { Group } from '../../plan/plan.ts'
import { quoteName } from '../../std/duckdb.ts'
import { type Connection, transaction } from './database.ts'
import { renderExpression } from './render_expression.ts'
import {
  joinedSessions,
  type SessionPane,
  sessionsOf,
  settledTable,
  touchedRows,
  touchedSettled,
} from './render_sessions.ts'
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
 * Settles the sessions in the rows of a large `relation`, of which `partial` makes parts. Where the
 * client says which rows are one session, most are whole and new: they are settled as they come,
 * and written once. For a transaction of the caller's.
 */
export function settlingAll(
  group: Group,
  pane: SessionPane,
  relation: string,
  partial: (rows: string) => string,
): readonly string[] {
  const id = group.keys.find(({ name }) => name === pane.id)
  if (!id) return settling(group, pane, partial(relation))
  const named = renderExpression(id.expression, 'told_row')
  const keys = keyNames(group).join(', ')
  const same = keyNames(group).map((key) => `arrival.${key} IS NOT DISTINCT FROM stored.${key}`)
  const known = sameKeys(group, 'told_row', 'known')
  const rows = (join: string) => `(SELECT told_row.* FROM ${relation} AS told_row ${join})`
  const fresh = rows(`ANTI JOIN known ON ${known} WHERE ${named} IS NOT NULL`)
  const others = rows(`LEFT JOIN known ON ${known} WHERE ${named} IS NULL OR known.is_known`)
  return [
    `CREATE OR REPLACE TEMP TABLE arrivals AS SELECT ${keysOf(group, 'told_row').join(', ')}
      FROM ${relation} AS told_row WHERE ${named} IS NOT NULL GROUP BY ALL`,
    `CREATE OR REPLACE TEMP TABLE known AS SELECT *, TRUE AS is_known FROM arrivals AS arrival
      SEMI JOIN (SELECT ${keys} FROM ${stateTable(group, 'main')}
        UNION ALL SELECT ${keys} FROM ${settledTable(group)}) AS stored ON ${same.join(' AND ')}`,
    `INSERT INTO ${settledTable(group)} BY NAME ${partial(fresh)}`,
    ...settling(group, pane, partial(others)),
    ...['DROP TABLE arrivals', 'DROP TABLE known'],
  ]
}

/**
 * Settles the group's parts, and with them those that `arrived` (a query) gives, which then need
 * not be stored as parts first. For a transaction of the caller's.
 */
function settling(group: Group, pane: SessionPane, arrived: string | null): readonly string[] {
  const main = stateTable(group, 'main')
  const settled = settledTable(group)
  const columns = ['bucket', ...keyNames(group), 'window_start'].join(', ')
  const rowParts = partsOf(group).filter((part) => part !== 'main')
  const moved = `CREATE OR REPLACE TEMP TABLE moved AS SELECT DISTINCT ${columns}
    FROM ${sessionsOf(group, pane, 'moving')} WHERE bucket <> window_start`
  return [
    `CREATE OR REPLACE TEMP TABLE loose AS FROM ${main}
      ${arrived ? `UNION ALL BY NAME (${arrived})` : ''}`,
    `CREATE OR REPLACE TEMP TABLE touched AS FROM ${touchedSettled(group, pane, 'loose')}`,
    'CREATE OR REPLACE TEMP VIEW moving AS FROM loose UNION ALL BY NAME FROM touched',
    ...(rowParts.length > 0 ? [moved] : []),
    `DELETE FROM ${settled} WHERE rowid IN (${touchedRows(group, pane, 'loose')})`,
    `INSERT INTO ${settled} BY NAME FROM ${joinedSessions(group, pane, 'moving')}`,
    `DELETE FROM ${main}`,
    ...rowParts.flatMap((part) => follow(group, part)),
    ...['DROP VIEW moving', 'DROP TABLE loose', 'DROP TABLE touched'],
  ]
}

/** Settles the group's parts when there are more than `parts_max`. */
export async function settle(
  connection: Connection,
  group: Group,
  pane: SessionPane,
  parts_max: number,
): Promise<void> {
  const [counted] = await connection.rows(`SELECT count(*) AS n FROM ${stateTable(group, 'main')}`)
  if (Number(counted?.n) <= parts_max) return
  await transaction(connection, 'COMMIT', () => connection.script(settling(group, pane, null)))
}
