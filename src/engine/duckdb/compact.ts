/**
 * Compaction: the partial states of a pane, appended batch by batch, become one row per key again.
 * It changes no answer and no version; it only keeps reading fast and the file small.
 */
import type { Group } from '../../plan/plan.ts'
import { type Connection, transaction } from './database.ts'
import { identity, mergedPart, partsOf, stateTable } from './render_states.ts'

/** Panes with partials from more batches than this are worth rewriting. */
const BATCHES_PER_PANE_MAX = 8

/** Compacts the panes of the group that batches after `after` have touched. */
export async function compact(connection: Connection, group: Group, after: number): Promise<void> {
  const main = stateTable(group, 'main')
  await connection.script([
    `CREATE OR REPLACE TEMP TABLE worn AS SELECT bucket FROM ${main}
      WHERE bucket IN (SELECT DISTINCT bucket FROM ${main} WHERE batch > ${after})
      GROUP BY bucket HAVING count(DISTINCT batch) > ${BATCHES_PER_PANE_MAX}
        AND count(*) > 4 * count(DISTINCT (${identity(group)}))`,
  ])
  const [counted] = await connection.rows('SELECT count(*) AS n FROM worn')
  if (Number(counted?.n) === 0) return
  const statements = partsOf(group).flatMap((part) => {
    const table = stateTable(group, part)
    const worn = `(SELECT * FROM ${table} WHERE bucket IN (SELECT bucket FROM worn))`
    return [
      `CREATE OR REPLACE TEMP TABLE dense AS ${mergedPart(group, part, worn)}`,
      `DELETE FROM ${table} WHERE bucket IN (SELECT bucket FROM worn)`,
      `INSERT INTO ${table} BY NAME SELECT * FROM dense`,
    ]
  })
  await transaction(connection, 'COMMIT', () => connection.script(statements))
}
