import { products } from '../dimensions.ts'
import { items } from '../events.ts'
import { eq } from '../expressions/eq.ts'
import { count } from '../measures/count.ts'
import { ratio } from '../measures/derived.ts'
import { sum } from '../measures/sum.ts'
import { table } from '../table.ts'
import { calendar } from '../window.ts'

const step = (event_type: string) => ({ where: eq(items.event_type, event_type) })

export const productConversion = table('product_conversion', {
  answers: 'Which products turn views into carts and purchases, day by day?',
  from: items,
  window: calendar('day'),
  lateness: '1 hour',
  by: { product_id: items.product_id },
  join: { product_name: products.product_name },
  measures: {
    views: count(step('view')),
    carts: count(step('cart')),
    purchases: count(step('purchase')),
    purchase_value: sum(items.value, step('purchase')),
  },
  derive: (measures) => ({
    view_to_cart: ratio(measures.carts, measures.views),
    cart_to_purchase: ratio(measures.purchases, measures.carts),
    view_to_purchase: ratio(measures.purchases, measures.views),
  }),
})
