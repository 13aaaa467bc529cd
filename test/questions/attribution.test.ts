/** `attribution`: every model equals the reducer and sums to the orders, to the last digit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Duration, durationMs } from '../../src/model/window.ts'
import { attribution } from '../../src/present/questions/attribution.ts'
import { MODELS } from '../../src/present/questions/attribution_parameters.ts'
import type { AttributionAnswer } from '../../src/present/questions/attribution_shape.ts'
import { eventRecord, type LogRecord, Shop } from '../engine/shop.ts'
import { attributed, type Bought, type Visit } from '../oracle/attribution.ts'
import { decimalText, units } from '../oracle/money.ts'
import { micros } from '../oracle/time.ts'
import { Questions } from './asking_questions.ts'

const BEGINNING_MS = Date.parse('2026-01-01T00:00:00Z')
const timeOf = (minute: number) => new Date(BEGINNING_MS + minute * 60_000).toISOString()
const MINUTES = 60 * 24 * 60

interface Journey {
  readonly person: string
  /** Signed in, or known by a cookie that is linked to the person. */
  readonly by: 'user' | 'cookie'
  readonly minute: number
  readonly source: string | null
  /** An order in this visit, or told by a server in a session of its own. */
  readonly order: {
    readonly cents: number
    readonly currency: string
    readonly told: string
  } | null
}

const journeys = fc.array(
  fc.record({
    person: fc.constantFrom('ada', 'bo', 'cy'),
    by: fc.constantFrom<Journey['by']>('user', 'cookie'),
    minute: fc.integer({ min: 0, max: MINUTES }),
    source: fc.constantFrom('mail', 'ads', 'blog', null),
    order: fc.option(
      fc.record({
        cents: fc.integer({ min: -99_999, max: 9_999_999 }),
        currency: fc.constantFrom('EUR', 'USD'),
        told: fc.constantFrom('page', 'server'),
      }),
      { freq: 2 },
    ),
  }),
  { minLength: 1, maxLength: 40 },
)

const amountOf = (cents: number) => decimalText(BigInt(cents) * 37n)

function recordsOf({ person, by, minute, source, order }: Journey, index: number): LogRecord[] {
  const cookie = by === 'cookie' ? { anonymous_id: `cookie-${person}`, user_id: undefined } : {}
  const who = { user_id: person, ...cookie, product_id: undefined, price: undefined }
  const page = eventRecord(`page-${index}`, timeOf(minute), {
    ...{ event_type: 'page', session_id: `s${index}`, page_url: 'https://shop.example/' },
    ...{ utm_source: source ?? undefined, ...who },
  })
  if (!order) return [page]
  const purchase = eventRecord(`order-${index}`, timeOf(minute + 1), {
    ...{ event_type: 'purchase', order_id: `o${index}`, currency: order.currency, ...who },
    ...{ revenue: amountOf(order.cents), session_id: `s${index}` },
    ...(order.told === 'server'
      ? { session_id: undefined, user_id: person, anonymous_id: undefined, origin: 'server' }
      : {}),
  })
  return [page, purchase]
}

const linkOf = (person: string): LogRecord => ({
  ...{ record: 'identity', source: 'web', received_at: '2026-04-01T00:00:00Z' },
  ...{ key: `cookie-${person}`, updated_at: '2026-04-01T00:00:00Z', row: { person_id: person } },
})

function visitOf({ person, by, minute, source, order }: Journey, index: number): Visit {
  const ended = order?.told === 'page' ? minute + 1 : minute
  return {
    person,
    visitor: by === 'cookie' ? `cookie-${person}` : person,
    session: `s${index}`,
    ...{ began: micros(timeOf(minute)), ended: micros(timeOf(ended)) },
    ...{ value: source, isDirect: source === null },
  }
}

function orderOf({ person, minute, order }: Journey): readonly Bought[] {
  if (!order) return []
  const revenue = units(amountOf(order.cents))
  return [{ person, time: micros(timeOf(minute + 1)), currency: order.currency, revenue }]
}

/** What the answer gives to each value under a model. */
function partsOf({ currencies }: AttributionAnswer, model: (typeof MODELS)[number]) {
  const parts = currencies.flatMap(({ currency, rows }) =>
    rows.map(({ row, value, models }): [string, string] => [
      row === 'value' ? `${currency}/${row}/${value}` : `${currency}/${row}`,
      decimalText(units(models[model]?.revenue ?? 0)),
    ]),
  )
  return new Map(parts.filter(([, amount]) => amount !== '0.0000').toSorted())
}

const request = fc.record({
  lookback: fc.constantFrom<Duration>('1 minute', '5 days', '30 days'),
  half_life: fc.constantFrom<Duration>('1 hour', '3 days', '7 days'),
  direct: fc.constantFrom<'keep' | 'ignore'>('keep', 'ignore'),
})

test('every model equals the reducer and sums to the orders exactly', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      journeys,
      fc.array(request, { minLength: 4, maxLength: 4 }),
      async (all, asks) => {
        const shop = await new Shop(t).open()
        await shop.tell([...all.flatMap(recordsOf), ...['ada', 'bo', 'cy'].map(linkOf)])
        const questions = new Questions(shop)
        const bought = all.flatMap(orderOf)
        for (const asked of asks) {
          const answer = await questions.ask(attribution, { by: 'utm_source', ...asked })
          const [lookback_us, half_life_us] = [asked.lookback, asked.half_life].map(
            (duration) => durationMs(duration) * 1_000,
          ) as [number, number]
          for (const model of MODELS) {
            const own = { model, lookback_us, half_life_us, direct: asked.direct }
            const parts = [...attributed(bought, all.map(visitOf), own)]
              .map(([key, amount]): [string, string] => [key, decimalText(amount)])
              .filter(([, amount]) => amount !== '0.0000')
            assert.deepEqual(partsOf(answer, model), new Map(parts.toSorted()), model)
            const sums = answer.currencies.map(({ currency, rows }) => {
              const amounts = rows.map(({ models }) => units(models[model]?.revenue ?? 0))
              return [currency, decimalText(amounts.reduce((sum, amount) => sum + amount, 0n))]
            })
            const orders = await shop.rows(`SELECT currency, sum(revenue) AS revenue FROM orders
            GROUP BY ALL`)
            const revenues = orders.map(({ currency, revenue }) => {
              return [currency, decimalText(units(revenue as number))]
            })
            assert.deepEqual(
              new Map(sums as [string, string][]),
              new Map(revenues as [string, string][]),
            )
          }
          for (const { currency, rows } of answer.currencies) {
            for (const { people, orders } of rows) {
              const buyers = await questions.people(attribution, people)
              const count = buyers.reduce((sum, buyer) => sum + Number(buyer.orders), 0)
              assert.equal(count, orders, `${currency} ${people}`)
            }
          }
        }
        await shop.close()
      },
    ),
    { numRuns: 4 },
  )
})

const visit = (id: string, time: string, rest: LogRecord = {}) =>
  eventRecord(id, time, {
    ...{ event_type: 'page', session_id: id, page_url: 'https://shop.example/', ...rest },
    ...{ product_id: undefined, price: undefined },
  })
const order = (id: string, time: string, rest: LogRecord = {}) =>
  eventRecord(id, time, {
    ...{ event_type: 'purchase', session_id: undefined, order_id: id, revenue: 100, ...rest },
    ...{ product_id: undefined, price: undefined, currency: rest.currency ?? 'EUR' },
  })

test('position gives 40, 20 and 40 %, an order told by a server alone is unattributed', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([
    visit('a', '2026-01-01T10:00:00Z', { utm_source: 'mail', utm_medium: 'email' }),
    visit('b', '2026-01-02T10:00:00Z', { referrer: 'https://www.google.com/' }),
    visit('c', '2026-01-03T10:00:00Z'),
    order('o1', '2026-01-03T10:05:00Z'),
    order('o2', '2026-01-03T11:00:00Z', { user_id: 'u2', revenue: 25, origin: 'server' }),
  ])
  const questions = new Questions(shop)
  const answer = await questions.ask(attribution, { model: 'position' })
  const [euros] = answer.currencies
  assert.deepEqual(
    euros?.rows.map(({ row, value, models }) => [row, value, models.position?.revenue]).toSorted(),
    [
      ['unattributed', null, 25],
      ['value', 'direct', 40],
      ['value', 'email', 40],
      ['value', 'organic search', 20],
    ],
  )
  assert.deepEqual(
    [euros?.revenue, euros?.attributed, euros?.unattributed, answer.tracking_coverage],
    [125, 100, 25, 0.5],
  )
  const [unattributed] = euros?.rows.slice(-1) ?? []
  const people = await questions.people(attribution, unattributed?.people ?? '')
  assert.deepEqual(
    people.map(({ person_id, orders, revenue }) => [person_id, orders, revenue]),
    [['u2', 1, 25]],
  )
})

test('direct visits can be left to orders that have no other', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([
    visit('a', '2026-01-01T10:00:00Z', { utm_source: 'mail', utm_medium: 'email' }),
    visit('b', '2026-01-03T10:00:00Z'),
    order('o1', '2026-01-03T10:05:00Z'),
    visit('c', '2026-01-03T10:00:00Z', { user_id: 'u2' }),
    order('o2', '2026-01-03T11:00:00Z', { user_id: 'u2', revenue: 7 }),
  ])
  const questions = new Questions(shop)
  const last = async (direct: string) => {
    const { currencies } = await questions.ask(attribution, { model: 'last', direct })
    const rows = currencies[0]?.rows.filter(({ row }) => row === 'value') ?? []
    return rows.map(({ value, models }) => [value, models.last?.revenue]).toSorted()
  }
  assert.deepEqual(await last('keep'), [
    ['direct', 107],
    ['email', 0],
  ])
  assert.deepEqual(await last('ignore'), [
    ['direct', 7],
    ['email', 100],
  ])
})

test("revenue is in the shop's currency where there is a rate, all other stands apart", async (t) => {
  const currency = { currency: 'EUR' }
  const shop = await new Shop(t, currency).open()
  await shop.tell([
    {
      ...{ record: 'rates', source: 'rates', received_at: '2026-01-31T23:00:00Z' },
      ...{ key: '2026-01-01/USD', updated_at: '2026-01-31T00:00:00Z' },
      row: { date: '2026-01-01', currency: 'USD', rate: 0.5 },
    },
    visit('a', '2026-01-03T10:00:00Z'),
    order('o1', '2026-01-03T10:05:00Z'),
    order('o2', '2026-01-03T10:06:00Z', { currency: 'USD' }),
    order('o3', '2026-01-03T10:07:00Z', { currency: 'GBP' }),
  ])
  const { currencies } = await new Questions(shop, currency).ask(attribution)
  assert.deepEqual(
    currencies.map(({ currency, orders, orders_converted, revenue }) => {
      return [currency, orders, orders_converted, revenue]
    }),
    [
      ['EUR', 2, 1, 150],
      ['GBP', 1, 0, 100],
    ],
  )
})

test('only orders of people whose first visit was such', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([
    visit('a', '2026-01-01T10:00:00Z', { user_id: 'u1', utm_source: 'mail' }),
    visit('b', '2026-01-02T10:00:00Z', { user_id: 'u1', utm_source: 'ads' }),
    visit('c', '2026-01-01T10:00:00Z', { user_id: 'u2', utm_source: 'ads' }),
    order('o1', '2026-01-02T10:05:00Z', { user_id: 'u1', session_id: 'b', revenue: 30 }),
    order('o2', '2026-01-02T10:05:00Z', { user_id: 'u2', revenue: 12 }),
  ])
  const asked = { by: 'utm_source', model: 'last', where: 'utm_source=mail' }
  const [euros] = (await new Questions(shop).ask(attribution, asked)).currencies
  assert.deepEqual([euros?.orders, euros?.revenue], [1, 30])
  const [row] = euros?.rows ?? []
  assert.deepEqual([row?.value, row?.models.last?.revenue], ['ads', 30])
  const people = await new Questions(shop).people(attribution, row?.people ?? '')
  assert.deepEqual(
    people.map(({ person_id }) => person_id),
    ['u1'],
  )
})
