/** Read-only SQL: one SELECT over the public tables, stopped in time, cut at a number of rows. */
import { csvOf } from '../csv.ts'
import { querySql } from '../query_sql.ts'
import { list, object, ROW, type Route, text } from '../route.ts'
import { SQL_FUNCTIONS } from '../sql_functions.ts'

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
    columns: list(
      object({ name: text('the column'), type: text('as in /api/tables') }),
      'the columns of the rows, in order',
    ),
    rows: list(ROW),
    truncated: { type: 'boolean', description: 'whether rows beyond query_rows_max were cut' },
  }),
  handle: async ({ engine, settings, catalogue, onStuck }, { body }) => {
    const params = Array.isArray(body.params) ? body.params : []
    const names = catalogue.names()
    const sql = String(body.sql)
    const answer = await querySql(engine.store, names, settings, sql, params, onStuck)
    if (body.format !== 'csv') return answer
    return { type: 'text/csv; charset=utf-8', text: csvOf(answer.columns, answer.rows) }
  },
}

const WORD = /^[a-z]/

export const queryFunctions: Route = {
  method: 'GET',
  path: '/api/query/functions',
  summary: 'The functions that a query may call, for an editor to offer.',
  access: 'read',
  answer: object({ functions: list(text('a name'), 'alphabetically, without operators') }),
  handle: async () => ({
    functions: [...SQL_FUNCTIONS].filter((name) => WORD.test(name)).toSorted(),
  }),
}
