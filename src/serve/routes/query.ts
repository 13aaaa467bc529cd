/** Read-only SQL: one SELECT over the public tables, stopped in time, cut at a number of rows. */
import { csvOf } from '../csv.ts'
import { querySql } from '../query_sql.ts'
import { list, object, ROW, type Route } from '../route.ts'

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
  handle: async ({ engine, settings, catalogue, onStuck }, { body }) => {
    const params = Array.isArray(body.params) ? body.params : []
    const names = catalogue.names()
    const sql = String(body.sql)
    const answer = await querySql(engine.store, names, settings, sql, params, onStuck)
    if (body.format !== 'csv') return answer
    const columns = Object.keys(answer.rows[0] ?? {}).map((name) => {
      const isNumber = answer.rows.every((row) => ['number', 'object'].includes(typeof row[name]))
      return { name, type: isNumber ? 'double' : 'text' } as const
    })
    return { type: 'text/csv; charset=utf-8', text: csvOf(columns, answer.rows) }
  },
}
