/**
 * The events of Retailrocket's public data set. Its rows hold no prices, and its transactions come
 * as one row a product: lines of an order, which add up.
 */
import type { Mapping } from './mapping.ts'

export const RETAILROCKET: Mapping = Object.freeze<Mapping>({
  columns: {
    event_type: {
      column: 'event',
      words: { view: 'view', addtocart: 'cart', transaction: 'purchase' },
    },
    client_time: { column: 'timestamp', unit: 'ms' },
    anonymous_id: 'visitorid',
    product_id: 'itemid',
    order_id: 'transactionid',
    line_id: {
      cases: [{ when: { column: 'transactionid', is: 'present' }, take: { row: 'id' } }],
    },
  },
})
