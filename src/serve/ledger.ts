/**
 * The ledger as told: does every record that the log holds have exactly one outcome? Two sums that
 * are kept apart must agree: what the batches counted, and the positions of the log's lanes.
 */
import type { Row } from '../engine/contract.ts'
import type { LaneStatus, Log } from '../log/contract.ts'
import type { LimitedStore } from './served_engine.ts'

export const OUTCOMES = ['stored', 'duplicate', 'invalid', 'filtered', 'erased'] as const
type Outcome = (typeof OUTCOMES)[number]

type Counts = Readonly<Record<Outcome | 'received' | 'late', number>>

export interface LedgerRow extends Counts {
  readonly source: string
  readonly hour: string
  readonly balanced: boolean
}

export interface Totals extends Counts {
  /** Durable in the log and not yet in the tables; of unknown source until they are read. */
  readonly pending: number
}

export interface Ledger {
  readonly totals: Totals
  /** Whether received = stored + duplicate + invalid + filtered + erased + pending, everywhere. */
  readonly balanced: boolean
  /** Records in the log, by its own positions. */
  readonly log_records: number
  readonly rows: readonly LedgerRow[]
  readonly truncated: boolean
}

const NAMES = ['received', ...OUTCOMES, 'late'] as const
const SUMS = NAMES.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ')

/** One statement, so that counts and offsets are those of the same batch. */
const TOTALS = `SELECT ${SUMS}, (SELECT arg_max(offsets, batch) FROM batches) AS offsets
  FROM ledger`

const countsOf = (row: Row): Counts =>
  Object.fromEntries(NAMES.map((name) => [name, Number(row[name])])) as unknown as Counts

const sumOf = (counts: Counts): number =>
  OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0)

function rowOf(row: Row): LedgerRow {
  const counts = countsOf(row)
  return {
    source: String(row.source),
    hour: String(row.hour),
    ...counts,
    balanced: counts.received === sumOf(counts),
  }
}

/** Records of the lanes that are durable beyond the offsets. */
function pendingIn(lanes: readonly LaneStatus[], offsetOf: (lane: string) => number): number {
  return lanes.reduce((sum, lane) => sum + lane.durable_position - offsetOf(lane.lane), 0)
}

/** The newest `limit` rows, and the totals of all. */
export async function readLedger(store: LimitedStore, log: Log, limit: number): Promise<Ledger> {
  const sql = `SELECT source, hour, ${NAMES.join(', ')} FROM ledger
    ORDER BY hour DESC, source LIMIT ${limit + 1}`
  const rows = (await store.rows(sql)).map(rowOf)
  const [total = {}] = await store.rows(TOTALS)
  const lanes = await log.lanes()
  const offsets = (total.offsets ?? {}) as Readonly<Record<string, number>>
  const counts = countsOf(total)
  const pending = pendingIn(lanes, (lane) => offsets[lane] ?? 0)
  const log_records = lanes.reduce((sum, { durable_position }) => sum + durable_position, 0)
  const received = counts.received + pending
  const agrees = received === sumOf(counts) + pending && received === log_records
  return {
    totals: { ...counts, received, pending },
    balanced: agrees && rows.every(({ balanced }) => balanced),
    log_records,
    rows: rows.slice(0, limit),
    truncated: rows.length > limit,
  }
}
