/** Where the store stands: written with each batch, in its transaction, and read back at start. */
import type { Log, Offsets } from '../../log/contract.ts'
import type { Erased } from '../../model/erasure.ts'
import type { Plan } from '../../plan/plan.ts'
import { quoteText } from '../../std/duckdb.ts'
import type { Settings } from '../../std/settings.ts'
import { type Connection, dropTemporary, rollback } from './database.ts'
import { horizonOf, type SourceTimes } from './watermark.ts'

export interface Position {
  readonly batch: number
  readonly offsets: Offsets
  /** Lane to the writers of what was taken of it, by which another log is known. */
  readonly writers: ReadonlyMap<string, string>
  readonly sources: SourceTimes
}

/** What a batch is made with. */
export interface BatchContext {
  readonly plan: Plan
  readonly settings: Pick<
    Settings,
    'time_zone' | 'idle_source_ms' | 'late_ms' | 'batch_records_max'
  >
  readonly now_ms: number
  /** Of whom nothing is stored; nobody where it is absent. */
  readonly erased?: Erased | undefined
}

export const START: Position = Object.freeze({
  batch: 0,
  offsets: new Map(),
  writers: new Map(),
  sources: new Map(),
})

const numbers = (json: unknown): ReadonlyMap<string, number> =>
  new Map(Object.entries((json ?? {}) as Record<string, number>))

/** The last committed position. */
export async function readPosition(connection: Connection): Promise<Position> {
  const [row] = await connection.rows('SELECT * FROM batches ORDER BY batch DESC LIMIT 1')
  if (!row) return START
  return {
    batch: Number(row.batch),
    offsets: numbers(row.offsets),
    writers: new Map(Object.entries((row.writers ?? {}) as Record<string, string>)),
    sources: numbers(row.sources),
  }
}

/** How far back a changelog cursor may lie before it is answered with a snapshot. */
const BATCHES_KEPT = 20_000

/** Lets go of old positions now and then, of the store or of sessions. */
export async function forgetBatches(
  connection: Connection,
  table: 'batches' | 'session_batches',
  batch: number,
): Promise<void> {
  if (batch % BATCHES_KEPT !== 0) return
  await connection.run(`DELETE FROM ${table} WHERE batch < ${batch - BATCHES_KEPT}`)
}

/** After a work that failed: nothing of it is left. */
export async function undo(connection: Connection): Promise<void> {
  await rollback(connection)
  await dropTemporary(connection)
}

/** Records that are durable and not in the store. */
export async function pendingIn(log: Pick<Log, 'lanes'>, offsets: Offsets): Promise<number> {
  const lanes = await log.lanes()
  return lanes.reduce((sum, { lane, durable_position }) => {
    return sum + durable_position - (offsets.get(lane) ?? 0)
  }, 0)
}

export const time = (time_us: number | null) =>
  time_us === null ? 'NULL' : `make_timestamp(${time_us})`

/** The row that says it: offsets and watermark commit with what they speak of. */
export function insertPosition(
  position: Position,
  records: number,
  { settings, now_ms }: BatchContext,
): string {
  const { batch, offsets, writers, sources } = position
  const horizon_us = horizonOf(sources, settings.idle_source_ms)
  const json = (map: ReadonlyMap<string, number | string>) =>
    quoteText(JSON.stringify(Object.fromEntries(map)))
  return `INSERT INTO batches VALUES (${batch}, make_timestamp(${now_ms * 1_000}), ${records},
    ${json(offsets)}, ${json(sources)}, ${time(horizon_us)}, ${settings.late_ms},
    ${json(writers)})`
}
