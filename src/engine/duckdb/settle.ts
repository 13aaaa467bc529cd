/**
 * Compaction of session windows: parts join with one another and with the settled sessions they
 * touch, and what comes of it is settled. It changes no answer and no version.
 */
import type { Group } from '../../plan/plan.ts'
import { type Connection, transaction } from './database.ts'
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

/**
 * Settles the group's parts, and with them those that `arrived` (a query) gives, which then need not
 * be stored as parts first. For a transaction of the caller's.
 */
export function settling(
  group: Group,
  pane: SessionPane,
  arrived: string | null,
): readonly string[] {
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
