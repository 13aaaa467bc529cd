/**
 * A shop's own table, expression, measure and step. Copy it to the folder in which you start
 * Clickpath and change it: a misspelt column does not compile, and a changed table is recomputed
 * from the stored events at the next start.
 */
import {
  avg,
  beforeFirst,
  caseWhen,
  count,
  defineConfig,
  distinct,
  type Expression,
  eq,
  events,
  lt,
  type Measure,
  plus,
  sum,
  table,
  times,
  tumbling,
} from 'clickpath'

/** An own expression: what a price feels like. */
const priceTier = (price: Expression<'decimal'>) =>
  caseWhen(
    'text',
    [
      [lt(price, 20), 'Budget'],
      [lt(price, 100), 'Mid-Range'],
    ],
    'Premium',
  )

/** An own measure: activity, purchases and average price weighed into one figure. */
const quality = (measures: Record<'events' | 'purchases' | 'price_avg', Measure>) => {
  const activity = plus(times(measures.events, 0.3), times(measures.purchases, 0.5))
  return times(plus(activity, times(measures.price_avg, 0.2)), 100)
}

export const tiers = table('price_tiers_1h', {
  answers: 'Which price tiers draw visitors and sell, per department and hour?',
  from: events,
  window: tumbling('1 hour'),
  lateness: '10 minutes',
  by: { department: beforeFirst(events.category, '.'), tier: priceTier(events.price) },
  measures: {
    events: count(),
    visitors: distinct(events.visitor_id),
    purchases: count({ where: eq(events.event_type, 'purchase') }),
    value: sum(events.value, { where: eq(events.event_type, 'purchase') }),
    price_avg: avg(events.price),
  },
  derive: (measures) => ({ quality: quality(measures) }),
})

export default defineConfig({
  settings: { currency: 'EUR', time_zone: 'Europe/Berlin' },
  tables: [tiers],
})
