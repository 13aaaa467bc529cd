/**
 * Orders as presented: of the copies of an order one wins (server before import before browser,
 * then the earliest), refunds are netted in their order, never beyond what was paid.
 */
import { quoteText } from '../std/duckdb.ts'
import type { Settings } from '../std/settings.ts'

const TOLD_ORDER = 'event_time, event_id, source'

/** The lines of an order that came as events of their own make one copy together: they add up. */
const gatheredOf = (copies: string) => `SELECT order_id, NULL AS line_id, 'order' AS movement, rank,
    first.event_time, first.event_id, first.source, first.visitor_id, first.user_id,
    first.session_id, first.currency, stated, lines_value, lines, batch
  FROM (SELECT order_id, rank, arg_min(part, (${TOLD_ORDER})) AS first, sum(stated) AS stated,
      sum(lines_value) AS lines_value, max(batch) AS batch,
      flatten(list(lines ORDER BY ${TOLD_ORDER}) FILTER (WHERE lines IS NOT NULL)) AS lines
    FROM ${copies} AS part WHERE movement = 'order' AND line_id IS NOT NULL
    GROUP BY order_id, rank)`

/** The copy that won, per order. */
const winnersOf = (copies: string) => `(SELECT * FROM (
    SELECT * FROM ${copies} WHERE movement = 'order' AND line_id IS NULL
    UNION ALL BY NAME ${gatheredOf(copies)})
  QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY rank, ${TOLD_ORDER}) = 1)`

const PER_ORDER = `(SELECT order_id, count(*) FILTER (WHERE movement = 'order' AND line_id IS NULL)
    + count(DISTINCT rank) FILTER (WHERE movement = 'order' AND line_id IS NOT NULL) AS copies,
  max(batch) AS batch FROM order_copies GROUP BY order_id)`

const PLACED = `(SELECT winner.* EXCLUDE (batch, line_id),
  coalesce(stated, lines_value) AS gross_revenue,
  copies, per_order.batch AS batch
  FROM ${winnersOf('order_copies')} AS winner JOIN ${PER_ORDER} AS per_order USING (order_id))`

/** What the order took for one unit of a refunded product: by its first line of it with a price. */
const SOLD_PRICE = `[sold.price for sold in sale.lines
  if sold.product_id = each.product_id AND sold.price IS NOT NULL][1]`

/** A refund's lines; one that came without a price takes what the order itself took for it. */
const REFUNDED_LINES = `[{'product_id': each.product_id, 'category': each.category,
  'brand': each.brand, 'price': each.price, 'units': each.units,
  'amount': coalesce(each.amount, CAST(${SOLD_PRICE} * each.units AS DECIMAL(18,4)))}
  for each in refund.lines]`

/**
 * What was sold in orders that a line without a price refunds. Tricky: lines are most of what is
 * stored of orders, and windows hold all that they are given; so only these few are carried.
 */
const SALES = winnersOf(`(SELECT * FROM order_copies WHERE order_id IN (SELECT order_id
  FROM order_copies WHERE movement = 'refund' AND len([each for each in lines
    if each.price IS NULL]) > 0))`)

/**
 * What each refund takes: the stated amount, else its lines, else (naming no line) all that is
 * left; a line without a price of a product that the order never had takes nothing. It is the
 * refund of its order's buyer, in its order's currency, whoever told of it. Running sums capped at
 * the gross revenue give each refund what the earlier ones left.
 */
const REFUNDS = `(SELECT *, least(asked_so_far, paid) - least(asked_before, paid) AS amount FROM (
  SELECT *, coalesce(asked_so_far - asked, 0) AS asked_before FROM (
    SELECT *, sum(asked) OVER (PARTITION BY order_id ORDER BY ${TOLD_ORDER}) AS asked_so_far FROM (
      SELECT refund.* EXCLUDE (visitor_id, user_id, session_id, currency, batch, lines),
        ${REFUNDED_LINES} AS refunded_lines,
        placed.visitor_id, placed.user_id, placed.session_id, placed.currency, placed.batch,
        placed.event_time AS order_time, greatest(coalesce(gross_revenue, 0), 0) AS paid,
        CASE WHEN refund.lines IS NULL THEN paid ELSE 0 END AS unpriced,
        list_sum([each.amount for each in refunded_lines]) AS lines_taken,
        coalesce(abs(refund.stated), abs(lines_taken), unpriced) AS asked
      FROM order_copies AS refund JOIN ${PLACED} AS placed USING (order_id)
        LEFT JOIN ${SALES} AS sale USING (order_id)
      WHERE refund.movement = 'refund'))))`

const NETTED = `SELECT order_id, event_time AS order_time, visitor_id, user_id, session_id,
    currency, event_id, source, copies, coalesce(len(lines), 0) AS lines, lines_value,
    stated - lines_value AS adjustment, gross_revenue, coalesce(refunded, 0) AS refunded,
    gross_revenue - coalesce(refunded, 0) AS revenue,
    coalesce(refunded >= gross_revenue, FALSE) AS cancelled, batch
  FROM ${PLACED} LEFT JOIN (SELECT order_id, sum(amount) AS refunded FROM ${REFUNDS}
    GROUP BY order_id) USING (order_id)`

/**
 * One row per order. `revenue_converted` is in the shop's currency, at the latest rate known for
 * the day of the order or before it; null where there is none, so that currencies are never mixed.
 */
export function ordersSql({ currency }: Pick<Settings, 'currency'>): string {
  const own = currency === '' ? 'NULL' : quoteText(currency)
  const daily = `(SELECT currency AS rate_currency, date AS rate_date, rate FROM rates)`
  return `SELECT netted.* EXCLUDE (batch),
      CASE WHEN coalesce(currency, ${own}) = ${own} THEN CAST(revenue AS DECIMAL(38,4))
        ELSE CAST(revenue * rate AS DECIMAL(38,4)) END AS revenue_converted, batch
    FROM (${NETTED}) AS netted ASOF LEFT JOIN ${daily} ON rate_currency = currency
      AND strftime(order_time, '%Y-%m-%d') >= rate_date`
}

const OF_ORDER = 'order_id, order_time, visitor_id, user_id, session_id, currency'

export const ORDER_MOVEMENTS = `SELECT ${OF_ORDER}, order_time AS event_time, 'order' AS movement,
    gross_revenue AS amount, batch FROM (SELECT *, event_time AS order_time FROM ${PLACED})
  UNION ALL
  SELECT ${OF_ORDER}, event_time, movement,
    -amount, batch FROM ${REFUNDS}`

export const ORDER_LINES = `SELECT ${OF_ORDER}, order_time AS event_time, 'order' AS movement,
    line.product_id, line.category, line.brand, line.price, line.units,
    CASE WHEN line_count = 1 THEN coalesce(stated, line.amount) ELSE line.amount END AS amount,
    batch
  FROM (SELECT *, event_time AS order_time, len(lines) AS line_count, unnest(lines) AS line
    FROM ${PLACED})
  UNION ALL
  SELECT ${OF_ORDER}, event_time, movement,
    line.product_id, line.category, line.brand, line.price, -line.units, -line.amount, batch
  FROM (SELECT *, unnest(refunded_lines) AS line FROM ${REFUNDS}
    WHERE refunded_lines IS NOT NULL)`

/**
 * Every place in which an order may show or have shown: all its copies, winners or not. The
 * changelog looks here for rows that a better copy has emptied.
 */
export const ORDER_PLACES = {
  order_movements: `SELECT order_id, event_time AS order_time, visitor_id, user_id, session_id,
      currency, event_time, movement, stated AS amount, batch FROM order_copies`,
  order_lines: `SELECT order_id, event_time AS order_time, visitor_id, user_id, session_id,
      currency, event_time, movement, line.product_id, line.category, line.brand, line.price,
      line.units, line.amount, batch
    FROM (SELECT *, unnest(lines) AS line FROM order_copies)`,
} as const
