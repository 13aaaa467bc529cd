/** A5: what happens in each category, in tumbling and in sliding windows over the same states. */
import { events } from '../events.ts'
import { coalesce } from '../expressions/coalesce.ts'
import { approximateDistinct } from '../measures/approximate_distinct.ts'
import { avg } from '../measures/avg.ts'
import { collectList, collectSet, truncated } from '../measures/collect.ts'
import { corr } from '../measures/corr.ts'
import { count } from '../measures/count.ts'
import { distinct } from '../measures/distinct.ts'
import { first } from '../measures/first.ts'
import { last } from '../measures/last.ts'
import { max } from '../measures/max.ts'
import { min } from '../measures/min.ts'
import { quantile } from '../measures/quantile.ts'
import { stddev } from '../measures/stddev.ts'
import { sum } from '../measures/sum.ts'
import { variance } from '../measures/variance.ts'
import { table } from '../table.ts'
import { sliding, tumbling } from '../window.ts'

const brands = collectSet(events.brand, { limit: 10 })
const products = collectList(events.product_id, { limit: 10 })

const shared = {
  answers: 'What is happening in each category right now?',
  from: events,
  lateness: '10 minutes',
  by: { category: events.category, event_type: events.event_type },
  measures: {
    events: count(),
    visitors: distinct(events.visitor_id),
    visitors_approximate: approximateDistinct(events.visitor_id),
    value: sum(events.value),
    price_sum: sum(events.price),
    price_avg: avg(events.price),
    price_min: min(events.price),
    price_max: max(events.price),
    price_stddev: stddev(events.price),
    price_variance: variance(events.price),
    price_p25: quantile(events.price, 0.25),
    price_p50: quantile(events.price, 0.5),
    price_p75: quantile(events.price, 0.75),
    price_p95: quantile(events.price, 0.95),
    price_quantity_corr: corr(events.price, coalesce(events.quantity, 1)),
    first_product: first(events.product_id),
    last_product: last(events.product_id),
    brands,
    brands_truncated: truncated(brands),
    products,
    products_truncated: truncated(products),
  },
} as const

export const eventWindows5m = table('event_windows_5m', {
  ...shared,
  window: tumbling('5 minutes'),
})

export const eventWindows10m = table('event_windows_10m', {
  ...shared,
  window: sliding('10 minutes', '5 minutes'),
})
