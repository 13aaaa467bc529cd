/** One customer's sessions and orders as one relation, newest first, cut after a cursor. */
import type { Statement } from '../questions/question.ts'

/** What a page of the timeline ended with. */
export interface TimelineCursor {
  readonly at: string
  readonly id: string
}

const SESSIONS = `SELECT 'session' AS kind, begun AS "at",
    concat_ws('/', 'session', visitor_id, session_id) AS id, visitor_id, session_id, ended, events,
    channel, device_type, entry_page, exit_page, referrer, utm_source, utm_medium, utm_campaign,
    CASE WHEN ended > as_of THEN len(list_filter(step_times, lambda time: time <= as_of)) END
      AS known, steps_truncated, step_types, step_times, step_products, step_categories,
    step_pages, step_prices
  FROM all_sessions, moment WHERE begun <= as_of`

const LINES = `SELECT order_id, to_json(list({'product_id': product_id, 'category': category,
    'brand': brand, 'price': price, 'units': units, 'amount': amount} ORDER BY ALL)) AS lines
  FROM (SELECT order_id, product_id, category, brand, price, units, amount FROM past_lines
    WHERE movement = 'order')
  GROUP BY order_id`

const REFUNDS = `SELECT order_id, to_json(list({
    'at': strftime(event_time, '%Y-%m-%dT%H:%M:%S.%fZ'), 'amount': -amount}
    ORDER BY event_time, amount)) AS refunds
  FROM past_movements WHERE movement = 'refund' GROUP BY order_id`

const ORDERS = `SELECT 'order' AS kind, order_time AS "at", 'order/' || order_id AS id, visitor_id,
    session_id, order_id, source, currency, gross_revenue, refunded, revenue, revenue_converted,
    cancelled, lines_of.lines, refunds
  FROM past_orders LEFT JOIN (${LINES}) AS lines_of USING (order_id)
    LEFT JOIN (${REFUNDS}) USING (order_id)`

/** A page of sessions and orders of a past. */
export function timelineSql(
  past: Statement,
  after: TimelineCursor | undefined,
  limit: number,
): Statement {
  const sql = `WITH ${past.sql}
    SELECT * FROM (${SESSIONS} UNION ALL BY NAME ${ORDERS})
    ${after === undefined ? '' : 'WHERE ("at", id) < (CAST(? AS TIMESTAMP), ?)'}
    ORDER BY "at" DESC, id DESC LIMIT ${limit}`
  return { sql, params: [...past.params, ...(after ? [after.at, after.id] : [])] }
}
