/**
 * The SQL of attribution: orders, the visits that came before each, and the parts of its revenue
 * that each visit is given. Amounts are whole ten-thousandths until the end.
 */
import { type Duration, durationMs } from '../../model/window.ts'
import { quoteText } from '../../std/duckdb.ts'
import type { Settings } from '../../std/settings.ts'
import { dividedSql, isGivenSql } from './attribution_models.ts'
import { type AttributionAsked, type Model, modelsOf } from './attribution_parameters.ts'
import { firstVisitsSql } from './first_visits.ts'
import type { Statement } from './question.ts'

type Money = Pick<Settings, 'currency'>

/**
 * Visits, and not the mere trace of an order: a purchase or a refund that a server told, and
 * nothing else, is a session of its own, but nobody was brought by it.
 */
const IS_VISIT = `(entry_page IS NOT NULL OR referrer IS NOT NULL OR utm_source IS NOT NULL
  OR utm_medium IS NOT NULL OR utm_campaign IS NOT NULL OR (events > purchases
    AND step_types[1] <> 'refund' AND step_types[-1] <> 'refund'))`

function rangeOf({ from, to }: AttributionAsked, lookback_ms: number) {
  const orders: string[] = ['TRUE']
  const visits: string[] = [IS_VISIT]
  const times: string[] = []
  if (from !== undefined) {
    orders.push('order_time >= CAST(? AS TIMESTAMP)')
    visits.push(`ended >= CAST(? AS TIMESTAMP) - to_milliseconds(${lookback_ms})`)
    times.push(from)
  }
  if (to !== undefined) {
    orders.push('order_time < CAST(? AS TIMESTAMP)')
    visits.push('window_start < CAST(? AS TIMESTAMP)')
    times.push(to)
  }
  return {
    orders: orders.join(' AND '),
    visits: visits.join(' AND '),
    params: [...times, ...times],
  }
}

/** Amounts in the shop's currency where there is a rate; all others stay in their own. */
function amountsSql({ currency }: Money): string {
  const converted = currency === '' ? 'FALSE' : 'revenue_converted IS NOT NULL'
  const amount = `CASE WHEN ${converted} THEN revenue_converted ELSE revenue END`
  return `CASE WHEN ${converted} THEN ${quoteText(currency)} ELSE currency END AS currency,
    CAST(CAST(coalesce(${amount}, 0) AS DECIMAL(28,4)) * 10000 AS HUGEINT) AS units,
    ${amount} IS NULL AS is_unpriced, coalesce(${converted} AND currency <> ${quoteText(currency)},
      FALSE) AS is_converted`
}

/** The relations bought (an order each) and touched (an order and a visit each). */
export function touchedSql(asked: AttributionAsked, money: Money): Statement {
  const [lookback_ms, half_life_ms] = [asked.lookback, asked.half_life].map((duration) =>
    durationMs(duration as Duration),
  ) as [number, number]
  const { orders, visits, params } = rangeOf(asked, lookback_ms)
  const models = modelsOf(asked)
  const directs =
    asked.direct === 'keep'
      ? ''
      : 'QUALIFY NOT is_direct OR bool_and(is_direct) OVER (PARTITION BY order_number)'
  const only = firstVisitsSql(asked)
  const meant = only === null ? '' : `WHERE person_id IN (${only})`
  const sql = `WITH bought AS MATERIALIZED (FROM (
      SELECT row_number() OVER () AS order_number, order_time,
        coalesce(persons.person_id, visitor_id) AS person_id, visitor_id, ${amountsSql(money)}
      FROM orders LEFT JOIN persons USING (visitor_id) WHERE ${orders}) ${meant}),
    visits AS (
      SELECT coalesce(persons.person_id, visitor_id) AS person_id, window_start AS touched, ended,
        visitor_id AS touched_visitor, session_id AS touched_session, ${asked.by} AS value,
        channel = 'direct' AS is_direct
      FROM sessions LEFT JOIN persons USING (visitor_id) WHERE ${visits}),
    pairs AS (
      SELECT bought.*, visits.* EXCLUDE (person_id) FROM bought JOIN visits
        ON visits.person_id = bought.person_id AND touched <= order_time
          AND ended >= order_time - to_milliseconds(${lookback_ms}) ${directs}),
    ranked AS (
      SELECT *, count(*) OVER (PARTITION BY order_number) AS touches,
        max(touched) OVER (PARTITION BY order_number) AS latest,
        row_number() OVER (PARTITION BY order_number
          ORDER BY touched, touched_visitor, touched_session NULLS FIRST) AS nth FROM pairs),
    touched AS MATERIALIZED (SELECT * FROM ${dividedSql('ranked', models, half_life_ms)})`
  return { sql, params }
}

/**
 * Rows of what: `order` (all of a currency), `unattributed`, `value`; each with orders, units and,
 * for values, units_MODEL.
 */
export function attributionSql(asked: AttributionAsked, money: Money): Statement {
  const { sql, params } = touchedSql(asked, money)
  const models = modelsOf(asked)
  const sums = models.map((model) => `sum(units_${model}) AS units_${model}`).join(', ')
  const ofOrders = `count(*) AS orders, sum(units) AS units,
    count(*) FILTER (WHERE is_unpriced) AS unpriced,
    count(*) FILTER (WHERE is_converted) AS converted`
  return {
    sql: `${sql} SELECT 'order' AS what, currency, NULL AS value, ${ofOrders} FROM bought
        GROUP BY currency
      UNION ALL BY NAME SELECT 'unattributed' AS what, currency, ${ofOrders}
        FROM bought WHERE order_number NOT IN (SELECT order_number FROM touched) GROUP BY currency
      UNION ALL BY NAME SELECT 'value' AS what, currency, value,
        count(DISTINCT order_number) AS orders, ${sums} FROM touched GROUP BY currency, value
      ORDER BY orders DESC, what, currency, value`,
    params,
  }
}

/** The people of a cell: who ordered, how often, for how much, and what of it the cell holds. */
export function buyersSql(asked: AttributionAsked, money: Money): Statement {
  const { sql, params } = touchedSql(asked, money)
  const { row, value, in_currency, model } = asked
  const own = in_currency === undefined ? 'currency IS NULL' : 'currency = ?'
  const ofCell = row === undefined ? 'TRUE' : own
  const told = row === undefined || in_currency === undefined ? [] : [in_currency]
  const people = (relation: string, conditions: string, credited: string) => `${sql}
    SELECT person_id, min(visitor_id) AS visitor_id, count(DISTINCT order_number) AS orders,
      CAST(${credited} AS DECIMAL(38,0)) / 10000 AS revenue, min(order_time) AS first_order,
      max(order_time) AS last_order
    FROM ${relation} WHERE ${conditions} GROUP BY person_id ORDER BY orders DESC, person_id`
  if (row !== 'value' && row !== 'none') {
    const untouched = 'order_number NOT IN (SELECT order_number FROM touched)'
    const only = row === undefined ? 'TRUE' : untouched
    return {
      sql: people('bought', `${ofCell} AND ${only}`, 'sum(units)'),
      params: [...params, ...told],
    }
  }
  const isValue = row === 'none' ? 'value IS NULL' : 'value = ?'
  const values = row === 'none' ? [] : [value ?? '']
  const isOne = model !== 'all'
  const credit = isOne ? `sum(units_${model})` : 'sum(units / touches)'
  const conditions = `${ofCell} AND ${isValue}${isOne ? ` AND ${isGivenSql(model as Model)}` : ''}`
  return { sql: people('touched', conditions, credit), params: [...params, ...told, ...values] }
}
