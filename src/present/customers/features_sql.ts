/**
 * What is known of every customer as of a moment, as one query: the view `customer_features` asks
 * it of what was reached, the question `customers` of any moment. Days are those of the shop's
 * calendar.
 */
import { customerFeatures } from '../../model/customer_features.ts'
import { quoteText } from '../../std/duckdb.ts'
import { localTime } from '../../std/local_time.ts'
import type { Settings } from '../../std/settings.ts'
import type { Statement } from '../questions/question.ts'
import { AS_OF, pastOf } from './past.ts'
import type { Whose } from './whose.ts'

/** The value with the most weight, per person; of equals the smallest. */
const favourite = (column: string, weight: string, relation: string) =>
  `SELECT person_id, arg_min(value, (-weight, value)) AS ${column}
    FROM (SELECT person_id, ${column} AS value, ${weight} AS weight FROM ${relation}
      WHERE ${column} IS NOT NULL GROUP BY ALL)
    GROUP BY person_id`

/** When and by what they come: counted once by all there is to choose from, then chosen. */
function habits(settings: Settings): string {
  const local = localTime('event_time', settings)
  const share = (from: number) =>
    `coalesce(sum(n) FILTER (most_active_hour BETWEEN ${from} AND ${from + 5}), 0) / sum(n)`
  return `counts AS MATERIALIZED (
      SELECT person_id, hour(${local}) AS most_active_hour, user_id,
        isodow(${local}) AS most_active_weekday, device_type AS preferred_device,
        count(*) AS n, min(event_time) AS first_seen, max(event_time) AS last_seen
      FROM past_events GROUP BY ALL),
    seen AS (
      SELECT person_id, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
        arg_max(user_id, (last_seen, user_id)) FILTER (user_id IS NOT NULL) AS user_id,
        CAST(sum(n) AS BIGINT) AS events, ${share(0)} AS night_share, ${share(6)} AS morning_share,
        ${share(12)} AS afternoon_share, ${share(18)} AS evening_share
      FROM counts GROUP BY person_id),
    hours AS (${favourite('most_active_hour', 'sum(n)', 'counts')}),
    weekdays AS (${favourite('most_active_weekday', 'sum(n)', 'counts')}),
    devices AS (${favourite('preferred_device', 'sum(n)', 'counts')})`
}

/** A credit note (an order below zero) is no purchase, but it is money. */
const IS_PURCHASE = 'coalesce(gross_revenue >= 0, TRUE)'

/** Revenue in the shop's currency; where it has none, in the one that a person paid in. */
function money(settings: Settings): string {
  const day = `CAST(${localTime('order_time', settings)} AS DATE)`
  const shopsOwn = settings.currency !== ''
  const worth = shopsOwn ? 'revenue_converted' : 'revenue'
  const ofOneCurrency = (sql: string) =>
    shopsOwn ? sql : `CASE WHEN count(DISTINCT coalesce(currency, '')) = 1 THEN ${sql} END`
  return `bought AS (
      SELECT person_id, count(*) FILTER (is_purchase) AS orders,
        min(order_time) FILTER (is_purchase) AS first_order,
        max(order_time) FILTER (is_purchase) AS last_order,
        greatest(count(DISTINCT ${day}) FILTER (is_purchase) - 1, 0) AS repeat_purchase_days,
        ${shopsOwn ? quoteText(settings.currency) : ofOneCurrency('min(currency)')} AS currency,
        ${ofOneCurrency(`sum(${worth})`)} AS revenue,
        coalesce(${ofOneCurrency(`count(${worth}) FILTER (is_purchase)`)}, 0) AS valued
      FROM (SELECT *, ${IS_PURCHASE} AS is_purchase FROM past_orders) GROUP BY person_id)`
}

const INTERESTS = `viewed AS (
    SELECT person_id, category AS preferred_category_viewed FROM past_items
    WHERE event_type = 'view'),
  lines AS (
    SELECT person_id, category AS preferred_category_bought, units FROM past_lines
    WHERE movement = 'order'),
  views AS (${favourite('preferred_category_viewed', 'count(*)', 'viewed')}),
  purchases AS (${favourite('preferred_category_bought', 'sum(units)', 'lines')})`

const VISITS = `visited AS (
    SELECT person_id, count(*) AS sessions,
      count(*) FILTER (purchases > 0) AS converted_sessions,
      avg(epoch_us(ended) - epoch_us(begun)) / 1e6 AS session_duration_avg_s,
      avg(events) AS events_per_session, avg(session_quality) AS session_quality_avg,
      count(*) FILTER (carts > 0 AND purchases = 0 AND over <= ${AS_OF}) AS carts_abandoned,
      arg_min(channel, (begun, visitor_id, coalesce(session_id, ''))) AS first_channel
    FROM past_sessions GROUP BY person_id)`

const weeks = (days: string) => `round((${days}) / 7.0, 2)`

/** The columns that are no more than a name elsewhere need no words here. */
function computed(settings: Settings): Readonly<Record<string, string>> {
  const days = (from: string, to = AS_OF) =>
    `date_diff('day', CAST(${localTime(from, settings)} AS DATE),
      CAST(${localTime(to, settings)} AS DATE))`
  const [recency, age] = [days('first_order', 'last_order'), days('first_order')]
  return {
    days_since_first_seen: days('first_seen'),
    days_since_last_seen: days('last_seen'),
    days_since_last_order: days('last_order'),
    orders: 'coalesce(orders, 0)',
    repeat_purchase_days: 'coalesce(repeat_purchase_days, 0)',
    recency_days: recency,
    recency_weeks: weeks(recency),
    t_days: age,
    t_weeks: weeks(age),
    revenue_per_order: 'CAST(revenue AS DOUBLE) / nullif(valued, 0)',
    orders_without_value: 'coalesce(orders - valued, 0)',
    sessions: 'coalesce(sessions, 0)',
    converted_sessions: 'coalesce(converted_sessions, 0)',
    conversion: 'converted_sessions / nullif(sessions, 0)',
    carts_abandoned: 'coalesce(carts_abandoned, 0)',
  }
}

/** The parts beside `seen`, and the columns that need them. A part nobody needs costs nothing. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  bought: [
    ...['first_order', 'last_order', 'days_since_last_order', 'orders', 'repeat_purchase_days'],
    ...['recency_days', 'recency_weeks', 't_days', 't_weeks'],
    ...['currency', 'revenue', 'revenue_per_order', 'orders_without_value'],
  ],
  visited: [
    ...['sessions', 'converted_sessions', 'conversion', 'session_duration_avg_s'],
    ...['events_per_session', 'session_quality_avg', 'carts_abandoned', 'first_channel'],
  ],
  hours: ['most_active_hour'],
  weekdays: ['most_active_weekday'],
  devices: ['preferred_device'],
  views: ['preferred_category_viewed'],
  purchases: ['preferred_category_bought'],
}

export type CustomerColumn = keyof typeof customerFeatures.columns

export const CUSTOMER_COLUMNS = Object.keys(customerFeatures.columns) as readonly CustomerColumn[]

/** One row per customer with the columns that are wanted. */
export function customerFeaturesSql(
  moment: Statement,
  whose: Whose,
  settings: Settings,
  wanted: readonly CustomerColumn[] = CUSTOMER_COLUMNS,
): Statement {
  const told = computed(settings)
  const columns = wanted.map((name) =>
    told[name] === undefined ? name : `${told[name]} AS ${name}`,
  )
  const joins = Object.entries(PARTS)
    .filter(([, needing]) => wanted.some((name) => needing.includes(name)))
    .map(([part]) => `LEFT JOIN ${part} USING (person_id)`)
  const past = pastOf(moment, whose, settings)
  const parts = [past.sql, habits(settings), money(settings), INTERESTS, VISITS].join(',\n')
  const sql = `WITH ${parts} SELECT ${columns.join(', ')} FROM seen ${joins.join(' ')}`
  return { sql, params: past.params }
}
