import assert from 'node:assert/strict'
import { test } from 'node:test'
import { B2Shop, HIGH_INTEREST_PRODUCT } from '../../src/simulate/shops/b2.ts'
import { RealisticShop } from '../../src/simulate/shops/realistic.ts'
import {
  type Delivery,
  type Shop,
  type SimulatedEvent,
  shopTraffic,
} from '../../src/simulate/traffic.ts'

const START_MS = Date.UTC(2026, 0, 5, 9)
const B2 = { seed: 1, users: 500, products: 100, idPrefix: '' }
const REALISTIC = { seed: 1, start_ms: START_MS, users: 400, products: 300 }

function take(shop: Shop, count: number, rate = 20): SimulatedEvent[] {
  const traffic = shopTraffic(shop, { rate, rhythm: 'day', timeOf: (offset) => START_MS + offset })
  return Array.from({ length: count }, () => (traffic.next().value as Delivery).event)
}

/** Days of a quiet shop, so that people come back and send goods back. */
const longHistory = take(new RealisticShop(REALISTIC), 60_000, 0.2)

function bySession(events: readonly SimulatedEvent[]): SimulatedEvent[][] {
  const inOrder = events.filter((event) => event.session_id !== undefined)
  inOrder.sort((left, right) => (String(left.timestamp) < String(right.timestamp) ? -1 : 1))
  return [...Map.groupBy(inOrder, (event) => event.session_id).values()]
}

test('gives the same events for the same seed, and others for another', () => {
  assert.deepEqual(take(new B2Shop(B2), 500), take(new B2Shop(B2), 500))
  assert.notDeepEqual(take(new B2Shop({ ...B2, seed: 2 }), 500), take(new B2Shop(B2), 500))
  const events = take(new RealisticShop(REALISTIC), 2_000)
  assert.deepEqual(take(new RealisticShop(REALISTIC), 2_000), events)
  assert.notDeepEqual(take(new RealisticShop({ ...REALISTIC, seed: 2 }), 2_000), events)
})

test('opens again with the same people and products but no event id of before', () => {
  const first = take(new RealisticShop(REALISTIC), 5_000)
  const second = take(new RealisticShop({ ...REALISTIC, start_ms: START_MS + 60_000 }), 5_000)
  const ids = new Set(first.map((event) => event.event_id))
  assert.ok(second.every((event) => !ids.has(event.event_id)))
  const people = new Set(first.map((event) => event.anonymous_id))
  assert.ok(second.some((event) => people.has(event.anonymous_id)))
})

test('gives the high-interest product a fifth of all traffic and few purchases', () => {
  const events = take(new B2Shop(B2), 50_000)
  const share = (part: readonly unknown[], whole: readonly unknown[]): number =>
    part.length / whole.length
  const interesting = events.filter((event) => event.product_id === HIGH_INTEREST_PRODUCT)
  const near = (actual: number, expected: number, tolerance: number): void =>
    assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not near ${expected}`)
  const ofType = (type: string): SimulatedEvent[] =>
    interesting.filter((event) => event.event_type === type)
  near(share(interesting, events), 0.2, 0.01)
  near(share(ofType('view'), interesting), 0.95, 0.01)
  near(share(ofType('add_to_cart'), interesting), 0.04, 0.008)
  near(share(ofType('purchase'), interesting), 0.01, 0.004)
  assert.equal(new Set(events.map((event) => event.user_id)).size, 500)
  assert.equal(new Set(events.map((event) => event.product_id)).size, 100)
})

test('sends the small shop in the very shape that such a site sends', () => {
  const [first, second] = take(new B2Shop(B2), 2)
  assert.deepEqual(Object.keys(first as object), [
    'event_id',
    'user_id',
    'product_id',
    'event_type',
    'timestamp',
    'session_id',
    'product_category',
    'device_type',
    'page_url',
    'price',
  ])
  assert.equal(first?.event_id, 'evt_00000001')
  assert.equal(second?.event_id, 'evt_00000002')
  assert.match(String(first?.user_id), /^user_\d{4}$/)
  assert.equal(first?.page_url, `/product/${first?.product_id}`)
  const [other] = take(new B2Shop({ ...B2, idPrefix: 'run2-' }), 1)
  assert.equal(other?.event_id, 'run2-evt_00000001')
})

test('sells nothing that was not looked at in the same session', () => {
  let lines = 0
  for (const session of bySession(longHistory)) {
    const seen = new Set<unknown>()
    for (const event of session) {
      if (event.event_type === 'view') seen.add(event.product_id)
      if (event.event_type === 'cart') assert.ok(seen.has(event.product_id))
      if (event.event_type !== 'purchase') continue
      for (const item of event.items as { product_id: string }[]) {
        assert.ok(seen.has(item.product_id), `${item.product_id} in ${event.order_id}`)
        lines++
      }
    }
  }
  assert.ok(lines > 300, `${lines} lines`)
})

test('lets sessions be those of one visitor who takes time, and grow a name by logging in', () => {
  let named = 0
  for (const session of bySession(longHistory)) {
    assert.equal(new Set(session.map((event) => event.anonymous_id)).size, 1)
    const users = session.map((event) => event.user_id)
    const first = users.findIndex((user) => user !== undefined)
    if (first > 0) {
      assert.ok(['login', 'signup'].includes(String(session[first]?.event_type)))
      named++
    }
    if (first >= 0) assert.equal(new Set(users.slice(first)).size, 1)
  }
  assert.ok(named > 100, `${named} sessions`)
})

test('has returning people, late events, copies, refunds and reviews', () => {
  const days = new Map<unknown, Set<string>>()
  for (const event of longHistory) {
    const seen = days.get(event.anonymous_id) ?? new Set()
    days.set(event.anonymous_id, seen.add(String(event.timestamp).slice(0, 10)))
  }
  const returning = [...days.values()].filter((seen) => seen.size > 1).length
  assert.ok(returning > days.size / 10, `${returning} of ${days.size}`)

  const unique = new Map(longHistory.map((event) => [event.event_id, event]))
  const copies = longHistory.length - unique.size
  assert.ok(copies > 50 && copies < 500, `${copies} copies`)
  for (const event of longHistory) assert.equal(unique.get(event.event_id), event)

  let latest = ''
  let late = 0
  for (const event of longHistory) {
    if (String(event.timestamp) < latest) late++
    else latest = String(event.timestamp)
  }
  assert.ok(late > 100 && late < 1_500, `${late} late`)

  const orders = new Map(longHistory.map((event) => [event.order_id, event]))
  const refunds = longHistory.filter((event) => event.event_type === 'refund')
  assert.ok(refunds.length > 5)
  for (const refund of refunds) {
    const order = longHistory.find(
      (event) => event.event_type === 'purchase' && event.order_id === refund.order_id,
    )
    assert.ok(Number(refund.revenue) <= Number(order?.revenue))
    assert.ok(orders.has(refund.order_id))
  }
  const reviews = longHistory.filter((event) => event.event_type === 'review')
  assert.ok(reviews.some((event) => String(event.review_text).length > 20))
  assert.ok(reviews.every((event) => [1, 2, 3, 4, 5].includes(Number(event.rating))))
})

test('sells few products often and most of them rarely', () => {
  const views = longHistory.filter((event) => event.event_type === 'view')
  const counts = [...Map.groupBy(views, (event) => event.product_id).values()]
    .map((list) => list.length)
    .sort((left, right) => right - left)
  const top = counts.slice(0, Math.ceil(counts.length / 10)).reduce((sum, count) => sum + count, 0)
  assert.ok(top > views.length * 0.35, `${top} of ${views.length}`)
  assert.ok(counts.length > 200)
})

test('states a revenue that the lines explain', () => {
  const purchases = longHistory.filter((event) => event.event_type === 'purchase')
  assert.ok(purchases.some((event) => (event.items as unknown[]).length > 1))
  for (const event of purchases) {
    const items = event.items as { price: number; quantity: number }[]
    const goods = items.reduce((sum, item) => sum + item.price * item.quantity, 0)
    const { discount = 0 } = event.properties as { discount?: number }
    assert.ok(Math.abs(goods - discount - Number(event.revenue)) < 0.011)
    assert.equal(event.currency, 'EUR')
  }
})

test('gives whole visits even where one person has to make all the traffic', () => {
  const events = take(new RealisticShop({ ...REALISTIC, users: 1 }), 3_000, 10_000)
  assert.equal(events.length, 3_000)
})
