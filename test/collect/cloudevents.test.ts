import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type RunningCollector, runCollector } from './running_collector.ts'

const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' }
const BATCH = { 'content-type': 'application/cloudevents-batch+json' }

function cloudEvent(changes: object = {}): object {
  return {
    specversion: '1.0',
    id: '1',
    source: '/shop',
    type: 'com.acme.shop.product.viewed',
    time: '2026-03-01T12:59:00+01:00',
    data: { user_id: 'u1', product_id: 'p1', price: '19.90', currency: 'eur' },
    ...changes,
  }
}

async function takeOne({ post, records }: RunningCollector, changes: object) {
  const { status, json } = await post('/cloudevents', cloudEvent(changes), STRUCTURED)
  assert.deepEqual([status, json], [200, { accepted: 1, invalid: 0, errors: [] }])
  return records().at(-1)
}

async function takes(context: TestContext, changes: object) {
  return takeOne(await runCollector(context), changes)
}

test('reads one event as JSON, in headers, or in a list, alike', async (context) => {
  const { post, records } = await runCollector(context)
  const { data, ...attributes } = cloudEvent({ subject: 'kettle ü' }) as {
    data: object
    subject: string
  }
  const headers = Object.entries({ ...attributes, subject: encodeURIComponent(attributes.subject) })
  const binary = {
    ...Object.fromEntries(headers.map(([name, value]) => [`ce-${name}`, String(value)])),
    'content-type': 'application/json',
  }
  const whole = { ...attributes, data }
  assert.equal((await post('/cloudevents', data, binary)).status, 200)
  assert.equal((await post('/cloudevents', whole, STRUCTURED)).status, 200)
  assert.equal((await post('/cloudevents', [whole], BATCH)).status, 200)
  const [first, second, third] = records()
  assert.deepEqual(second, first)
  assert.deepEqual(third, first)
  assert.equal(first.event_id, '/shop/1')
  assert.equal(first.event_type, 'view')
  assert.equal(first.event_time, '2026-03-01T11:59:00.000Z')
  assert.deepEqual([first.product_id, first.price, first.currency], ['p1', 19.9, 'EUR'])
  assert.deepEqual(first.properties, {
    source: '/shop',
    subject: 'kettle ü',
    event_name: 'com.acme.shop.product.viewed',
  })
})

const TYPES: readonly (readonly [type: string, event_type: string])[] = [
  ['com.acme.order.completed.v1', 'purchase'],
  ['com.acme.add_to_cart', 'cart'],
  ['com.acme.shop.list_view', 'list'],
  ['com.acme.Product.Viewed', 'view'],
  ['purchase', 'purchase'],
  ['io.acme/review', 'review'],
  ['com.acme.stock.low', 'com_acme_stock_low'],
]

test('knows what happened by the last words of a type', async (context) => {
  const collector = await runCollector(context)
  for (const [index, [type, event_type]] of TYPES.entries()) {
    const record = await takeOne(collector, { type, id: String(index) })
    assert.equal(record.event_type, event_type)
    if (type !== event_type) assert.equal(record.properties.event_name, type)
  }
})

test('lets the data say what happened, in our own words', async (context) => {
  const data = { event_type: 'wishlist', visitor_id: 'v1', product_id: 'p1', colour: 'red' }
  const record = await takes(context, { type: 'com.acme.message', data })
  assert.deepEqual([record.event_type, record.anonymous_id], ['wishlist', 'v1'])
  assert.equal(record.properties.colour, 'red')
})

test('reads lines under the word of their sender', async (context) => {
  const collector = await runCollector(context)
  const line = { product_id: 'p1', price: 2, quantity: 3 }
  for (const [index, lines] of [{ items: [line] }, { products: [line] }].entries()) {
    for (const type of ['order_completed', 'purchase', 'transaction']) {
      const data = { user_id: 'u1', order_id: 'o1', ...lines }
      const record = await takeOne(collector, { type, data, id: `${type}${index}` })
      assert.deepEqual(record.items, [line])
    }
  }
})

test('keeps data that are no object, and attributes it does not know', async (context) => {
  const collector = await runCollector(context)
  const record = await takeOne(collector, { data: { user_id: 'u1' }, traceparent: '00-1' })
  assert.equal(record.properties.traceparent, '00-1')
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': '7',
    'ce-source': '/shop',
    'ce-type': 'note',
    'content-type': 'text/plain',
  }
  const { json } = await collector.post('/cloudevents', 'hello', headers)
  assert.equal(json.errors[0].reason, 'missing_field', 'it names nobody')
  assert.equal(JSON.parse(collector.records().at(-1).raw).data, 'hello')
})

test('bounds the id of an event whose source is long', async (context) => {
  const { event_id } = await takes(context, { source: `/${'x'.repeat(400)}` })
  assert.match(event_id, /^[0-9a-f]{64}$/)
})

test('keeps what is no event, with its reason, and takes its neighbours', async (context) => {
  const { post, records } = await runCollector(context)
  const bad = [
    cloudEvent({ id: '' }),
    cloudEvent({ source: undefined }),
    cloudEvent({ type: { a: 1 } }),
    cloudEvent({ specversion: undefined }),
    cloudEvent({ time: 'now' }),
    cloudEvent({ data: { user_id: 'u1', price: 'cheap' } }),
  ]
  const { json } = await post(
    '/cloudevents',
    [cloudEvent(), ...bad, cloudEvent({ id: '9' })],
    BATCH,
  )
  assert.deepEqual([json.accepted, json.invalid], [2, bad.length])
  assert.deepEqual(
    records().map(({ record, reason }) => reason ?? record),
    [
      'event',
      ...Array(2).fill('missing_field'),
      'wrong_type',
      'missing_field',
      'bad_time',
      'wrong_type',
      'event',
    ],
  )
})

test('takes an empty list as nothing', async (context) => {
  const { post, records } = await runCollector(context)
  assert.deepEqual((await post('/cloudevents', '[]', BATCH)).json, {
    accepted: 0,
    invalid: 0,
    errors: [],
  })
  assert.deepEqual(records(), [])
})

test('refuses a kind of body that no CloudEvent has', async (context) => {
  const { post } = await runCollector(context)
  const { status, json } = await post('/cloudevents', '<a/>', { 'content-type': 'text/xml' })
  assert.deepEqual([status, json.code], [415, 'UNSUPPORTED_TYPE'])
})

test('answers the question of a webhook whether it may send', async (context) => {
  const { url } = await runCollector(context)
  const { status, headers } = await fetch(`${url}/cloudevents`, {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'events.acme.example' },
  })
  assert.equal(status, 204)
  assert.equal(headers.get('webhook-allowed-origin'), 'events.acme.example')
  assert.equal(headers.get('webhook-allowed-rate'), '*')
})
