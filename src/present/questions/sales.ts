/**
 * Sales over time: units, revenue and views per interval, of all products, of categories or of one
 * product; and when they peaked. Intervals in which nothing happened are told too.
 */
import { localTime, utcTime } from '../../std/local_time.ts'
import type { Settings } from '../../std/settings.ts'
import { intervalSql } from '../funnel/counts_sql.ts'
import {
  CURRENCIES,
  CURRENCY_ANSWER,
  CURRENCY_PARAMETER,
  chosenCurrency,
  currenciesOf,
  IS_CHOSEN,
  withoutCurrencies,
} from '../products/money.ts'
import { checkRange, isIn, RANGE_PARAMETERS, timeSql } from '../products/range.ts'
import { peoplePath } from './parameters.ts'
import type { Asked, Question, Statement } from './question.ts'

const INTERVALS = ['15m', 'hour', 'day', 'week', 'month'] as const
type Interval = (typeof INTERVALS)[number]
/** Of a longer time the newest are told. */
const ROWS_MAX = 1_000

const parameters = {
  ...RANGE_PARAMETERS,
  interval: {
    type: 'choice',
    ...{ choices: INTERVALS, default: 'day' },
    about: "What a row is; days and longer by the shop's clocks.",
  },
  product: { type: 'list', words: 'whole', about: 'Only these products.' },
  category: { type: 'list', words: 'whole', about: 'Only these categories.' },
  brand: { type: 'list', words: 'whole', about: 'Only these brands.' },
  currency: CURRENCY_PARAMETER,
  start: {
    type: 'time',
    cell: true,
    about: 'The begin of the interval whose buyers are asked for.',
  },
} as const

type SalesAsked = Asked<typeof parameters>

export interface SalesRow {
  readonly start: string
  readonly views: number
  readonly sales: number
  readonly units: number
  readonly revenue: number | string
  readonly people: string
}

export interface SalesAnswer {
  readonly definition: string
  readonly from: string | null
  readonly to: string | null
  readonly interval: string
  readonly currency: string | null
  readonly currencies: readonly (string | null)[]
  readonly total: Omit<SalesRow, 'start' | 'people'>
  /** The interval that earned most. */
  readonly peak: SalesRow | null
  readonly rows: readonly SalesRow[]
  readonly truncated: boolean
}

const DEFINITION =
  'Views are product lines of view events. Sales are lines of orders, units what they sold, ' +
  'revenue what they brought in the currency: each order once, at its own time; refunds are taken ' +
  'off units and revenue at theirs.'

const COLUMNS = ['product', 'category', 'brand'] as const

/** Of rows that name a product. */
function conditionOf(asked: SalesAsked): Statement {
  const parts = COLUMNS.map((name) => {
    const column = name === 'product' ? 'product_id' : name
    const values = asked[name]
    return values.length === 0 ? 'TRUE' : `${column} IN (${values.map(() => '?').join(', ')})`
  })
  const sql = ['product_id IS NOT NULL', isIn(asked), ...parts].join(' AND ')
  return { sql, params: COLUMNS.flatMap((name) => asked[name]) }
}

const STEPS: Readonly<Record<Interval, string>> = {
  '15m': '15 MINUTES',
  hour: '1 HOUR',
  day: '1 DAY',
  week: '7 DAYS',
  month: '1 MONTH',
}

/** Every interval from the first to the last; Tricky: days are stepped by the shop's clocks. */
function startsSql(interval: Interval, { from, to }: SalesAsked, settings: Settings): string {
  const begin = (time: string) => intervalSql(time, interval, settings)
  const isClock = interval === '15m' || interval === 'hour'
  const local = (time: string) => (isClock ? time : localTime(time, settings))
  const utc = (time: string) => (isClock ? time : utcTime(time, settings))
  const first = from ? begin(timeSql(from)) : '(SELECT min(start) FROM found)'
  const last = to
    ? begin(`${timeSql(to)} - INTERVAL 1 MICROSECOND`)
    : '(SELECT max(start) FROM found)'
  return `SELECT ${utc('clock')} AS start FROM (SELECT unnest(generate_series(${local(first)},
    ${local(last)}, INTERVAL ${STEPS[interval]})) AS clock)`
}

function statementOf(asked: SalesAsked, settings: Settings): Statement {
  checkRange(asked)
  const interval = asked.interval as Interval
  const chosen = chosenCurrency('sold_by', asked.currency)
  const condition = conditionOf(asked)
  const start = intervalSql('event_time', interval, settings)
  const sql = `WITH sold_by AS MATERIALIZED (SELECT ${start} AS start, currency,
        count(*) FILTER (movement = 'order') AS sales, sum(units) AS units,
        sum(amount) AS revenue
      FROM order_lines WHERE ${condition.sql} GROUP BY ALL),
    ${chosen.sql},
    sold AS (SELECT start, sum(sales) AS sales, sum(units) AS units,
        sum(revenue) FILTER (${IS_CHOSEN}) AS revenue FROM sold_by GROUP BY start),
    seen AS (SELECT ${start} AS start, count(*) AS views FROM items
      WHERE event_type = 'view' AND ${condition.sql} GROUP BY ALL),
    found AS MATERIALIZED (SELECT * FROM seen FULL JOIN sold USING (start)),
    starts AS (${startsSql(interval, asked, settings)})
    SELECT start, coalesce(views, 0) AS views, CAST(coalesce(sales, 0) AS BIGINT) AS sales,
      CAST(coalesce(units, 0) AS BIGINT) AS units, coalesce(revenue, 0) AS revenue,
      ${CURRENCIES}
    FROM starts LEFT JOIN found USING (start)
    ORDER BY start DESC LIMIT ${ROWS_MAX + 1}`
  return { sql, params: [...condition.params, ...chosen.params, ...condition.params] }
}

/** Tricky: amounts have four decimals, and sums of doubles have more. */
const sum = (rows: readonly SalesRow[], name: keyof typeof MEASURES) =>
  Number(rows.reduce((total, row) => total + Number(row[name]), 0).toFixed(4))

const text = (description: string) => ({ type: 'string', description })
const maybe = (description: string) => ({ type: ['string', 'null'], description })
const integer = (description: string) => ({ type: 'integer', description })
const amount = (description: string) => ({ type: ['number', 'string'], description })
const MEASURES = {
  views: integer('how often products were seen'),
  sales: integer('lines sold'),
  units: integer('units sold, refunded ones taken off'),
  revenue: amount('what they brought, refunds taken off'),
}
const ROW = {
  start: text('when the interval begins'),
  ...MEASURES,
  people: text('the path of the API with its buyers'),
}
const ROW_SCHEMA = { type: 'object', properties: ROW, required: Object.keys(ROW) }

export const sales: Question<typeof parameters, SalesAnswer> = {
  name: 'sales',
  answers: 'How do sales go over time, and when do they peak?',
  parameters,
  examples: [
    'clickpath sales --interval hour',
    'clickpath sales --category shoes --interval week --format csv',
  ],
  answer: {
    type: 'object',
    properties: {
      definition: text('what is counted, in words'),
      from: maybe('the first moment'),
      to: maybe('the moment before which it stops'),
      interval: text('what a row is'),
      ...CURRENCY_ANSWER,
      total: { type: 'object', properties: MEASURES, required: Object.keys(MEASURES) },
      peak: { ...ROW_SCHEMA, type: ['object', 'null'], description: 'what earned most' },
      rows: { type: 'array', items: ROW_SCHEMA },
      truncated: { type: 'boolean', description: 'whether the oldest were left out' },
    },
    required: [
      ...['definition', 'from', 'to', 'interval', 'currency', 'currencies', 'total', 'peak'],
      ...['rows', 'truncated'],
    ],
  },
  statements: (asked, settings) => [statementOf(asked, settings)],
  ask: async (asked, { store, settings }) => {
    const { sql, params } = statementOf(asked, settings)
    const found = await store.rows(sql, params)
    const rows = found
      .slice(0, ROWS_MAX)
      .toReversed()
      .map((row) => {
        const people = peoplePath({ name: 'sales', parameters }, asked, {
          start: String(row.start),
        })
        return { ...withoutCurrencies(row), people } as unknown as SalesRow
      })
    const best = Math.max(...rows.map(({ revenue }) => Number(revenue)))
    return {
      definition: DEFINITION,
      from: asked.from ?? null,
      to: asked.to ?? null,
      interval: asked.interval,
      ...currenciesOf(found, asked.currency),
      total: {
        views: sum(rows, 'views'),
        sales: sum(rows, 'sales'),
        units: sum(rows, 'units'),
        revenue: sum(rows, 'revenue'),
      },
      peak: best > 0 ? (rows.find(({ revenue }) => Number(revenue) === best) ?? null) : null,
      rows,
      truncated: found.length > ROWS_MAX,
    }
  },
  people: (asked, settings) => {
    checkRange(asked)
    const condition = conditionOf(asked)
    const begin = intervalSql('event_time', asked.interval as Interval, settings)
    const isThen = asked.start === undefined ? 'TRUE' : `${begin} = ${timeSql(asked.start)}`
    const sql = `SELECT coalesce(any_value(persons.person_id), bought.visitor_id) AS person_id,
        bought.visitor_id, any_value(bought.user_id) AS user_id,
        count(DISTINCT order_id) AS orders, max(bought.event_time) AS last_time
      FROM (SELECT * FROM order_lines WHERE movement = 'order' AND ${isThen} AND ${condition.sql})
        AS bought LEFT JOIN persons ON persons.visitor_id = bought.visitor_id
      WHERE bought.visitor_id IS NOT NULL
      GROUP BY bought.visitor_id ORDER BY last_time DESC, bought.visitor_id`
    return { sql, params: condition.params }
  },
  rows: ({ rows }) => rows.map(({ people: _, ...row }) => row),
}
