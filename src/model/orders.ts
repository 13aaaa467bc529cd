/**
 * Orders: keyed state. One row per order, whoever sent it and however often; revenue exists only
 * here. An order is its order_id, else the event that told of it. The copies of an order compete:
 * server before import before browser, then the earliest. Its revenue is the stated one if there is
 * one, else the sum of its lines; the difference is `adjustment`. Refunds net it at their own time.
 */
import { events } from './events.ts'
import { boolean, decimal, integer, stream, text, timestamp } from './stream.ts'

const { columns } = events.declaration

const ORDER_COLUMNS = {
  order_id: text('the order; without one, the source and event that told of it'),
  order_time: timestamp('when the order was placed, UTC'),
  visitor_id: text('the visitor who placed it'),
  user_id: columns.user_id,
  session_id: columns.session_id,
  currency: columns.currency,
} as const

export const orders = stream({
  name: 'orders',
  about: 'one row per order, refunds netted',
  kind: 'keyed',
  time: 'order_time',
  columns: {
    ...ORDER_COLUMNS,
    event_id: text('the copy that won'),
    source: text('who sent the copy that won'),
    copies: integer('how many copies of the order came'),
    lines: integer('how many product lines it has'),
    lines_value: decimal('the sum of its lines, price x quantity'),
    adjustment: decimal('stated revenue less the sum of the lines: discounts, shipping, tax'),
    gross_revenue: decimal('revenue before refunds'),
    refunded: decimal('what was refunded, at most the gross revenue'),
    revenue: decimal('gross revenue less refunds'),
    cancelled: boolean('whether all of it was refunded'),
    revenue_converted: decimal("revenue in the shop's currency; null without a rate"),
  },
})

/** One row per change of revenue, at its own time: the order (+) and each of its refunds (-). */
export const orderMovements = stream({
  name: 'order_movements',
  about: 'one row per order placed and per refund, each at its own time',
  kind: 'keyed',
  time: 'event_time',
  columns: {
    ...ORDER_COLUMNS,
    event_time: timestamp('when the money moved, UTC'),
    movement: text('order or refund'),
    amount: decimal('what it adds to revenue; refunds are negative'),
  },
})

/** One row per product line of the copy that won, and (negative) per refunded line. */
export const orderLines = stream({
  name: 'order_lines',
  about: 'one row per product line sold, and one per line refunded',
  kind: 'keyed',
  time: 'event_time',
  columns: {
    ...ORDER_COLUMNS,
    event_time: timestamp('when it was sold or refunded, UTC'),
    movement: text('order or refund'),
    product_id: columns.product_id,
    category: columns.category,
    brand: columns.brand,
    price: columns.price,
    units: integer('units sold; refunded ones are negative'),
    // A refunded line without a price is worth what its order took for the product.
    amount: decimal('price x units; the stated revenue where the order is this one line'),
  },
})
