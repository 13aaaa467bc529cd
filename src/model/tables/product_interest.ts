import { products } from '../dimensions.ts'
import { items } from '../events.ts'
import { eq } from '../expressions/eq.ts'
import { count } from '../measures/count.ts'
import { allOf, atLeast, below, overall, ratio, setting } from '../measures/derived.ts'
import { table } from '../table.ts'
import { calendar } from '../window.ts'

const step = (event_type: string) => ({ where: eq(items.event_type, event_type) })

export const productInterest = table('product_interest', {
  answers: 'Which products draw many eyes and few purchases?',
  from: items,
  window: calendar('day'),
  lateness: '1 hour',
  by: { product_id: items.product_id },
  join: { product_name: products.product_name },
  measures: { views: count(step('view')), purchases: count(step('purchase')) },
  derive: ({ views, purchases }) => {
    const view_share = ratio(views, overall(views))
    const conversion = ratio(purchases, views)
    return {
      view_share,
      conversion,
      high_interest_low_conversion: allOf(
        atLeast(view_share, setting('interest_share_min')),
        below(conversion, setting('interest_conversion_max')),
      ),
    }
  },
})
