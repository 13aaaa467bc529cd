/**
 * What the calls of Segment's e-commerce specification mean, one row each: the event type, the
 * columns, the lines, and the names of what has no column.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { realData } from '../real_data.ts'
import { runCollector } from './running_collector.ts'

const { file: CALLS, skip } = realData('segment_spec/ecommerce_v2_calls.jsonl')

const ORDER = '50314b8e9bcf000000000000'
const CHECKOUT = { order_id: ORDER, currency: 'USD' }
const GAME = {
  product_id: '507f1f77bcf86cd799439011',
  category: 'Games',
  brand: 'Hasbro',
  price: 18.99,
  quantity: 1,
}
const { quantity: _, ...GAME_SHARED } = GAME

/** [product, name, category, price, quantity] */
type Line = readonly (string | number | undefined)[]
const MONOPOLY: Line = [GAME.product_id, 'Monopoly: 3rd Edition', 'Games', 19, undefined]
const UNO: Line = ['505bd76785ebb509fc183733', 'Uno Card Game', 'Games', 3, undefined]
const SHOWN: readonly Line[] = [MONOPOLY, UNO]
const ORDERED: readonly Line[] = [
  [...MONOPOLY.slice(0, 4), 1],
  [...UNO.slice(0, 4), 2],
]
const SOAPS: readonly Line[] = [
  ['507f1f77bcf86cd798439011', 'Special Facial Soap', 'Beauty', 12.6, undefined],
  ['505bd76785ebb509fc283733', 'Fancy Hairbrush', 'Beauty', 7.6, undefined],
]
const SHARED: readonly Line[] = [
  [GAME.product_id, undefined, undefined, undefined, undefined],
  ['505bd76785ebb509fc183733', undefined, undefined, undefined, undefined],
]

const PRODUCT_REST = ['sku', 'name', 'variant', 'coupon', 'position', 'url', 'image_url']
const ORDER_REST = ['affiliation', 'shipping', 'tax', 'discount', 'coupon']
const STEP_REST = ['checkout_id', 'step', 'shipping_method', 'payment_method']
const PROMOTION_REST = ['promotion_id', 'creative', 'name', 'position']
const WISHLIST_REST = ['wishlist_id', 'wishlist_name', ...PRODUCT_REST]

interface Meaning {
  readonly type: string
  readonly columns?: object
  readonly lines?: readonly Line[]
  /** The names in `properties`, `event_name` besides. */
  readonly rest?: readonly string[]
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  'Products Searched': { type: 'search', columns: { query: 'blue roses' } },
  'Product List Viewed': {
    type: 'list',
    columns: { category: 'Deals' },
    lines: SHOWN,
    rest: ['list_id'],
  },
  'Product List Filtered': { type: 'list', lines: SOAPS, rest: ['list_id', 'filters', 'sorts'] },
  'Promotion Viewed': { type: 'promotion_viewed', rest: PROMOTION_REST },
  'Promotion Clicked': { type: 'promotion_clicked', rest: PROMOTION_REST },
  'Product Clicked': { type: 'click', columns: GAME, rest: PRODUCT_REST },
  'Product Viewed': {
    type: 'view',
    columns: { ...GAME, currency: 'USD' },
    rest: [...PRODUCT_REST, 'value'],
  },
  'Product Added': { type: 'cart', columns: GAME, rest: ['cart_id', ...PRODUCT_REST] },
  'Product Removed': {
    type: 'remove_from_cart',
    columns: GAME,
    rest: ['cart_id', ...PRODUCT_REST],
  },
  'Cart Viewed': { type: 'cart_viewed', lines: SHOWN, rest: ['cart_id'] },
  'Checkout Started': {
    type: 'checkout',
    columns: CHECKOUT,
    lines: ORDERED,
    rest: [...ORDER_REST, 'value', 'revenue'],
  },
  'Checkout Step Viewed': { type: 'checkout', rest: STEP_REST },
  'Checkout Step Completed': { type: 'checkout', rest: STEP_REST },
  'Payment Info Entered': {
    type: 'checkout',
    columns: { order_id: 'dkfsjidfjsdifsdfksdjfkdsfjsdfkdsf' },
    rest: ['checkout_id'],
  },
  'Order Updated': {
    type: 'order_updated',
    columns: CHECKOUT,
    lines: ORDERED,
    rest: [...ORDER_REST, 'total', 'revenue'],
  },
  'Order Completed': {
    type: 'purchase',
    columns: { ...CHECKOUT, revenue: 22.5 },
    lines: ORDERED,
    rest: [...ORDER_REST, 'checkout_id', 'total', 'subtotal'],
  },
  'Order Refunded': {
    type: 'refund',
    columns: { ...CHECKOUT, revenue: 30 },
    lines: ORDERED,
    rest: ['total'],
  },
  // The whole order comes back: what it held is told, but no part of it is what was refunded.
  'Order Cancelled': {
    type: 'refund',
    columns: CHECKOUT,
    rest: [...ORDER_REST, 'total', 'revenue', 'products'],
  },
  'Coupon Entered': {
    type: 'coupon_entered',
    columns: { order_id: ORDER },
    rest: ['cart_id', 'coupon_id'],
  },
  'Product Added to Wishlist': { type: 'wishlist', columns: GAME, rest: WISHLIST_REST },
  'Product Removed from Wishlist': {
    type: 'product_removed_from_wishlist',
    columns: GAME,
    rest: WISHLIST_REST,
  },
  'Wishlist Product Added to Cart': {
    type: 'cart',
    columns: GAME,
    rest: ['cart_id', ...WISHLIST_REST],
  },
  'Product Shared': {
    type: 'product_shared',
    columns: GAME_SHARED,
    rest: [
      ...['share_via', 'share_message', 'recipient'],
      ...['sku', 'name', 'variant', 'url', 'image_url'],
    ],
  },
  'Cart Shared': {
    type: 'cart_shared',
    lines: SHARED,
    rest: ['share_via', 'share_message', 'recipient', 'cart_id'],
  },
  'Product Reviewed': {
    type: 'review',
    columns: { product_id: GAME.product_id, rating: 5, review_text: 'I love this product' },
    rest: ['review_id'],
  },
}

const MESSAGE = [
  ...['record', 'source', 'origin', 'received_at', 'event_id', 'event_time', 'client_time'],
  ...['anonymous_id', 'event_type', 'items', 'properties'],
]

test('each call of the specification means what it says', { skip }, async (context) => {
  const { post, records } = await runCollector(context)
  const calls = readFileSync(CALLS, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly event: string; readonly properties: object })
  const timestamp = '2026-03-01T11:59:00Z'
  const batch = calls.map((call, index) => {
    return { ...call, messageId: `m${index}`, anonymousId: 'a1', timestamp }
  })
  assert.equal((await post('/v1/batch', { batch })).status, 200)
  const told = records()
  assert.equal(told.length, 25)
  for (const [index, { event }] of calls.entries()) {
    const { type, columns = {}, lines, rest = [] } = MEANINGS[event] as Meaning
    const record = told[index]
    const own = Object.entries(record).filter(([name]) => !MESSAGE.includes(name))
    assert.deepEqual([record.event_type, record.event_id], [type, `m${index}`], event)
    assert.deepEqual(Object.fromEntries(own), columns, event)
    assert.deepEqual(Object.keys(record.properties).sort(), ['event_name', ...rest].sort(), event)
    assert.equal(record.properties.event_name, event)
    assert.deepEqual(record.items?.map(lineOf), lines, event)
  }
})

function lineOf(line: Readonly<Record<string, string | number | undefined>>): Line {
  const { product_id, product_name, category, price, quantity } = line
  return [product_id, product_name, category, price, quantity]
}
