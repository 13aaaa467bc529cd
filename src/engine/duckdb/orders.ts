/**
 * Copies and parts of orders: every purchase and refund, as told, appended. Which copy wins is
 * decided when orders are presented, so a better copy that comes later changes no stored row.
 */
const LINE = `{'product_id': each.product_id, 'category': each.category, 'brand': each.brand,
  'price': each.price, 'units': coalesce(each.quantity, 1),
  'amount': CAST(each.price * coalesce(each.quantity, 1) AS DECIMAL(18,4))}`

const OWN_LINE = `[{'product_id': product_id, 'category': category, 'brand': brand, 'price': price,
  'units': coalesce(quantity, 1), 'amount': "value"}]`

const LINES = `CASE WHEN items IS NOT NULL THEN [${LINE} for each in items]
  WHEN product_id IS NOT NULL OR price IS NOT NULL THEN ${OWN_LINE} END`

/** Appends the purchases and refunds of `relation` (events) to `order_copies`. */
export function insertOrderCopies(relation: string, batch: number | string): string {
  return `INSERT INTO order_copies
    SELECT order_id, line_id, movement, rank, event_time, event_id, source, visitor_id,
      user_id, session_id,
      currency, revenue, list_sum([each.amount for each in lines]), lines, ${batch}
    FROM (
      SELECT * EXCLUDE (order_id),
        coalesce(order_id, source || '/' || event_id) AS order_id,
        CASE event_type WHEN 'purchase' THEN 'order' ELSE 'refund' END AS movement,
        CASE origin WHEN 'server' THEN 0 WHEN 'import' THEN 1 ELSE 2 END AS rank,
        ${LINES} AS lines
      FROM ${relation} WHERE event_type IN ('purchase', 'refund'))`
}
