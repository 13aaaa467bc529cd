/** The ledger, and what was invalid in it: where did my events go? */
import { INVALID_REASONS, type InvalidReason } from '../../model/record.ts'
import { collectorFamilies, refusedIn } from '../collector_numbers.ts'
import { EQUATION, OUTCOMES, readLedgerRows, readLedgerSum } from '../ledger.ts'
import { count, list, nullable, object, type Route, text } from '../route.ts'

export const BALANCED = {
  type: 'boolean',
  description: EQUATION,
}
export const COUNTS = {
  received: count('records that the log took'),
  ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(`of these, ${outcome}`)])),
  late: count('of the stored, how many came late; they count all the same'),
}

export const readLedgerRoute: Route = {
  method: 'GET',
  path: '/api/ledger',
  summary: 'What became of every record, per source and hour of arrival, and whether it balances.',
  access: 'read',
  query: { limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 500 } },
  answer: object({
    balanced: BALANCED,
    totals: object({ ...COUNTS, pending: count('in the log and not yet in the tables') }),
    log_records: count('records in the log, by its own positions'),
    rows: list(
      object({
        source: text('whose events'),
        hour: text('of arrival'),
        ...COUNTS,
        balanced: BALANCED,
      }),
    ),
    truncated: { type: 'boolean' },
    refused_requests: {
      type: ['object', 'null'],
      additionalProperties: count('requests'),
      description:
        "requests refused whole since the collector's start, by code; null when it cannot be asked",
    },
  }),
  handle: async ({ engine, log, clock, directory }, { query }) => {
    const told = await readLedgerRows(engine.store, Number(query.limit))
    const { totals, balanced, log_records } = await readLedgerSum(
      engine.store,
      await log.lanes(),
      clock.now_ms(),
    )
    const refused_requests = refusedIn(await collectorFamilies(directory))
    return { totals, balanced, log_records, ...told, refused_requests }
  },
}

const SAMPLES = 5
const RAW_LENGTH_MAX = 2_000

const REASONS = `SELECT reason, count(*) AS count, max(received_at) AS last_received_at
  FROM invalid_events GROUP BY reason ORDER BY last_received_at DESC, reason`

const LATEST = `SELECT reason, source, received_at, event_id, detail,
    left(raw, ${RAW_LENGTH_MAX}) AS raw, length(raw) > ${RAW_LENGTH_MAX} AS raw_truncated
  FROM invalid_events QUALIFY row_number() OVER (
    PARTITION BY reason ORDER BY received_at DESC, event_id, raw) <= ${SAMPLES}
  ORDER BY received_at DESC, event_id, raw`

export const readInvalid: Route = {
  method: 'GET',
  path: '/api/invalid',
  summary: 'Invalid events by reason, the newest first, with samples and what to do.',
  access: 'read',
  answer: object({
    reasons: list(
      object({
        reason: text('the reason, one word'),
        sentence: text('what is wrong and how to mend it'),
        count: count('events'),
        last_received_at: text('when the newest came'),
        samples: list(
          object({
            source: nullable('string', 'whose'),
            received_at: text('when it came'),
            event_id: nullable('string'),
            detail: nullable('string', 'what exactly is wrong'),
            raw: nullable('string', 'what was sent'),
            raw_truncated: { type: 'boolean', description: 'whether more was sent' },
          }),
          `the newest, at most ${SAMPLES}`,
        ),
      }),
    ),
  }),
  handle: async ({ engine, settings }) => {
    const limits = { query_ms: settings.query_ms_max }
    const reasons = await engine.store.rows(REASONS, [], limits)
    const latest = await engine.store.rows(LATEST, [], limits)
    const samples = Map.groupBy(latest, ({ reason }) => reason)
    return {
      reasons: reasons.map(({ reason, ...row }) => ({
        reason,
        sentence: INVALID_REASONS[reason as InvalidReason] ?? String(reason),
        ...row,
        samples: (samples.get(reason) ?? []).map(({ reason: _reason, ...sample }) => sample),
      })),
    }
  },
}
