/** Products, categories and sales of a range of time, against plain loops over what was sent. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { event, type Json, openShop, type Shop } from '../serve/shop.ts'

const DAY_MS = 86_400_000
const END_MS = Date.parse('2026-01-31T12:00:00Z')
const DAYS = 14
const PRODUCTS = ['mug', 'pot', 'pan', 'bed', 'rug']

interface Act {
  readonly day: number
  readonly product: number
  readonly kind: 'view' | 'cart' | 'purchase'
  readonly visitor: string
}

const priceOf = (product: number) => 10 * (product + 1) + 0.5
const categoryOf = (product: number) => (product < 3 ? 'kitchen' : 'home')

/** No randomness. The last product is seen most of all and never bought. */
function acts(): readonly Act[] {
  return Array.from({ length: DAYS }, (_, day) => day).flatMap((day) =>
    PRODUCTS.flatMap((_, product) => {
      const views = 1 + ((day + product) % 3) + (product === 4 ? 6 : 0)
      const seen = Array.from({ length: views }, (_, at) => ({
        ...{ day, product, kind: 'view' as const, visitor: `v${at}` },
      }))
      const first = { day, product, visitor: 'v0' }
      const isCarted = (day + product) % 2 === 0 && product !== 4
      const isBought = isCarted && (product !== 1 || day < DAYS / 2)
      return [
        ...seen,
        ...(isCarted ? [{ ...first, kind: 'cart' as const }] : []),
        ...(isBought ? [{ ...first, kind: 'purchase' as const }] : []),
      ]
    }),
  )
}

const timeOf = ({ day }: Act, at: number) =>
  new Date(END_MS - (DAYS - day) * DAY_MS + (at % 600) * 1_000).toISOString()

async function shopOf(t: TestContext): Promise<Shop> {
  const shop = await openShop(t)
  const records = acts().map((act, at) => {
    const time = timeOf(act, at)
    return event(`e${at}`, 0, {
      ...{ event_time: time, client_time: time, received_at: time, event_type: act.kind },
      ...{ anonymous_id: act.visitor, user_id: null, product_id: PRODUCTS[act.product] },
      ...{ category: categoryOf(act.product), price: priceOf(act.product), currency: 'EUR' },
      ...(act.kind === 'purchase' ? { order_id: `o${at}`, quantity: 2 } : {}),
    })
  })
  await shop.append(records)
  await shop.catchUp()
  return shop
}

const rowsOf = (answer: Json, name: string) => answer[name] as readonly Json[]
const dayBefore = (days: number) => new Date(END_MS - days * DAY_MS).toISOString()
const WEEK = `from=${dayBefore(7)}&to=${dayBefore(0)}`
const count = (product: number, kind: string, isIn: (day: number) => boolean) =>
  acts().filter((act) => act.product === product && act.kind === kind && isIn(act.day)).length

const now = (day: number) => day >= 7
const before = (day: number) => day < 7

test('counts interest by events and sales by orders, and the time before beside them', async (t) => {
  const shop = await shopOf(t)
  const answer = await shop.get(`/api/products?${WEEK}`)
  assert.deepEqual([answer.currency, answer.currencies], ['EUR', ['EUR']])
  const rows = rowsOf(answer, 'products')
  assert.equal(rows.length, PRODUCTS.length)
  const views = acts().filter(({ kind, day }) => kind === 'view' && now(day)).length
  for (const [product, name] of PRODUCTS.entries()) {
    const row = rows.find(({ product_id }) => product_id === name)
    const seen = count(product, 'view', now)
    const bought = count(product, 'purchase', now)
    const bought_before = count(product, 'purchase', before)
    const expected = {
      ...{ category: categoryOf(product), views: seen, carts: count(product, 'cart', now) },
      ...{ purchases: bought, view_to_purchase: bought / seen, view_share: seen / views },
      ...{ units: 2 * bought, revenue: 2 * bought * priceOf(product) },
      ...{ views_before: count(product, 'view', before), units_before: 2 * bought_before },
      units_change: 2 * (bought - bought_before),
      revenue_change: 2 * (bought - bought_before) * priceOf(product),
      high_interest_low_conversion: seen / views >= 0.01 && bought / seen < 0.02,
    }
    const told = Object.fromEntries(Object.keys(expected).map((key) => [key, row?.[key]]))
    assert.deepEqual(told, expected, name)
  }
  const revenues = rows.map(({ revenue }) => Number(revenue))
  assert.deepEqual(
    revenues,
    revenues.toSorted((one, other) => other - one),
  )
})

test('tells what struggles, what many see and few buy, and what is searched for', async (t) => {
  const shop = await shopOf(t)
  const names = async (query: string) =>
    rowsOf(await shop.get(`/api/products?${query}`), 'products').map(({ product_id }) => product_id)
  const fell = PRODUCTS.filter((_, product) => {
    return count(product, 'purchase', now) < count(product, 'purchase', before)
  })
  assert.ok(fell.includes('pot'))
  assert.deepEqual((await names(`${WEEK}&only=struggling`)).sort(), fell.sort())
  assert.deepEqual(await names(`${WEEK}&only=high_interest&order=-views`), ['rug', 'pot'])
  assert.deepEqual(await names(`${WEEK}&search=PO`), ['pot'])
  assert.deepEqual(await names(`${WEEK}&category=home&order=product_id`), ['bed', 'rug'])
  assert.deepEqual(await names('order=-views&limit=1'), ['rug'])
  await assert.rejects(shop.get('/api/products?only=struggling'), /400.*from/)
  await assert.rejects(shop.get('/api/products?order=colour'), /400.*no column colour/)
})

test('opens every number to the people behind it', async (t) => {
  const shop = await shopOf(t)
  const rows = rowsOf(await shop.get(`/api/products?${WEEK}`), 'products')
  const mug = rows.find(({ product_id }) => product_id === 'mug')
  const visitors = (kind: string) =>
    new Set(
      acts()
        .filter((act) => act.product === 0 && act.kind === kind && now(act.day))
        .map(({ visitor }) => visitor),
    )
  const people = async (path: unknown) =>
    rowsOf(await shop.get(String(path)), 'people').map(({ visitor_id }) => visitor_id)
  assert.deepEqual(new Set(await people(mug?.people_viewed)), visitors('view'))
  assert.deepEqual(new Set(await people(mug?.people_bought)), visitors('purchase'))
  const bought = visitors('purchase')
  const left = new Set([...visitors('view')].filter((visitor) => !bought.has(visitor)))
  assert.deepEqual(new Set(await people(mug?.people_left)), left)
})

test('sets the prices of categories against the market', async (t) => {
  const shop = await shopOf(t)
  const answer = await shop.get(`/api/categories?${WEEK}`)
  const mean = (lines: readonly Act[]) =>
    lines.reduce((sum, { product }) => sum + priceOf(product), 0) / lines.length
  const lines = acts().filter(({ day }) => now(day))
  const near = (told: unknown, expected: number) =>
    assert.ok(Math.abs(Number(told) - expected) < 1e-9, `${told} is not ${expected}`)
  const market = answer.market as Json
  near(market.price_avg, mean(lines))
  assert.equal(market.prices, lines.length)
  for (const category of ['kitchen', 'home']) {
    const own = lines.filter(({ product }) => categoryOf(product) === category)
    const row = rowsOf(answer, 'categories').find((each) => each.category === category)
    near(row?.price_avg, mean(own))
    near(row?.price_to_market, mean(own) / mean(lines))
    const bought = own.filter(({ kind }) => kind === 'purchase')
    assert.equal(row?.units, 2 * bought.length)
    near(
      row?.revenue,
      bought.reduce((sum, { product }) => sum + 2 * priceOf(product), 0),
    )
    const found = rowsOf(await shop.get(String(row?.people_bought)), 'people')
    assert.deepEqual(
      found.map(({ visitor_id }) => visitor_id),
      ['v0'],
    )
  }
})

test('tells sales by interval, the empty ones too, and when they peaked', async (t) => {
  const shop = await shopOf(t)
  const answer = await shop.get(`/api/sales?${WEEK}&interval=day&product=mug`)
  const rows = rowsOf(answer, 'rows')
  assert.equal(rows.length, 8, 'a week that begins at noon touches eight days')
  const bought = count(0, 'purchase', now)
  const total = answer.total as Json
  assert.deepEqual([total.units, total.revenue], [2 * bought, 2 * bought * priceOf(0)])
  assert.equal(total.views, count(0, 'view', now))
  assert.ok(rows.some(({ units }) => units === 0))
  const peak = answer.peak as Json
  assert.equal(Number(peak.revenue), Math.max(...rows.map(({ revenue }) => Number(revenue))))
  const people = rowsOf(await shop.get(String(peak.people)), 'people')
  assert.deepEqual(
    people.map(({ visitor_id }) => visitor_id),
    ['v0'],
  )
  const hours = rowsOf(await shop.get(`/api/sales?${WEEK}&interval=hour`), 'rows')
  assert.equal(hours.length, 7 * 24)
})

test('a shop without any product answers nothing, not an error', async (t) => {
  const shop = await openShop(t)
  await shop.catchUp()
  assert.deepEqual((await shop.get('/api/products')).products, [])
  assert.deepEqual((await shop.get('/api/categories')).categories, [])
  assert.deepEqual((await shop.get('/api/sales')).rows, [])
  const { rows } = await shop.get(`/api/sales?${WEEK}`)
  assert.equal((rows as Json[]).length, 8)
})
