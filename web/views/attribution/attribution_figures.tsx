/** What there is to be divided, and how much of it has a visit before it. */
import { Figure, Figures } from '../../parts/figure.tsx'
import { formatCount, formatMoney, formatShare } from '../../parts/format.ts'
import type { Attribution, Currency } from './fields.ts'

interface AttributionFiguresProps {
  readonly told: Attribution
  readonly currency: Currency
  readonly before: Currency | undefined
}

const AGAINST = 'vs before'

export function AttributionFigures({ told, currency, before }: AttributionFiguresProps) {
  const { revenue, orders, attributed, unattributed, currency: code } = currency
  const change = (now: number | string, then: number | string | undefined) =>
    then === undefined
      ? {}
      : { change: { now: Number(now), before: Number(then), against: AGAINST } }
  return (
    <Figures>
      <Figure
        about={converted(currency)}
        name="Revenue, net of refunds"
        value={formatMoney(revenue, code)}
        {...change(revenue, before?.revenue)}
      />
      <Figure
        about=""
        name="Orders"
        value={formatCount(orders)}
        {...change(orders, before?.orders)}
      />
      <Figure
        about={`${formatMoney(unattributed, code)} without a visit`}
        name="Given to visits"
        value={formatMoney(attributed, code)}
      />
      <Figure
        about={`${attributedOrders(told)} orders, all currencies`}
        name="Orders with a visit"
        value={formatShare(told.tracking_coverage)}
      />
    </Figures>
  )
}

const attributedOrders = ({ orders_attributed, orders }: Attribution): string =>
  `${formatCount(orders_attributed)} of ${formatCount(orders)}`

function converted({ orders_converted, orders_without_revenue }: Currency): string {
  const parts = [
    orders_converted > 0 ? `${formatCount(orders_converted)} converted at their day's rate` : '',
    orders_without_revenue > 0 ? `${formatCount(orders_without_revenue)} without an amount` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}
