import { products } from '../dimensions.ts'
import { eq } from '../expressions/eq.ts'
import { count } from '../measures/count.ts'
import { sum } from '../measures/sum.ts'
import { orderLines } from '../orders.ts'
import { table } from '../table.ts'
import { tumbling } from '../window.ts'

export const productSales = table('product_sales', {
  answers: 'How many units of each product sell, and for how much, hour by hour?',
  from: orderLines,
  window: tumbling('1 hour'),
  lateness: '1 hour',
  by: { product_id: orderLines.product_id, currency: orderLines.currency },
  join: { product_name: products.product_name },
  measures: {
    sales: count({ where: eq(orderLines.movement, 'order') }),
    units: sum(orderLines.units),
    revenue: sum(orderLines.amount),
  },
})
