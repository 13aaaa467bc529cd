/**
 * The ledger: every record of the log gets exactly one outcome, counted per source and hour in the
 * batch's own transaction, so that it balances after any kill:
 * received = stored + duplicate + invalid + filtered + erased + lost_to_damage (+ pending, which is
 * log minus store).
 */
import { quoteText } from '../../std/duckdb.ts'
import type { SourceTimes } from './watermark.ts'

/** A record that failed the batch by itself and was taken out of it. */
export interface Culprit {
  readonly line: number
  readonly detail: string
}

const linesOf = (culprits: readonly Culprit[]) =>
  culprits.length > 0 ? culprits.map(({ line }) => line).join(', ') : '-1'

const outcome = (culprits: readonly Culprit[]) => `CASE
  WHEN raw.line IN (${linesOf(culprits)}) THEN 'invalid'
  WHEN record IN ('invalid', 'filtered', 'erased') THEN record
  WHEN verdict = 'id_conflict' THEN 'invalid'
  WHEN record = 'event' THEN coalesce(verdict, 'stored')
  ELSE 'stored' END`

/** Events before this time of their source are late: they still count, and are counted as late. */
function lateBefore(sources: SourceTimes, late_ms: number): string {
  const limits = [...sources].map(
    ([source, time_us]) => `(${quoteText(source)}, make_timestamp(${time_us - late_ms * 1_000}))`,
  )
  const values = ['(NULL, NULL::TIMESTAMP)', ...limits].join(', ')
  return `(VALUES ${values}) AS late_before(late_source, late_time)`
}

export function insertLedger(
  batch: number,
  culprits: readonly Culprit[],
  sources: SourceTimes,
  late_ms: number,
): string {
  const counted = ['stored', 'duplicate', 'invalid', 'filtered', 'erased'].map(
    (word) => `count(*) FILTER (WHERE outcome = '${word}')`,
  )
  return `INSERT INTO ledger_counts
    SELECT source, hour, count(*), ${counted.join(', ')},
      count(*) FILTER (WHERE outcome = 'stored' AND late), 0, ${batch}
    FROM (
      SELECT source, date_trunc('hour', received_at) AS hour, ${outcome(culprits)} AS outcome,
        record = 'event' AND origin IS DISTINCT FROM 'import' AND event_time < late_time AS late
      FROM raw LEFT JOIN verdicts ON raw.line = verdicts.line
        LEFT JOIN ${lateBefore(sources, late_ms)} ON late_source = source)
    GROUP BY source, hour`
}

/** Whose records were lost cannot be read any more. */
const LOST_SOURCE = 'lost to damage'

/** Records that the log took and that were given up: they were passed over just now. */
export function insertLost(batch: number, lost: number, now_ms: number): readonly string[] {
  if (lost === 0) return []
  const hour = `date_trunc('hour', make_timestamp(${now_ms * 1_000}))`
  return [
    `INSERT INTO ledger_counts BY NAME SELECT ${quoteText(LOST_SOURCE)} AS source, ${hour} AS hour,
      ${lost} AS received, 0 AS stored, 0 AS duplicate, 0 AS invalid, 0 AS filtered, 0 AS erased,
      0 AS late, ${lost} AS lost_to_damage, ${batch} AS batch`,
  ]
}

const CONFLICT = `'Another event with other content has the event_id ' || event_id || ' already.'`

/** Keeps what was refused, with the reason, so that it can be looked at and mended. */
export function insertRefused(batch: number, culprits: readonly Culprit[]): readonly string[] {
  const told = culprits.map(
    ({ line, detail }) =>
      `INSERT INTO refused_records SELECT 'invalid', 'engine_refused', ${quoteText(detail)},
        to_json(raw), source, received_at, event_id, ${batch} FROM raw WHERE line = ${line}`,
  )
  return [
    `INSERT INTO refused_records SELECT record, reason, detail, raw, source, received_at, event_id,
      ${batch} FROM raw WHERE record IN ('invalid', 'filtered')`,
    `INSERT INTO refused_records SELECT 'invalid', 'id_conflict', ${CONFLICT}, to_json(told),
      source, received_at, event_id, ${batch} FROM told
      WHERE line IN (SELECT line FROM verdicts WHERE verdict = 'id_conflict')`,
    ...told,
  ]
}
