/** product_sales and revenue_1h: what was sold and earned, hour by hour, refunds in their own. */
import type { Row } from './event.ts'
import { different, groupBy } from './group.ts'
import { asNumber, decimalTextOrNull, sumUnits } from './money.ts'
import type { Movement, OrderLine } from './orders.ts'
import { ratio } from './statistics.ts'
import { HOUR_US, isoTime, windowStart } from './time.ts'

const hourOf = ({ read }: Movement) => isoTime(windowStart(read.time, HOUR_US))
const currencyOf = ({ order }: Movement) => order.winner.event.currency ?? null
const amountOf = (members: readonly Movement[]) => sumUnits(members.map(({ amount }) => amount))

export function productSales(lines: readonly OrderLine[]): readonly Row[] {
  const keysOf = (line: OrderLine) => [
    { window_start: hourOf(line), product_id: line.item.product_id, currency: currencyOf(line) },
  ]
  return groupBy(lines, keysOf).map(({ keys, members }) => ({
    ...keys,
    sales: members.filter(({ movement }) => movement === 'order').length,
    units: members.reduce((sum, { units }) => sum + units, 0),
    revenue: decimalTextOrNull(amountOf(members)),
  }))
}

export function revenue1h(movements: readonly Movement[]): readonly Row[] {
  const keysOf = (movement: Movement) => [
    { window_start: hourOf(movement), currency: currencyOf(movement) },
  ]
  return groupBy(movements, keysOf).map(({ keys, members }) => {
    const placed = members.filter(({ movement }) => movement === 'order')
    const refunds = members.filter(({ movement }) => movement === 'refund')
    const gross = amountOf(placed)
    return {
      ...keys,
      orders: placed.length,
      buyers: different(placed.map(({ order }) => order.winner.visitor_id)).size,
      gross_revenue: decimalTextOrNull(gross),
      refunds: refunds.length,
      refunded: decimalTextOrNull(amountOf(refunds)),
      revenue: decimalTextOrNull(amountOf(members)),
      order_value_avg: ratio(gross === null ? null : asNumber(gross), placed.length),
    }
  })
}
