/** Read-only SQL: one SELECT over the public tables, stopped in time, cut at a number of rows. */
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { csvOf } from '../csv.ts'
import { list, object, ROW, type Route, type ServeContext } from '../route.ts'
import { guardSql } from '../sql_guard.ts'

/** A query's own mistake (a column that is not there) is the caller's, not ours. */
function asRefusal(thrown: unknown): unknown {
  if (thrown instanceof ClickpathError) return thrown
  const message = messageOf(thrown)
  if (/^Out of Memory/.test(message))
    return new ClickpathError('SQL_STOPPED', 'it needs too much memory')
  if (/^(FATAL|INTERNAL)/.test(message)) return thrown
  return new ClickpathError('SQL_REFUSED', message.replace(/\s+/g, ' ').trim())
}

async function runSql(
  { engine, settings, catalogue }: ServeContext,
  sql: string,
  params: unknown[],
) {
  const { query_ms_max, query_rows_max } = settings
  const checked = await guardSql(engine.store, sql, catalogue.names())
  const limited = `SELECT * FROM (\n${checked}\n) LIMIT ${query_rows_max + 1}`
  const rows = await engine.store.rows(limited, params, { query_ms: query_ms_max })
  const truncated = rows.length > query_rows_max
  return { rows: truncated ? rows.slice(0, query_rows_max) : rows, truncated }
}

export const query: Route = {
  method: 'POST',
  path: '/api/query',
  summary: 'Runs one SELECT over the tables of /api/tables.',
  access: 'admin',
  body: {
    type: 'object',
    properties: {
      sql: { type: 'string', minLength: 1, description: 'one SELECT; `?` stands for a parameter' },
      params: {
        type: 'array',
        items: { type: ['string', 'number', 'boolean', 'null'] },
        maxItems: 100,
        default: [],
      },
      format: { type: 'string', enum: ['json', 'csv'], default: 'json' },
    },
    required: ['sql'],
    additionalProperties: false,
  },
  answer: object({
    rows: list(ROW),
    truncated: { type: 'boolean', description: 'whether rows beyond query_rows_max were cut' },
  }),
  handle: async (context, { body }) => {
    const params = Array.isArray(body.params) ? body.params : []
    try {
      const answer = await runSql(context, String(body.sql), params)
      if (body.format !== 'csv') return answer
      const names = Object.keys(answer.rows[0] ?? {})
      const columns = names.map((name) => {
        const isNumber = answer.rows.every((row) => ['number', 'object'].includes(typeof row[name]))
        return { name, type: isNumber ? 'double' : 'text' } as const
      })
      return { type: 'text/csv; charset=utf-8', text: csvOf(columns, answer.rows) }
    } catch (thrown) {
      throw asRefusal(thrown)
    }
  },
}
