/** Every table and stream: what there is, and rows of one. */
import { csvOf } from '../csv.ts'
import { type Call, list, nullable, object, ROW, type Route, text } from '../route.ts'
import { changesSince, snapshotOf } from '../table_changes.ts'
import { queryTable, type TableRequest } from '../table_query.ts'

const ROWS_MAX = 10_000

const COLUMN = object({
  name: text('the column'),
  title: text('as people read it'),
  unit: nullable(
    'string',
    'of its numbers: money, share (of 1), ratio, seconds, milliseconds, days, weeks or bytes',
  ),
  type: text('text, integer, wide, decimal, double, boolean, timestamp, json or list'),
  role: text('window, key, joined, measure, row or column'),
  about: text('what it means'),
  exact: text('`exact`, or by how much the number may be wrong'),
})

const TABLE = object({
  name: text('the name to ask for'),
  kind: text('table or stream'),
  answers: text('the question it answers, or what a row is'),
  window: { type: ['object', 'null'], description: 'the window that a row speaks of' },
  lateness_ms: nullable('integer', 'how long after its window a row may still change'),
  time: nullable('string', 'the column that `from` and `to` speak of'),
  identity: list(text('a column'), 'the columns that name a row'),
  columns: list(COLUMN),
})

export const listTables: Route = {
  method: 'GET',
  path: '/api/tables',
  summary: 'Every table and stream, with its columns.',
  access: 'read',
  answer: object({ tables: list(TABLE) }),
  handle: async ({ engine, catalogue }) => {
    return { tables: [...(await catalogue.tables(engine.store)).values()] }
  },
}

const NAMED = new Set(['from', 'to', 'limit', 'order', 'unpivot', 'format'])

/** A column that is called like one of our own words cannot be filtered by. */
function filtersOf(query: Call['query']): TableRequest['filters'] {
  const given = Object.entries(query).filter(([name]) => !NAMED.has(name))
  const values = (value: unknown) => (Array.isArray(value) ? value : [value]).map(String)
  return new Map(given.map(([name, value]) => [name, values(value)]))
}

function requestOf(query: Call['query']): TableRequest {
  const { from, to, order, limit, unpivot } = query
  return {
    ...(typeof from === 'string' ? { from } : {}),
    ...(typeof to === 'string' ? { to } : {}),
    ...(typeof order === 'string' ? { order } : {}),
    limit: Number(limit),
    shape: unpivot === true ? 'unpivoted' : 'as declared',
    filters: filtersOf(query),
  }
}

export const readTable: Route = {
  method: 'GET',
  path: '/api/tables/:name',
  summary: 'Rows of one table or stream, the newest first.',
  access: 'read',
  params: { name: text('a name of /api/tables') },
  query: {
    from: text('the first moment, ISO 8601'),
    to: text('the moment before which to stop, ISO 8601'),
    limit: { type: 'integer', minimum: 1, maximum: ROWS_MAX, default: 100 },
    order: text('columns by comma; `-` before one for descending, such as `-window_start`'),
    unpivot: {
      type: 'boolean',
      default: false,
      description: 'turn a pivot (hourly_pivot) back into a row per value',
    },
    format: { type: 'string', enum: ['json', 'csv'], default: 'json' },
  },
  otherQuery: {
    type: ['string', 'array'],
    items: { type: 'string' },
    description:
      'any column and the value it must have; several values by repeating, empty is null',
  },
  answer: object({
    table: text('the name'),
    rows: list(ROW),
    truncated: { type: 'boolean', description: 'whether there are more rows than `limit`' },
  }),
  handle: async ({ engine, catalogue, settings }, { params, query }) => {
    const info = await catalogue.table(engine.store, params.name ?? '')
    const request = requestOf(query)
    const found = await queryTable(engine.store, info, request, settings.query_ms_max)
    const { columns, rows, truncated } = found
    if (query.format !== 'csv') return { table: info.name, rows, truncated }
    return { type: 'text/csv; charset=utf-8', text: csvOf(columns, rows) }
  },
}

const CHANGE = object({
  op: { type: 'string', enum: ['upsert', 'delete'] },
  row: ROW,
})

export const readChanges: Route = {
  method: 'GET',
  path: '/api/changes/:table',
  summary: 'What changed in a table since a cursor; all of it anew where that is not known.',
  access: 'read',
  params: { table: text('a name of /api/tables') },
  query: {
    cursor: text('the cursor of the last answer; without one a snapshot comes'),
    limit: { type: 'integer', minimum: 1, maximum: ROWS_MAX, default: 1_000 },
  },
  answer: {
    type: 'object',
    properties: {
      table: text('the name'),
      kind: { type: 'string', enum: ['changes', 'snapshot'] },
      changes: list(CHANGE, 'for kind changes: in any order; a row may come twice'),
      rows: list(ROW, 'for kind snapshot: the newest rows; forget all others'),
      truncated: { type: 'boolean', description: 'for kind snapshot: whether rows were left out' },
      cursor: text('what to ask with next'),
    },
    required: ['table', 'kind', 'cursor'],
  },
  handle: async ({ engine, catalogue, settings }, { params, query }) => {
    const { name } = catalogue.planned(params.table ?? '').table
    const { store } = engine
    if (typeof query.cursor === 'string') {
      const found = await changesSince(store, catalogue, name, query.cursor, settings)
      if (found !== 'gap') return { table: name, kind: 'changes', ...found }
    }
    const limit = Number(query.limit)
    const { rows, truncated, cursor } = await snapshotOf(store, catalogue, name, limit, settings)
    return { table: name, kind: 'snapshot', rows, truncated, cursor }
  },
}
