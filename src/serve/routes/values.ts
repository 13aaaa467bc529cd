/** What can be chosen: the values of a column that sessions and their steps are asked by. */
import { valuesSql } from '../../present/values_sql.ts'
import { count, list, object, type Route, text } from '../route.ts'

const LIMIT = { type: 'integer', minimum: 1, maximum: 1_000, default: 100 }

export const readValues: Route = {
  method: 'GET',
  path: '/api/values/:column',
  summary: 'Which values a column of sessions or of their steps has, the most frequent first.',
  access: 'read',
  params: {
    column: text('event_type, category, page, product; channel and other columns of `where`'),
  },
  query: {
    search: text('only values with this text in them, in any case of letters'),
    limit: { ...LIMIT, description: 'how many values' },
  },
  answer: object({
    values: list(
      object({
        value: text('as questions take it'),
        count: count('steps with it for columns of steps, else sessions'),
      }),
    ),
    truncated: { type: 'boolean', description: 'whether there are more' },
  }),
  handle: async ({ engine, settings }, { params, query }) => {
    const limit = Number(query.limit)
    const { sql, params: given } = valuesSql(params.column ?? '', String(query.search ?? ''), limit)
    const limits = { query_ms: settings.query_ms_max }
    const rows = await engine.store.rows(sql, given, limits)
    return { values: rows.slice(0, limit), truncated: rows.length > limit }
  },
}
