/**
 * One row per product of a range: what was seen, carted, bought and earned, then and in the equally
 * long time before. Events tell of interest; units and revenue come from orders, each counted once.
 */
import type { Settings } from '../../std/settings.ts'
import type { Statement } from '../questions/question.ts'
import { chosenCurrency, IS_CHOSEN } from './money.ts'
import { isIn, type Range, rangeBefore } from './range.ts'

/** Columns by what they mean, in the order in which they are told. */
export const PRODUCT_COLUMNS = {
  product_id: 'the product',
  product_name: 'its name',
  category: 'its category: that of its latest event',
  brand: 'its brand',
  views: 'how often it was seen',
  carts: 'how often it was put into a cart',
  purchases: 'purchase events with it',
  view_to_cart: 'carts per view',
  cart_to_purchase: 'purchases per cart',
  view_to_purchase: 'purchases per view',
  view_share: 'its share of the views of all products',
  units: 'units sold by orders, refunded ones taken off',
  revenue: 'what its order lines brought in the currency, refunds taken off',
  views_before: 'views in the time before',
  units_before: 'units in the time before',
  revenue_before: 'revenue in the time before',
  units_change: 'units less those of the time before',
  revenue_change: 'revenue less that of the time before',
  high_interest_low_conversion: 'many see it and few buy it, by the settings interest_...',
  stock: 'units in stock, where the shop told',
} as const

/** Those of the time before are null where there is none. */
const COMPARED = ['views_before', 'units_before', 'revenue_before', 'units_change']

export interface ProductChoice {
  readonly range: Range
  readonly currency: string | undefined
}

type Interest = Pick<Settings, 'interest_share_min' | 'interest_conversion_max'>

const latest = (column: string) =>
  `arg_max(${column}, (event_time, ${column})) FILTER (${column} IS NOT NULL) AS ${column}`

const counted = (event_type: string, when: string) =>
  `count(*) FILTER (${when} AND event_type = '${event_type}')`

const SEEN = `SELECT product_id, ${counted('view', 'is_now')} AS views,
    ${counted('cart', 'is_now')} AS carts, ${counted('purchase', 'is_now')} AS purchases,
    ${counted('view', 'NOT is_now')} AS views_before,
    ${['product_name', 'category', 'brand'].map(latest).join(', ')}
  FROM item_lines GROUP BY product_id`

const SOLD_BY_CURRENCY = `SELECT product_id, currency, sum(units) FILTER (is_now) AS units,
    sum(amount) FILTER (is_now) AS revenue, sum(units) FILTER (NOT is_now) AS units_before,
    sum(amount) FILTER (NOT is_now) AS revenue_before, max(event_time) AS event_time,
    ${['category', 'brand'].map(latest).join(', ')}
  FROM sold_lines GROUP BY product_id, currency`

const SOLD = `SELECT product_id, sum(units) AS units, sum(units_before) AS units_before,
    sum(revenue) FILTER (${IS_CHOSEN}) AS revenue,
    sum(revenue_before) FILTER (${IS_CHOSEN}) AS revenue_before,
    ${['category', 'brand'].map(latest).join(', ')}
  FROM sold_by GROUP BY product_id`

const zeroed = (column: string) => `CAST(coalesce(${column}, 0) AS BIGINT) AS ${column}`

const JOINED = `SELECT coalesce(seen.product_id, sold.product_id) AS product_id,
    coalesce(known.product_name, seen.product_name) AS product_name,
    coalesce(seen.category, sold.category, known.category) AS category,
    coalesce(seen.brand, sold.brand, known.brand) AS brand, known.stock,
    ${['views', 'carts', 'purchases', 'views_before', 'units', 'units_before'].map(zeroed)},
    coalesce(revenue, 0) AS revenue, coalesce(revenue_before, 0) AS revenue_before
  FROM seen FULL JOIN sold ON sold.product_id = seen.product_id
    LEFT JOIN products AS known
      ON known.product_id = coalesce(seen.product_id, sold.product_id)`

/** The parts of a WITH that end with `per_product`. */
export function productParts({ range, currency }: ProductChoice, interest: Interest): Statement {
  const before = rangeBefore(range)
  const looked = before ? { from: before.from, to: range.to } : range
  const chosen = chosenCurrency('sold_by', currency)
  const lines = (relation: string) =>
    `SELECT *, ${isIn(range)} AS is_now FROM ${relation}
      WHERE product_id IS NOT NULL AND ${isIn(looked)}`
  const compared = before
    ? 'units - units_before AS units_change, revenue - revenue_before AS revenue_change'
    : 'NULL::BIGINT AS units_change, NULL::DOUBLE AS revenue_change'
  const nothing = before ? '' : `REPLACE (${COMPARED.slice(0, 3).map((name) => `NULL AS ${name}`)})`
  const { interest_share_min, interest_conversion_max } = interest
  const sql = `item_lines AS (${lines('items')}), sold_lines AS (${lines('order_lines')}),
    sold_by AS MATERIALIZED (${SOLD_BY_CURRENCY}), ${chosen.sql},
    seen AS (${SEEN}), sold AS (${SOLD}),
    told AS (${JOINED}),
    rated AS (SELECT * ${nothing}, carts / nullif(views, 0) AS view_to_cart,
        purchases / nullif(carts, 0) AS cart_to_purchase,
        purchases / nullif(views, 0) AS view_to_purchase,
        views / nullif(sum(views) OVER (), 0) AS view_share, ${compared}
      FROM told WHERE views + carts + purchases <> 0 OR units <> 0 OR units_before <> 0),
    per_product AS (SELECT *, coalesce(view_share >= ${interest_share_min}
        AND view_to_purchase < ${interest_conversion_max}, FALSE) AS high_interest_low_conversion
      FROM rated)`
  return { sql, params: chosen.params }
}
