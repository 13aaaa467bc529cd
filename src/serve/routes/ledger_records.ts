/** The records behind a cell of the ledger: from a source, in an hour, by what became of them. */
import { ClickpathError } from '../../std/errors.ts'
import { list, object, ROW, type Route, text } from '../route.ts'

const ROWS_MAX = 200
const RAW_LENGTH_MAX = 2_000
const HOUR_MS = 3_600_000

const REFUSED = `received_at, reason, event_id, detail, left(raw, ${RAW_LENGTH_MAX}) AS raw`

/** By outcome: where the records are, and what is told of each. Copies are counted, not kept. */
const KEPT: Readonly<Record<string, string>> = {
  stored: `received_at, event_time, event_type, event_id, visitor_id, product_id, value FROM events`,
  invalid: `${REFUSED} FROM invalid_events`,
  filtered: `${REFUSED} FROM filtered_events`,
  erased: 'received_at, kind FROM erased_events',
}

export const readLedgerRecords: Route = {
  method: 'GET',
  path: '/api/ledger/records',
  summary: 'The records behind a cell of the ledger, the newest first.',
  access: 'read',
  query: {
    source: text('whose, as the ledger names it; of all sources otherwise'),
    hour: text('of arrival, as the ledger names it; of all hours otherwise'),
    outcome: { type: 'string', enum: Object.keys(KEPT), default: 'stored' },
  },
  answer: object({
    rows: list(ROW, `at most ${ROWS_MAX}`),
    truncated: { type: 'boolean', description: 'whether there are more' },
  }),
  handle: async ({ engine, settings }, { query }) => {
    const kept = KEPT[String(query.outcome)] as string
    const bounds = [...ofSource(query.source), ...ofHour(query.hour)]
    const where = ['received_at IS NOT NULL', ...bounds.map(({ sql }) => sql)].join(' AND ')
    const sql = `SELECT ${kept} WHERE ${where} ORDER BY received_at DESC LIMIT ${ROWS_MAX + 1}`
    const params = bounds.map(({ value }) => value)
    const limits = { query_ms: settings.query_ms_max }
    const rows = await engine.store.rows(sql, params, limits)
    return { rows: rows.slice(0, ROWS_MAX), truncated: rows.length > ROWS_MAX }
  },
}

interface Bound {
  readonly sql: string
  readonly value: string
}

const ofSource = (source: unknown): readonly Bound[] =>
  typeof source === 'string' ? [{ sql: 'source = ?', value: source }] : []

function ofHour(hour: unknown): readonly Bound[] {
  if (typeof hour !== 'string') return []
  const began_ms = Date.parse(hour)
  if (Number.isNaN(began_ms)) {
    const why = `"${hour}" is no hour. Give one such as 2026-01-31T12:00:00Z.`
    throw new ClickpathError('BAD_REQUEST', why)
  }
  return [
    { sql: 'received_at >= ?::TIMESTAMP', value: new Date(began_ms).toISOString() },
    { sql: 'received_at < ?::TIMESTAMP', value: new Date(began_ms + HOUR_MS).toISOString() },
  ]
}
