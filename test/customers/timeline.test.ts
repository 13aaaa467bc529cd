/** One customer: profile, visitors, and sessions and orders newest first, page by page. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { askPeople, askQuestion } from '../../src/present/questions/asking.ts'
import type { CustomerAnswer } from '../../src/present/questions/customer.ts'
import type { Given } from '../../src/present/questions/parameters.ts'
import { type AnyQuestion, questionsOf } from '../../src/present/questions/registry.ts'
import { systemClock } from '../../src/std/clock.ts'
import { ClickpathError } from '../../src/std/errors.ts'
import { readSettings } from '../../src/std/settings.ts'
import { eventRecord, type LogRecord, Shop } from '../engine/shop.ts'

const asking = (shop: Shop) => ({
  engine: shop.processor.engine,
  settings: readSettings({}),
  clock: systemClock,
})

function questionNamed(name: string): AnyQuestion {
  const found = questionsOf().find((question) => question.name === name)
  if (!found) throw new Error(`There is no question ${name}.`)
  return found
}

const customer = async (shop: Shop, given: Given) =>
  (await askQuestion(questionNamed('customer'), given, asking(shop))) as CustomerAnswer

const line = (product_id: string, price: number, quantity: number) => ({
  ...{ product_id, price, quantity },
})

/** Ada browses on her phone, logs in on her laptop, buys, and sends one of two back. */
async function adasShop(t: TestContext): Promise<Shop> {
  const phone = { anonymous_id: 'phone', session_id: 'p1', user_id: undefined }
  const laptop = { anonymous_id: 'laptop', session_id: 'l1', user_id: 'u1' }
  const order = { ...laptop, order_id: 'o1', product_id: undefined, price: undefined }
  const row = (record: string, key: string, given: LogRecord) => ({
    ...{ record, key, row: given, source: 'web', received_at: '2026-01-31T23:00:00Z' },
    updated_at: '2026-01-31T08:00:00Z',
  })
  const shop = await new Shop(t).open()
  await shop.tell([
    eventRecord('a', '10:00:00', { ...phone, event_type: 'page', page_url: '/?utm=1' }),
    eventRecord('b', '10:01:00', { ...phone, page_url: '/p/mug' }),
    eventRecord('c', '12:00:00', { ...laptop, event_type: 'cart' }),
    eventRecord('d', '12:05:00', {
      ...{ ...order, event_type: 'purchase', items: [line('mug', 5, 2), line('pot', 20, 1)] },
    }),
    eventRecord('e', '14:00:00', {
      ...{ ...order, event_type: 'refund', items: [line('mug', 5, 1)], session_id: 'l2' },
    }),
    eventRecord('z', '15:00:00', { user_id: 'somebody else', session_id: 'z' }),
    row('identity', 'phone', { person_id: 'u1' }),
    row('identity', 'laptop', { person_id: 'u1' }),
    row('customers', 'u1', { user_id: 'u1', customer_name: 'Ada', email: 'Ada@shop.example' }),
  ])
  return shop
}

test('tells profile, visitors, sessions with steps and orders with lines', async (t) => {
  const shop = await adasShop(t)
  const answer = await customer(shop, { person: 'u1' })
  assert.deepEqual(
    answer.profiles.map(({ customer_name }) => customer_name),
    ['Ada'],
  )
  assert.deepEqual(
    answer.visitors.map(({ visitor_id, user_ids, events }) => [visitor_id, user_ids, events]),
    [
      ['laptop', ['u1'], 3],
      ['phone', null, 2],
    ],
  )
  const [person] = answer.persons
  assert.deepEqual([person?.orders, person?.revenue, person?.sessions], [1, 25, 3])
  assert.deepEqual(
    answer.timeline.map(({ kind, at }) => `${kind} ${at}`),
    [
      'session 2026-01-31T14:00:00.000Z',
      'order 2026-01-31T12:05:00.000Z',
      'session 2026-01-31T12:00:00.000Z',
      'session 2026-01-31T10:00:00.000Z',
    ],
  )
  const [, order, , first] = answer.timeline
  assert.ok(order?.kind === 'order' && first?.kind === 'session')
  assert.deepEqual([order.gross_revenue, order.refunded, order.revenue], [30, 5, 25])
  assert.deepEqual(
    order.lines.map(({ product_id, units, amount }) => [product_id, units, amount]),
    [
      ['mug', 2, 10],
      ['pot', 1, 20],
    ],
  )
  assert.deepEqual(
    order.refunds.map(({ at, amount }) => [at, amount]),
    [['2026-01-31T14:00:00.000000Z', 5]],
  )
  assert.deepEqual(
    first.steps.map(({ event_type, page }) => [event_type, page]),
    [
      ['page', '/'],
      ['view', '/p/mug'],
    ],
  )
})

test('the same customer is found by a visitor of theirs', async (t) => {
  const shop = await adasShop(t)
  const by = async (person: string) => (await customer(shop, { person })).timeline
  assert.deepEqual(await by('phone'), await by('u1'))
})

test('pages follow one another without gap or repetition', async (t) => {
  const shop = await adasShop(t)
  const whole = await customer(shop, { person: 'u1' })
  const pages = []
  let after: string | null | undefined
  do {
    const page: CustomerAnswer = await customer(shop, { person: 'u1', limit: '1', after })
    assert.equal(page.timeline.length, 1)
    pages.push(...page.timeline)
    after = page.next
  } while (after !== null)
  assert.deepEqual(pages, whole.timeline)
})

test('as of a moment nothing later shows: no order, no refund, half a session', async (t) => {
  const shop = await adasShop(t)
  const at = async (time: string) => customer(shop, { person: 'u1', as_of: `2026-01-31T${time}Z` })
  const bought = (await at('13:00:00')).timeline.find(({ kind }) => kind === 'order')
  assert.deepEqual([bought?.revenue, bought?.refunds], [30, []])
  const carted = await at('12:03:00')
  const [session, ...others] = carted.timeline
  assert.ok(session?.kind === 'session')
  assert.deepEqual(
    [session.events, session.ended, session.channel, others.length],
    [1, '2026-01-31T12:00:00.000Z', null, 1],
  )
  assert.equal(carted.persons[0]?.orders, 0)
})

test('whoever is unknown is answered with how to find people', async (t) => {
  const shop = await adasShop(t)
  const unknown = (given: Given, code: string) =>
    assert.rejects(customer(shop, given), (thrown) => {
      return thrown instanceof ClickpathError && thrown.code === code
    })
  await unknown({ person: 'nobody' }, 'UNKNOWN_CUSTOMER')
  await unknown({ person: 'u1', as_of: '2026-01-30' }, 'UNKNOWN_CUSTOMER')
  await unknown({}, 'BAD_REQUEST')
  await unknown({ person: 'u1', after: 'yesterday' }, 'BAD_REQUEST')
})

test('customers are found by what they are called, in any case', async (t) => {
  const shop = await adasShop(t)
  const found = async (given: Given) => {
    const answer = await askQuestion(questionNamed('customers'), given, asking(shop))
    const { customers } = answer as { readonly customers: readonly LogRecord[] }
    return customers.map(({ person_id, customer_name }) => `${person_id}: ${customer_name}`)
  }
  assert.deepEqual(await found({ search: 'ADA@' }), ['u1: Ada'])
  assert.deepEqual(await found({ search: 'lapt' }), ['u1: Ada'])
  assert.deepEqual(await found({ search: "'; DROP" }), [])
  assert.deepEqual(await found({ order: 'last_seen' }), ['u1: Ada', 'somebody else: null'])
  assert.deepEqual(await found({ order: 'last_seen', offset: '1' }), ['somebody else: null'])
  assert.deepEqual(await found({ who: 'buyers' }), ['u1: Ada'])
  const few = { columns: 'orders,revenue', who: 'buyers' }
  const answer = await askQuestion(questionNamed('customers'), few, asking(shop))
  assert.deepEqual((answer as { readonly customers: unknown }).customers, [
    {
      ...{ person_id: 'u1', orders: 1, revenue: 25 },
      timeline: '/api/customer?person=u1&as_of=2026-01-31T15%3A00%3A00.000Z',
    },
  ])
  await assert.rejects(found({ order: '-revenu' }), /did you mean revenue\?/)
  const { people } = await askPeople(questionNamed('customers'), { person: 'u1' }, asking(shop))
  assert.deepEqual(
    people.map(({ visitor_id }) => visitor_id),
    ['laptop', 'phone'],
  )
})
