/**
 * How sessions are stored: the parts that arrived join with one another and with the stored
 * sessions they touch, and what comes of it takes their place.
 */
import type { Group } from '../../plan/plan.ts'
import { quoteName } from '../../std/duckdb.ts'
import { extendedSessions, foundStretches, foundTables, pairs } from './extend_sessions.ts'
import { renderExpression } from './render_expression.ts'
import { joinedSessions, type SessionPane, sessionsOf, touchedRows } from './render_sessions.ts'
import { keyNames, type Part, partsOf, sameIn, sameRow, stateTable } from './render_states.ts'
import { keepStretches, withinStretches } from './stretches.ts'

export interface Settling {
  /** Puts what arrived, and what it meets, into temporary tables. */
  readonly find: readonly string[]
  /** Changes what is stored, in a transaction, and drops them. */
  readonly store: readonly string[]
}

/** Row states (values, bins, registers) stand under the start of their part: they follow it. */
function follow(group: Group, part: Part): readonly string[] {
  const table = stateTable(group, part)
  const { moved } = foundTables(group)
  return [
    `CREATE OR REPLACE TEMP TABLE dense AS
      SELECT row_state.* REPLACE (moved.window_start AS bucket)
      FROM ${table} AS row_state, ${moved} AS moved WHERE ${sameRow(group, 'row_state', 'moved')}`,
    `DELETE FROM ${table} USING ${moved} AS moved WHERE ${sameRow(group, table, 'moved')}`,
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
 * Of the rows of a large `relation`, of which `partial` makes parts. Where the client says which
 * rows are one session, most are whole and new: they are stored as they come, without a look at
 * others. Does the same as `settling`.
 */
export function settlingMany(
  group: Group,
  pane: SessionPane,
  relation: string,
  partial: (rows: string) => string,
): Settling {
  const id = group.keys.find(({ name }) => name === pane.id)
  if (!id) return settling(group, pane, partial(relation))
  const named = renderExpression(id.expression, 'told_row')
  const main = stateTable(group, 'main')
  const { arrivals, known } = foundTables(group)
  const isStored = sameIn(keyNames(group), 'arrival', 'stored')
  const isKnown = sameKeys(group, 'told_row', 'known')
  const rows = (join: string) => `(SELECT told_row.* FROM ${relation} AS told_row ${join})`
  const fresh = rows(`ANTI JOIN ${known} AS known ON ${isKnown} WHERE ${named} IS NOT NULL`)
  const others = rows(`LEFT JOIN ${known} AS known ON ${isKnown}
    WHERE ${named} IS NULL OR known.is_known`)
  const { find, store } = settling(group, pane, partial(others))
  return {
    find: [
      `CREATE OR REPLACE TEMP TABLE ${arrivals} AS SELECT ${keysOf(group, 'told_row').join(', ')}
        FROM ${relation} AS told_row WHERE ${named} IS NOT NULL GROUP BY ALL`,
      `CREATE OR REPLACE TEMP TABLE ${known} AS SELECT *, TRUE AS is_known
        FROM ${arrivals} AS arrival SEMI JOIN ${main} AS stored ON ${isStored}`,
      ...find,
    ],
    store: [
      `INSERT INTO ${main} BY NAME ${partial(fresh)}`,
      ...store,
      ...[arrivals, known].map((table) => `DROP TABLE ${table}`),
    ],
  }
}

/** Of the parts of `arrived` (a query) and the stored sessions near them. */
export function settling(group: Group, pane: SessionPane, arriving: string): Settling {
  const main = stateTable(group, 'main')
  const { arrived, touched, pairs: paired, moving, moved } = foundTables(group)
  const columns = ['bucket', ...keyNames(group), 'window_start'].join(', ')
  const rowParts = partsOf(group).filter((part) => part !== 'main')
  const partKeys = keyNames(group).map((key) => `part.${key}`)
  const extensions = `SELECT ${['part.bucket', ...partKeys].join(', ')},
      stored.bucket AS window_start
    FROM ${paired} AS pair JOIN ${touched} AS stored ON stored.touched = pair.stored_row
    JOIN ${arrived} AS part ON part.rowid = pair.part_row`
  const createMoved = `CREATE OR REPLACE TEMP TABLE ${moved} AS SELECT DISTINCT ${columns}
    FROM ${sessionsOf(group, pane, moving)} WHERE bucket <> window_start
    UNION ALL BY NAME ${extensions}`
  const stretches = foundStretches(group)
  const unpaired = `SELECT touched FROM ${touched}
    WHERE touched NOT IN (SELECT stored_row FROM ${paired})`
  const isTouched = `rowid IN (SELECT touched FROM ${touched})`
  const find = [
    `CREATE OR REPLACE TEMP TABLE ${arrived} AS SELECT *, NULL::TIMESTAMP[] AS formers
      FROM (${arriving})`,
    `CREATE OR REPLACE TEMP TABLE ${touched} AS ${touchedRows(group, pane, arrived)}`,
    `CREATE OR REPLACE TEMP TABLE ${paired} AS ${pairs(group)}`,
    keepStretches(stretches.extending, `SELECT stored_row AS number FROM ${paired}`),
    keepStretches(stretches.moving, `SELECT touched AS number FROM (${unpaired})`),
    `CREATE OR REPLACE TEMP TABLE ${moving} AS
      SELECT * FROM ${arrived} WHERE rowid NOT IN (SELECT part_row FROM ${paired})
      UNION ALL BY NAME SELECT * FROM ${main} WHERE ${withinStretches(stretches.moving)}
        AND rowid IN (${unpaired})`,
    ...(rowParts.length > 0 ? [createMoved] : []),
  ]
  const made = [arrived, touched, paired, moving, ...(rowParts.length > 0 ? [moved] : [])]
  const store = [
    `INSERT INTO ${main} BY NAME ${extendedSessions(group)}`,
    `INSERT INTO ${main} BY NAME FROM ${joinedSessions(group, pane, moving)}`,
    `DELETE FROM ${main} WHERE ${isTouched}`,
    ...rowParts.flatMap((part) => follow(group, part)),
    ...made.map((table) => `DROP TABLE ${table}`),
  ]
  return { find, store }
}
