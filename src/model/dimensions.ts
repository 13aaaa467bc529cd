/**
 * Dimensions: what is known about products and customers. Streams of upserts; the latest by
 * (updated_at, then the row itself) is joined when a table is presented, never before.
 */
import {
  type AnyStream,
  decimal,
  double,
  integer,
  json,
  stream,
  text,
  timestamp,
} from './stream.ts'

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

/**
 * Visitors who turned out to be a person, one link each. Applied when presented: undoing a link is
 * one row. `persons` follows the links to their end.
 */
export const identity = stream({
  name: 'identity',
  about: 'which person a visitor is; a null person undoes the link',
  kind: 'keyed',
  time: 'updated_at',
  columns: {
    visitor_id: text('the visitor', { bound: 256 }),
    person_id: text('the person, mostly their user_id', { bound: 256 }),
    updated_at: timestamp('when this was told'),
  },
})

/** What the links of `identity` come to; computed when it is asked for. */
export const persons = Object.freeze({
  about: 'who every linked visitor is in the end, links followed from person to person',
  columns: {
    visitor_id: text('the visitor'),
    person_id: text('the person at the end of the links'),
    links: integer('how many links were followed'),
  },
})

export const rates = stream({
  name: 'rates',
  about: 'what one unit of a currency was worth on a day, in the currency of the shop',
  kind: 'keyed',
  time: 'updated_at',
  columns: {
    rate_id: text('the day and the currency: 2026-01-31/USD', { bound: 64, internal: true }),
    date: text('the day, in UTC: 2026-01-31', { bound: 10 }),
    currency: text('three letters (ISO 4217)', { bound: 3 }),
    // Tricky: four decimals are too few; a yen is worth 0.0061 euros, a rupiah 0.000055.
    rate: double('what one unit of it is worth', { bound: 1e9 }),
    updated_at: timestamp('when this was told'),
  },
})

export const logs = stream({
  name: 'logs',
  about: "one row per message of one of the shop's own systems",
  kind: 'keyed',
  time: 'updated_at',
  columns: {
    log_id: text('the message', { bound: 256 }),
    service: text('which system speaks', { bound: 256 }),
    level: text('debug, info, warn, error, ...', { bound: 32 }),
    message: text('what it says', { bound: 10_000 }),
    updated_at: timestamp('when it was said'),
    properties: json('all that has no column of its own'),
  },
})

export interface Dimension {
  readonly stream: AnyStream
  /** The column that names a row. */
  readonly key: string
  /**
   * `columns`: each column keeps its latest value that is not null, so that telling an address does
   * not forget a name. `row`: the latest row counts whole, nulls included.
   */
  readonly latest: 'columns' | 'row'
}

/** All streams of upserts by name. */
export const DIMENSIONS = Object.freeze({
  products: { stream: products, key: 'product_id', latest: 'columns' },
  customers: { stream: customers, key: 'user_id', latest: 'columns' },
  identity: { stream: identity, key: 'visitor_id', latest: 'row' },
  rates: { stream: rates, key: 'rate_id', latest: 'row' },
  logs: { stream: logs, key: 'log_id', latest: 'row' },
}) satisfies Readonly<Record<string, Dimension>>

export type DimensionName = keyof typeof DIMENSIONS
