/**
 * Dimensions: what is known about products and customers. Streams of upserts; the latest by
 * (updated_at, then the row itself) is joined when a table is presented, never before.
 */
import { type AnyStream, decimal, integer, json, stream, text, timestamp } from './stream.ts'

export const products = stream({
  name: 'products',
  about: 'one row per product, as last told or as derived from the events',
  kind: 'keyed',
  time: 'updated_at',
  columns: {
    product_id: text('the product', { bound: 256 }),
    product_name: text('its name', { bound: 512 }),
    category: text('its category, levels separated by a point', { bound: 512 }),
    brand: text('its brand', { bound: 512 }),
    price: decimal('its price now', { bound: 1e9 }),
    stock: integer('units in stock', { bound: 1e9 }),
    updated_at: timestamp('when this was told'),
    properties: json('all that has no column of its own'),
  },
})

export const customers = stream({
  name: 'customers',
  about: 'one row per customer, as last told or as derived from the events',
  kind: 'keyed',
  time: 'updated_at',
  columns: {
    user_id: text('the customer', { bound: 256 }),
    customer_name: text('their name', { bound: 512 }),
    email: text('their address', { bound: 512 }),
    gender: text('as they told it', { bound: 64 }),
    age: integer('in years', { bound: 200 }),
    country: text('where they live', { bound: 64 }),
    customer_segment: text('the segment the shop gave them', { bound: 128 }),
    registered_at: timestamp('when they signed up'),
    updated_at: timestamp('when this was told'),
    properties: json('all that has no column of its own'),
  },
})

export interface Dimension {
  readonly stream: AnyStream
  /** The column that names a row. */
  readonly key: string
}

export const DIMENSIONS: Readonly<Record<'products' | 'customers', Dimension>> = Object.freeze({
  products: { stream: products, key: 'product_id' },
  customers: { stream: customers, key: 'user_id' },
})
