import { eq } from '../expressions/eq.ts'
import { count } from '../measures/count.ts'
import { ratio } from '../measures/derived.ts'
import { distinct } from '../measures/distinct.ts'
import { sum } from '../measures/sum.ts'
import { orderMovements } from '../orders.ts'
import { table } from '../table.ts'
import { tumbling } from '../window.ts'

const placed = { where: eq(orderMovements.movement, 'order') }
const refunded = { where: eq(orderMovements.movement, 'refund') }

export const revenue1h = table('revenue_1h', {
  answers: 'What did the shop earn, hour by hour, orders once and refunds netted?',
  from: orderMovements,
  window: tumbling('1 hour'),
  lateness: '1 hour',
  by: { currency: orderMovements.currency },
  measures: {
    orders: count(placed),
    buyers: distinct(orderMovements.visitor_id, placed),
    gross_revenue: sum(orderMovements.amount, placed),
    refunds: count(refunded),
    refunded: sum(orderMovements.amount, refunded),
    revenue: sum(orderMovements.amount),
  },
  derive: (measures) => ({ order_value_avg: ratio(measures.gross_revenue, measures.orders) }),
})
