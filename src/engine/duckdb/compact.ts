/**
 * Compaction: the partial states of a pane, appended batch by batch, become one row per key again.
 * It changes no answer and no version; it only keeps reading fast and the file small.
 */
import type { Group } from '../../plan/plan.ts'
import { type Connection, isShortage, rollback, transaction } from './database.ts'
import {
  identity,
  mergedPart,
  type Part,
  partsOf,
  rowNames,
  rowsMax,
  stateTable,
} from './render_states.ts'

/** Panes with partials from more batches than this are worth rewriting. */
const BATCHES_PER_PANE_MAX = 8
/** So many rows for each that there would be are worth it. */
const ROWS_PER_ROW_MIN = 4
/** Of values, bins and registers, which are what reading is dear of. */
const STATE_ROWS_PER_ROW_MIN = 2

const IS_WORN = 'bucket IN (SELECT bucket FROM worn)'

/** Which rows of the part are worth rewriting; null where none are. */
async function wornRows(connection: Connection, group: Group, part: Part): Promise<string | null> {
  if (part === 'main') return IS_WORN
  // Different visitors are different values: of most sets there is nothing to merge.
  const names = `approx_count_distinct((${rowNames(group, part)}))`
  const states = await connection.rows(`SELECT state FROM ${stateTable(group, part)}
    WHERE ${IS_WORN} GROUP BY state
    HAVING count(*) > ${STATE_ROWS_PER_ROW_MIN} * least(${names}, ${rowsMax(group, part)})`)
  if (states.length === 0) return null
  return `${IS_WORN} AND state IN (${states.map(({ state }) => Number(state)).join(', ')})`
}

function rewriting(group: Group, part: Part, rows: string): readonly string[] {
  const table = stateTable(group, part)
  return [
    `CREATE OR REPLACE TEMP TABLE dense AS
      ${mergedPart(group, part, `(SELECT * FROM ${table} WHERE ${rows})`)}`,
    `DELETE FROM ${table} WHERE ${rows}`,
    `INSERT INTO ${table} BY NAME SELECT * FROM dense`,
  ]
}

/** Compacts the panes of the group that batches after `after` have touched. */
export async function compact(connection: Connection, group: Group, after: number): Promise<void> {
  const main = stateTable(group, 'main')
  await connection.script([
    `CREATE OR REPLACE TEMP TABLE worn AS SELECT bucket FROM ${main}
      WHERE bucket IN (SELECT DISTINCT bucket FROM ${main} WHERE batch > ${after})
      GROUP BY bucket HAVING count(DISTINCT batch) > ${BATCHES_PER_PANE_MAX}
        AND count(*) > ${ROWS_PER_ROW_MIN} * count(DISTINCT (${identity(group)}))`,
  ])
  const [counted] = await connection.rows('SELECT count(*) AS n FROM worn')
  if (Number(counted?.n) === 0) return
  const statements: string[] = []
  for (const part of partsOf(group)) {
    const rows = await wornRows(connection, group, part)
    if (rows !== null) statements.push(...rewriting(group, part, rows))
  }
  await transaction(connection, 'COMMIT', () => connection.script(statements))
}

/** After so many batches one group of states is compacted, in turn: no batch waits for all. */
const BATCHES_BETWEEN = 4

/** Whose turn it is. */
export class Compactions {
  readonly #groups: ReadonlyMap<string, Group>
  /** Group to the batch up to which it was compacted; the first is next. */
  readonly #done: Map<string, number>
  #last: number

  constructor(groups: readonly Group[], batch: number) {
    // Sessions are joined when they are stored, and have no parts that pile up.
    const compacted = groups.filter(({ pane }) => pane.kind !== 'session')
    this.#groups = new Map(compacted.map((group) => [group.id, group]))
    this.#done = new Map(compacted.map(({ id }) => [id, batch]))
    this.#last = batch
  }

  async afterBatch(connection: Connection, batch: number): Promise<void> {
    if (batch - this.#last < BATCHES_BETWEEN) return
    this.#last = batch
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
