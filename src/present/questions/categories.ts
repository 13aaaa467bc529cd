/**
 * Categories of a range of time: what they cost against the whole market, and what they sell. The
 * market is all product lines together, whatever their category.
 */
import type { Row } from '../../engine/contract.ts'
import { ACT_PARAMETER, ACTS, actPeopleSql } from '../products/act.ts'
import {
  CURRENCIES,
  CURRENCY_ANSWER,
  CURRENCY_PARAMETER,
  chosenCurrency,
  currenciesOf,
  IS_CHOSEN,
  withoutCurrencies,
} from '../products/money.ts'
import { checkRange, isIn, RANGE_PARAMETERS } from '../products/range.ts'
import { peoplePath } from './parameters.ts'
import type { Asked, Question, Statement } from './question.ts'

const parameters = {
  ...RANGE_PARAMETERS,
  currency: CURRENCY_PARAMETER,
  limit: {
    type: 'integer',
    ...{ min: 1, max: 10_000, default: '200' },
    about: 'Categories in the answer, those with the most lines.',
  },
  category: { type: 'text', cell: true, about: 'The category; without one those without any.' },
  act: ACT_PARAMETER,
} as const

type CategoriesAsked = Asked<typeof parameters>

const COLUMNS = {
  products: ['integer', 'different products'],
  views: ['integer', 'how often its products were seen'],
  carts: ['integer', 'how often they were put into carts'],
  purchases: ['integer', 'purchase lines'],
  view_to_purchase: ['number', 'purchases per view'],
  prices: ['integer', 'product lines that told a price'],
  price_avg: ['number', 'their mean'],
  price_min: ['number', 'the smallest price'],
  price_max: ['number', 'the largest price'],
  units: ['integer', 'units sold by orders, refunded ones taken off'],
  revenue: ['number', 'what order lines brought in the currency, refunds taken off'],
} as const

const NAMES = Object.keys(COLUMNS)

export interface CategoriesAnswer {
  readonly definition: string
  readonly from: string | null
  readonly to: string | null
  readonly currency: string | null
  readonly currencies: readonly (string | null)[]
  /** All categories together. */
  readonly market: Row
  readonly categories: readonly Row[]
  readonly truncated: boolean
}

const DEFINITION =
  'Prices are those that product lines of events told in the range, each line once, in whatever ' +
  'currency; the market is all of them together. Units and revenue come from orders, as in products.'

/** The whole market is the row with `is_market`. */
function statementOf(asked: CategoriesAsked): Statement {
  checkRange(asked)
  const chosen = chosenCurrency('sold_by', asked.currency)
  const only = (event_type: string) => `count(*) FILTER (event_type = '${event_type}')`
  const sql = `WITH sold_by AS MATERIALIZED (SELECT category, currency, sum(units) AS units,
        sum(amount) AS revenue
      FROM order_lines WHERE product_id IS NOT NULL AND ${isIn(asked)} GROUP BY ALL),
    ${chosen.sql},
    seen AS (SELECT category, grouping(category) = 1 AS is_market,
        count(DISTINCT product_id) AS products, ${only('view')} AS views, ${only('cart')} AS carts,
        ${only('purchase')} AS purchases, count(price) AS prices,
        CAST(sum(price) AS DOUBLE) / nullif(count(price), 0) AS price_avg,
        min(price) AS price_min, max(price) AS price_max, count(*) AS n
      FROM items WHERE product_id IS NOT NULL AND ${isIn(asked)}
      GROUP BY GROUPING SETS ((category), ())),
    sold AS (SELECT category, grouping(category) = 1 AS is_market, sum(units) AS units,
        sum(revenue) FILTER (${IS_CHOSEN}) AS revenue
      FROM sold_by GROUP BY GROUPING SETS ((category), ()))
    SELECT coalesce(seen.category, sold.category) AS category,
      coalesce(seen.is_market, sold.is_market) AS is_market, coalesce(products, 0) AS products,
      ${['views', 'carts', 'purchases', 'prices'].map((name) => `coalesce(${name}, 0) AS ${name}`)},
      purchases / nullif(views, 0) AS view_to_purchase, price_avg, price_min, price_max,
      price_avg / max(price_avg) FILTER (seen.is_market) OVER () AS price_to_market,
      CAST(coalesce(units, 0) AS BIGINT) AS units, coalesce(revenue, 0) AS revenue, ${CURRENCIES}
    FROM seen FULL JOIN sold ON sold.category IS NOT DISTINCT FROM seen.category
      AND sold.is_market = seen.is_market
    ORDER BY is_market DESC, n DESC NULLS LAST, category NULLS LAST LIMIT ${asked.limit + 2}`
  return { sql, params: chosen.params }
}

function withPeople(row: Row, { from, to }: CategoriesAsked): Row {
  const question = { name: 'categories', parameters }
  const category = row.category === null ? undefined : String(row.category)
  const paths = ACTS.map((act) => {
    const cell = { from, to, category, act }
    return [`people_${act}`, peoplePath(question, {} as CategoriesAsked, cell)]
  })
  return { ...row, ...Object.fromEntries(paths) }
}

const text = (description: string) => ({ type: 'string', description })
const maybe = (description: string) => ({ type: ['string', 'null'], description })
const isAmount = (name: string) => name.startsWith('price_m') || name === 'revenue'
const MEASURES = Object.fromEntries(
  Object.entries(COLUMNS).map(([name, [type, description]]) => [
    name,
    { type: isAmount(name) ? ['number', 'string', 'null'] : [type, 'null'], description },
  ]),
)
const CATEGORY = {
  category: maybe('null: lines without a category'),
  ...MEASURES,
  price_to_market: { type: ['number', 'null'], description: 'mean price by that of the market' },
  ...Object.fromEntries(
    ACTS.map((act) => [`people_${act}`, text('the path of the API with the people behind it')]),
  ),
}

const picked = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(names.map((name) => [name, row[name] ?? null]))

export const categories: Question<typeof parameters, CategoriesAnswer> = {
  name: 'categories',
  answers: 'What does each category cost against the whole market, and what does it sell?',
  parameters,
  examples: [
    'clickpath categories',
    'clickpath categories --from 2026-01-24 --to 2026-01-31 --format csv',
  ],
  answer: {
    type: 'object',
    properties: {
      definition: text('what is counted, in words'),
      from: maybe('the first moment'),
      to: maybe('the moment before which it stops'),
      ...CURRENCY_ANSWER,
      market: { type: 'object', properties: MEASURES, required: NAMES },
      categories: {
        type: 'array',
        items: { type: 'object', properties: CATEGORY, required: Object.keys(CATEGORY) },
      },
      truncated: { type: 'boolean', description: 'whether there are more' },
    },
    required: [
      ...['definition', 'from', 'to', 'currency', 'currencies', 'market', 'categories'],
      'truncated',
    ],
  },
  statements: (asked) => [statementOf(asked)],
  ask: async (asked, { store }) => {
    const { sql, params } = statementOf(asked)
    const told = await store.rows(sql, params)
    const rows = told.map(withoutCurrencies)
    const own = rows.filter(({ is_market }) => is_market !== true)
    const market = rows.find(({ is_market }) => is_market === true) ?? {}
    return {
      definition: DEFINITION,
      from: asked.from ?? null,
      to: asked.to ?? null,
      ...currenciesOf(told, asked.currency),
      market: picked(market, NAMES),
      categories: own.slice(0, asked.limit).map(({ is_market: _, ...row }) => {
        return withPeople(row, asked)
      }),
      truncated: own.length > asked.limit,
    }
  },
  people: (asked) => {
    const { category, act } = asked
    checkRange(asked)
    if (category === undefined) {
      return actPeopleSql(act, asked, { sql: 'category IS NULL', params: [] })
    }
    return actPeopleSql(act, asked, { sql: 'category = ?', params: [category] })
  },
  rows: ({ categories: rows }) =>
    rows.map((row) => picked(row, ['category', ...NAMES, 'price_to_market'])),
}
