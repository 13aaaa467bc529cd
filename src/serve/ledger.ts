/**
 * The ledger as told: does every record that the log holds have exactly one outcome? Two sums that
 * are kept apart must agree: what the batches counted, and the positions of the log's lanes. This
 * is the equation's one home; page, API, metrics and commands tell what it says.
 */
import type { Row, Store } from '../engine/contract.ts'
import type { LaneStatus } from '../log/contract.ts'

const ENDS = ['stored', 'duplicate', 'invalid', 'filtered', 'erased'] as const
/** Every record gets one of these; the last is told only where somebody gave records up. */
export const OUTCOMES = [...ENDS, 'lost_to_damage'] as const
type Outcome = (typeof OUTCOMES)[number]

export type Counts = Readonly<Record<Outcome | 'received' | 'late', number>>

/** The equation in words. */
export const EQUATION = `received = ${OUTCOMES.join(' + ')} + pending`

export interface LedgerRow extends Counts {
  readonly source: string
  readonly hour: string
  readonly balanced: boolean
}

/** What came from one source: ever, and in this hour and the one before it. */
export interface SourceCounts extends Counts {
  readonly source: string
  readonly recent: Counts
}

export interface Totals extends Counts {
  /** Durable in the log and not yet in the tables; of unknown source until they are read. */
  readonly pending: number
}

export interface LedgerSum {
  readonly totals: Totals
  /** Whether the equation holds, for each source and over all. */
  readonly balanced: boolean
  /** Records in the log, by its own positions. */
  readonly log_records: number
  /** The largest sources; the others are in the API's ledger. */
  readonly sources: readonly SourceCounts[]
}

const SOURCES_MAX = 100
const HOUR_MS = 3_600_000
const NAMES = ['received', ...OUTCOMES, 'late'] as const

const countsOf = (row: Row, prefix = ''): Counts =>
  Object.fromEntries(NAMES.map((name) => [name, Number(row[prefix + name] ?? 0)])) as Counts

/** Whether every record has an outcome. */
const isBalanced = (counts: Counts): boolean =>
  counts.received === OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0)

/** The newest `limit` rows; `truncated` when there are more. */
export async function readLedgerRows(
  store: Store,
  limit: number,
): Promise<{ readonly rows: readonly LedgerRow[]; readonly truncated: boolean }> {
  const sql = `SELECT source, hour, ${NAMES.join(', ')} FROM ledger
    ORDER BY hour DESC, source LIMIT ${limit + 1}`
  const rows = (await store.rows(sql)).map((row) => {
    const counts = countsOf(row)
    const { source, hour } = row
    return { source: String(source), hour: String(hour), ...counts, balanced: isBalanced(counts) }
  })
  return { rows: rows.slice(0, limit), truncated: rows.length > limit }
}

/** One statement, so that counts and offsets are those of the same batch. */
const SUMS = `SELECT source,
    ${NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ')},
    ${NAMES.map((name) => `sum(${name}) FILTER (WHERE recent) AS recent_${name}`).join(', ')},
    bool_and(received = ${OUTCOMES.join(' + ')}) AS balanced,
    (SELECT arg_max(offsets, batch) FROM batches) AS offsets
  FROM (SELECT *, hour >= CAST(? AS TIMESTAMP) AS recent
    FROM ledger)
  GROUP BY source ORDER BY received DESC, source`

/** The sums of all sources, held against the positions of the log's lanes. */
export async function readLedgerSum(
  store: Store,
  lanes: readonly LaneStatus[],
  now_ms: number,
): Promise<LedgerSum> {
  const before = new Date(Math.floor(now_ms / HOUR_MS) * HOUR_MS - HOUR_MS)
  const rows = await store.rows(SUMS, [before.toISOString()])
  const all = rows.map((row) => countsOf(row))
  const counts = Object.fromEntries(
    NAMES.map((name) => [name, all.reduce((sum, one) => sum + one[name], 0)]),
  ) as Counts
  const offsets = (rows[0]?.offsets ?? {}) as Readonly<Record<string, number>>
  const pending = lanes.reduce((sum, { lane, durable_position }) => {
    return sum + durable_position - (offsets[lane] ?? 0)
  }, 0)
  const log_records = lanes.reduce((sum, { durable_position }) => sum + durable_position, 0)
  const received = counts.received + pending
  const sources = rows.slice(0, SOURCES_MAX).map((row, at) => ({
    source: String(row.source),
    ...(all[at] as Counts),
    recent: countsOf(row, 'recent_'),
  }))
  const balanced = received === log_records && rows.every((row) => row.balanced === true)
  return { totals: { ...counts, received, pending }, balanced, log_records, sources }
}
