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
  /** The last batch whose events sessions hold, and how far event time had come then, in us. */
  readonly settled: Reached
  /** Sessions are taking in what came after: they have for some visitors. Null between rounds. */
  readonly round: Round | null
}

interface Reached {
  readonly batch: number
  readonly horizon_us: number | null
}

/** How sessions go on from `settled`, a share of the visitors at a time. */
export interface Round {
  /** Where they are when it ends. */
  readonly until: Reached
  /** Shares that hold all up to there already. */
  readonly done: number
  readonly shares: number
  /** Transactions that shares took so far. */
  readonly commits: number
  /** Of all shares. */
  readonly events: number
  /** Groups of which some session has a crowd of them. */
  readonly crowded: readonly string[]
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
  /** Whether a batch of so many records that brings the store here levels the sessions too. */
  readonly settles: (position: Position, records: number) => Promise<boolean>
}

export const START: Position = Object.freeze({
  batch: 0,
  offsets: new Map(),
  writers: new Map(),
  sources: new Map(),
  settled: { batch: 0, horizon_us: null },
  round: null,
})

const numbers = (json: unknown): ReadonlyMap<string, number> =>
  new Map(Object.entries((json ?? {}) as Record<string, number>))

/** The last committed position. */
export async function readPosition(connection: Connection): Promise<Position> {
  const [row] = await connection.rows(
    'SELECT *, epoch_us(settled_horizon) AS settled_us FROM batches ORDER BY batch DESC LIMIT 1',
  )
  if (!row) return START
  const horizon_us = row.settled_us === null ? null : Number(row.settled_us)
  return {
    batch: Number(row.batch),
    offsets: numbers(row.offsets),
    writers: new Map(Object.entries((row.writers ?? {}) as Record<string, string>)),
    sources: numbers(row.sources),
    settled: { batch: Number(row.settled_batch), horizon_us },
    round: row.round as Round | null,
  }
}

/** How far back a changelog cursor may lie before it is answered with a snapshot. */
const BATCHES_KEPT = 20_000

/** Lets go of old positions now and then. */
export async function forgetBatches(connection: Connection, batch: number): Promise<void> {
  if (batch % BATCHES_KEPT !== 0) return
  await connection.run(`DELETE FROM batches WHERE batch < ${batch - BATCHES_KEPT}`)
}

/** After a work that failed: nothing of it is left, and the store says how far it has come. */
export async function undone(connection: Connection): Promise<Position> {
  await rollback(connection)
  await dropTemporary(connection)
  return readPosition(connection)
}

/** Records that are durable and not in the store. */
export async function pendingIn(log: Pick<Log, 'lanes'>, offsets: Offsets): Promise<number> {
  const lanes = await log.lanes()
  return lanes.reduce((sum, { lane, durable_position }) => {
    return sum + durable_position - (offsets.get(lane) ?? 0)
  }, 0)
}

const time = (time_us: number | null) => (time_us === null ? 'NULL' : `make_timestamp(${time_us})`)

/** The row that says it: offsets and watermark commit with what they speak of. */
export function insertPosition(
  position: Position,
  records: number,
  { settings, now_ms }: BatchContext,
): string {
  const { batch, offsets, writers, sources, settled, round } = position
  const horizon_us = horizonOf(sources, settings.idle_source_ms)
  const json = (map: ReadonlyMap<string, number | string>) =>
    quoteText(JSON.stringify(Object.fromEntries(map)))
  return `INSERT INTO batches VALUES (${batch}, make_timestamp(${now_ms * 1_000}), ${records},
    ${json(offsets)}, ${json(sources)}, ${time(horizon_us)}, ${settings.late_ms},
    ${settled.batch}, ${time(settled.horizon_us)}, ${json(writers)},
    ${round ? quoteText(JSON.stringify(round)) : 'NULL'})`
}
