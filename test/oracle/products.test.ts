import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareTable } from './compare.ts'
import type { OracleEvent } from './event.ts'
import { oracleTables } from './tables.ts'

const DAY = '2024-01-01T00:00:00.000Z'

function happened(event_type: string, product_id: string, times: number): readonly OracleEvent[] {
  return Array.from({ length: times }, (_, index) => ({
    event_id: `${event_type}-${product_id}-${index}`,
    source: 'web',
    event_type,
    event_time: '2024-01-01T23:59:59Z',
    anonymous_id: 'a1',
    product_id,
  }))
}

const flagsOf = (events: readonly OracleEvent[]) =>
  Object.fromEntries(
    oracleTables(events).product_interest.map((row) => [
      row.product_id,
      row.high_interest_low_conversion,
    ]),
  )

test('flags many views with few purchases, on the thresholds as declared', () => {
  const flags = flagsOf([
    ...happened('view', 'unbought', 849),
    ...happened('view', 'at the share', 10),
    ...happened('view', 'below the share', 9),
    ...happened('view', 'at the conversion', 100),
    ...happened('purchase', 'at the conversion', 2),
    ...happened('view', 'the rest', 32),
    ...happened('purchase', 'the rest', 1),
    ...happened('purchase', 'unseen', 1),
  ])
  assert.deepEqual(flags, {
    unbought: true,
    'at the share': true,
    'below the share': false,
    'at the conversion': false,
    'the rest': false,
    // Its share is zero, which is false, and false beats the unknown conversion.
    unseen: false,
  })
})

test('does not know interest on a day without views', () => {
  assert.deepEqual(flagsOf(happened('purchase', 'p1', 1)), { p1: null })
})

test('counts a product line once a line and an event without lines by its own product', () => {
  const base = { source: 'web', anonymous_id: 'a1', event_time: '2024-01-01T10:00:00Z' }
  const lines = [
    { product_id: 'p1', price: 2, quantity: 3 },
    { product_id: 'p1', price: '1.5' },
    { product_id: null, price: 8 },
  ]
  const { items, product_conversion } = oracleTables([
    { ...base, event_id: 'e1', event_type: 'purchase', product_id: 'ignored', items: lines },
    { ...base, event_id: 'e2', event_type: 'view', product_id: 'p1', items: [] },
    { ...base, event_id: 'e3', event_type: 'page' },
  ])
  assert.equal(items.length, 4)
  const none = { views: 0, carts: 0, view_to_cart: null, cart_to_purchase: null }
  compareTable('product_conversion', product_conversion, [
    {
      ...none,
      window_start: DAY,
      product_id: 'p1',
      views: 1,
      purchases: 2,
      purchase_value: '7.5',
      view_to_cart: 0,
      view_to_purchase: 2,
    },
    {
      ...none,
      window_start: DAY,
      product_id: null,
      purchases: 1,
      purchase_value: 8,
      view_to_purchase: null,
    },
  ])
})

test('sets the price of a category beside that of the whole market', () => {
  const view = (category: string | null, price: number | null): OracleEvent => ({
    event_id: `${category}-${price}`,
    source: 'web',
    event_type: 'view',
    event_time: '2024-01-01T00:10:00Z',
    product_id: 'p1',
    category,
    price,
  })
  const events = [view('shoes', 10), view('shoes', 20), view(null, 3), view('gifts', null)]
  const market_price_avg = 11
  compareTable('category_prices', oracleTables(events).category_prices, [
    {
      window_start: DAY,
      category: 'shoes',
      prices: 2,
      price_avg: 15,
      price_min: 10,
      price_max: 20,
      market_price_avg,
      price_to_market: 15 / 11,
    },
    {
      window_start: DAY,
      category: null,
      prices: 1,
      price_avg: 3,
      price_min: 3,
      price_max: 3,
      market_price_avg,
      price_to_market: 3 / 11,
    },
    {
      window_start: DAY,
      category: 'gifts',
      prices: 1,
      price_avg: null,
      price_min: null,
      price_max: null,
      market_price_avg,
      price_to_market: null,
    },
  ])
})

test("counts a day by the shop's time zone", () => {
  const { product_conversion } = oracleTables(happened('view', 'p1', 1), {
    time_zone: 'Europe/Berlin',
  })
  assert.equal(product_conversion[0]?.window_start, '2024-01-01T23:00:00.000Z')
})
