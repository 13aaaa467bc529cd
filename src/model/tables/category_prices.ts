import { items } from '../events.ts'
import { avg } from '../measures/avg.ts'
import { count } from '../measures/count.ts'
import { overall, ratio } from '../measures/derived.ts'
import { max } from '../measures/max.ts'
import { min } from '../measures/min.ts'
import { table } from '../table.ts'
import { tumbling } from '../window.ts'

export const categoryPrices = table('category_prices', {
  answers: 'What does each category cost, against the whole market?',
  from: items,
  window: tumbling('1 hour'),
  lateness: '10 minutes',
  by: { category: items.category },
  measures: {
    prices: count(),
    price_avg: avg(items.price),
    price_min: min(items.price),
    price_max: max(items.price),
  },
  derive: ({ price_avg }) => ({
    market_price_avg: overall(price_avg),
    price_to_market: ratio(price_avg, overall(price_avg)),
  }),
})
