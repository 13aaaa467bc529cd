/** The store: six streams that fit together, sent to a real collector and found in its tables. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateShop } from '../../src/simulate/live.ts'
import { StoreShop } from '../../src/simulate/shops/store.ts'
import {
  type AnyDelivery,
  type RowStream,
  type SimulatedEvent,
  shopTraffic,
} from '../../src/simulate/traffic.ts'
import { systemClock } from '../../src/std/clock.ts'
import { openShopDoor } from '../sdk/shop_door.ts'

const START_MS = Date.UTC(2026, 0, 5, 9)
const STORE = { seed: 1, start_ms: START_MS, users: 800, products: 600 }

type Row = Readonly<Record<string, unknown>>

function take(store: StoreShop, count: number, rate: number): AnyDelivery[] {
  const pace = { rate, rhythm: 'flat', timeOf: (offset: number) => START_MS + offset } as const
  const traffic = shopTraffic(store, pace)
  return Array.from({ length: count }, () => traffic.next().value as AnyDelivery)
}

const eventsOf = (made: readonly AnyDelivery[]): SimulatedEvent[] =>
  made.flatMap((one) => ('event' in one ? [one.event] : []))
const rowsOf = (made: readonly AnyDelivery[], stream: RowStream): Row[] =>
  made.flatMap((one) => ('row' in one && one.stream === stream ? [one.row] : []))

/** Eleven hours of a busy store. */
const day = take(new StoreShop(STORE), 80_000, 2)

test('gives the same for the same seed, and something else for another', () => {
  const made = take(new StoreShop(STORE), 3_000, 20)
  assert.deepEqual(take(new StoreShop(STORE), 3_000, 20), made)
  assert.notDeepEqual(take(new StoreShop({ ...STORE, seed: 2 }), 3_000, 20), made)
})

test('fills six streams', () => {
  const types = Map.groupBy(eventsOf(day), ({ event_type }) => String(event_type))
  const count = (type: string) => types.get(type)?.length ?? 0
  for (const type of ['purchase', 'view', 'wishlist', 'review', 'refund'])
    assert.ok(count(type) > 5, `${count(type)} ${type}`)
  const reviews = types.get('review') ?? []
  assert.ok(reviews.every(({ rating }) => Number(rating) >= 1 && Number(rating) <= 5))
  assert.ok(reviews.some(({ review_text }) => String(review_text).length > 20))
  assert.ok(reviews.some(({ review_text }) => review_text === undefined))
  assert.ok(rowsOf(day, 'customers').length > 300)
  assert.ok(rowsOf(day, 'products').length > 500)
  const logs = rowsOf(day, 'logs')
  const words = (name: string) => new Set(logs.map((row) => row[name]))
  assert.deepEqual([...words('level')].toSorted(), ['error', 'info', 'warn'])
  assert.ok(words('service').size >= 4)
  assert.equal(words('log_id').size, logs.length)
})

test('knows every product and customer that its events name, before or with the event', () => {
  const known = new Set<unknown>()
  const late = new Map<unknown, number>()
  for (const [index, one] of day.entries()) {
    if ('row' in one) {
      for (const id of [one.row.product_id, one.row.user_id]) {
        known.add(id)
        late.delete(id)
      }
    } else {
      for (const id of [one.event.product_id, one.event.user_id]) {
        if (id !== undefined && !known.has(id) && !late.has(id)) late.set(id, index)
      }
    }
  }
  // Rows follow the event that made them news; only the last ones may still be on their way.
  assert.ok([...late.values()].every((index) => index > day.length - 10))
})

test('new customers and new products keep appearing', () => {
  const half = day.length / 2
  const ids = (made: readonly AnyDelivery[], stream: RowStream, key: string) =>
    new Set(rowsOf(made, stream).map((row) => row[key]))
  for (const [stream, key] of [
    ['customers', 'user_id'],
    ['products', 'product_id'],
  ] as const) {
    const before = ids(day.slice(0, half), stream, key)
    const after = ids(day.slice(half), stream, key)
    assert.ok(
      [...after].some((id) => !before.has(id)),
      stream,
    )
  }
  const launched = take(new StoreShop({ ...STORE, users: 1 }), 4_000, 1)
  const seen = new Set(eventsOf(launched).map(({ product_id }) => product_id))
  const unseen = rowsOf(launched, 'products').filter(({ product_id }) => !seen.has(product_id))
  assert.ok(unseen.length > 0)
})

test('takes what is sold from the stock, and fills it up again', () => {
  const stocks = Map.groupBy(rowsOf(day, 'products'), ({ product_id }) => product_id)
  const steps = [...stocks.values()].flatMap((rows) =>
    rows.slice(1).map(({ stock }, index) => Number(stock) - Number(rows[index]?.stock)),
  )
  assert.ok(steps.some((step) => step < 0))
  assert.ok(steps.some((step) => step > 0))
  assert.ok(rowsOf(day, 'products').every(({ stock }) => Number(stock) >= 0))
  const sold = new Map<unknown, number>()
  const orders = new Map(
    eventsOf(day)
      .filter(({ event_type }) => event_type === 'purchase')
      .map((event) => [event.order_id, event]),
  )
  for (const { items } of orders.values()) {
    for (const { product_id, quantity } of items as { product_id: string; quantity: number }[]) {
      sold.set(product_id, (sold.get(product_id) ?? 0) + quantity)
    }
  }
  // Where nothing was delivered, what is gone is what was sold.
  const undisturbed = [...stocks].filter(([, rows]) =>
    rows.every(({ stock }, index) => index === 0 || Number(stock) < Number(rows[index - 1]?.stock)),
  )
  const whole = undisturbed.filter(([, rows]) => Number(rows.at(-1)?.stock) > 0)
  assert.ok(whole.length > 10)
  for (const [product_id, rows] of whole) {
    const gone = Number(rows[0]?.stock) - Number(rows.at(-1)?.stock)
    assert.equal(gone, sold.get(product_id) ?? 0, String(product_id))
  }
})

test('says who its customers are, and when they were last there', () => {
  const customers = rowsOf(day, 'customers')
  const people = Map.groupBy(customers, ({ user_id }) => user_id)
  assert.ok(
    customers.every(({ email }) => /^[a-z]+\.[a-z]+\d+@[a-z]+\.example$/.test(String(email))),
  )
  for (const rows of people.values()) {
    assert.equal(new Set(rows.map(({ customer_name }) => customer_name)).size, 1)
  }
  const logins = customers.filter(({ properties }) => (properties as Row).last_login)
  assert.ok(logins.length > 50)
  assert.ok(
    logins.every(({ properties, updated_at }) => (properties as Row).last_login === updated_at),
  )
})

test('is taken by a collector without a word of complaint, and shows in its tables', async (t) => {
  const door = await openShopDoor(t)
  const tally = await simulateShop({
    url: door.url,
    key: door.key,
    shop: 'store',
    seed: 7,
    // Few people, so that they hurry and get somewhere in two seconds.
    users: 60,
    rate: 1_500,
    duration_ms: 2_000,
    clock: systemClock,
    signal: new AbortController().signal,
  })
  assert.deepEqual([tally.invalid, tally.filtered, tally.refused, tally.unsent], [0, 0, 0, 0])
  const counts = ['events', 'products', 'customers', 'logs'].map(
    (name) => `(SELECT count(*)::INT FROM ${name}) AS ${name}`,
  )
  const [row] = await door.rows(`SELECT ${counts.join(', ')}`)
  for (const [name, count] of Object.entries(row ?? {}))
    assert.ok(Number(count) > 20, `${count} ${name}`)
  const priced = await door.rows(`SELECT count(*)::INT AS products FROM products
    WHERE price > 0 AND stock >= 0 AND product_name <> '' AND category <> ''`)
  assert.ok(Number(priced[0]?.products) > 20)
})
