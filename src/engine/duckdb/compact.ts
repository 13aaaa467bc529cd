/**
 * Compaction: the partial states of a pane, appended batch by batch, become one row per key again.
 * It changes no answer and no version; it only keeps reading fast and the file small.
 */
import type { Group } from '../../plan/plan.ts'
import { type Connection, isShortage, rollback, transaction } from './database.ts'
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

/** One group of states is compacted every so many batches, in turn: no batch waits for all. */
const BATCHES_BETWEEN = 4

/** Whose turn it is. */
export class Compactions {
  readonly #groups: ReadonlyMap<string, Group>
  /** Group to the batch up to which it was compacted; the first is next. */
  readonly #done: Map<string, number>

  constructor(groups: readonly Group[], batch: number) {
    // Sessions are joined when they are stored, and have no parts that pile up.
    const compacted = groups.filter(({ pane }) => pane.kind !== 'session')
    this.#groups = new Map(compacted.map((group) => [group.id, group]))
    this.#done = new Map(compacted.map(({ id }) => [id, batch]))
  }

  async afterBatch(connection: Connection, batch: number): Promise<void> {
    if (batch % BATCHES_BETWEEN !== 0) return
    const [due] = this.#done
    const group = this.#groups.get(due?.[0] ?? '')
    if (!due || !group) return
    this.#done.delete(group.id)
    try {
      await compact(connection, group, due[1])
      this.#done.set(group.id, batch)
    } catch (thrown) {
      this.#done.set(group.id, due[1])
      // Panes are as right uncompacted; more memory may be free when its turn comes again.
      if (!isShortage(thrown)) throw thrown
      await rollback(connection)
    }
  }
}
