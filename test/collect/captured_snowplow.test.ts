/** Requests of the real @snowplow/node-tracker, byte for byte, and what they must come to. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sendCaptured, skipWithoutCaptured as skip } from './captured.ts'
import { runCollector } from './running_collector.ts'

const LINE = {
  product_id: 'p1',
  category: 'games',
  price: 19,
  quantity: 1,
  properties: { currency: 'EUR' },
}

/** What the five events have in common. */
const SHARED = {
  record: 'event',
  source: 'shop',
  origin: 'browser',
  received_at: '2026-11-21T08:22:00.000Z',
  user_id: 'u1',
  anonymous_id: 'd1',
  session_id: '11111111-1111-4111-8111-111111111111',
}
const TRACKER = {
  app_id: 'shop',
  platform: 'srv',
  v_tracker: 'node-4.8.0',
  name_tracker: 'ns',
  domain_sessionidx: '1',
}

const EVENTS = [
  {
    event_type: 'page',
    page_url: 'https://shop.example/p/1?utm_source=x',
    referrer: 'https://google.com/',
    utm_source: 'x',
    properties: { event_name: 'page_view', page_title: 'P1' },
  },
  {
    event_type: 'cart',
    currency: 'EUR',
    product_id: 'p1',
    category: 'games',
    price: 19,
    quantity: 1,
    items: [LINE],
    properties: { event_name: 'add_to_cart', total_value: 19 },
  },
  {
    event_type: 'purchase',
    order_id: 'o-1',
    revenue: 22.5,
    currency: 'EUR',
    properties: { event_name: 'transaction', payment_method: 'card', total_quantity: 3 },
  },
  {
    event_type: 'purchase',
    order_id: 'o-1',
    revenue: 27.5,
    currency: 'EUR',
    properties: { event_name: 'transaction' },
  },
  {
    event_type: 'transaction_item',
    order_id: 'o-1',
    product_id: 'S1',
    price: 19,
    quantity: 1,
    properties: {},
  },
].map((event) => ({ ...SHARED, ...event, properties: { ...event.properties, ...TRACKER } }))

async function replay(context: TestContext, sdk: string) {
  const collector = await runCollector(context, {
    now: () => SHARED.received_at,
    settings: { host: '0.0.0.0' },
    keys: [{ key: 'wk_shop', source: 'shop', kind: 'browser' }],
  })
  const bodies: string[] = []
  for (const { status, body } of await sendCaptured(collector.url, sdk)) {
    assert.equal(status, 200)
    bodies.push(body.toString('latin1'))
  }
  return { bodies, records: collector.records() }
}

/** The events as records, without the id and the times that each has of its own. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts what a record holds.
function told(records: readonly any[]) {
  return records
    .filter(({ record }) => record === 'event')
    .map(({ event_id: _, event_time: __, client_time: ___, ...event }) => event)
}

test('@snowplow/node-tracker by POST: five events, one link, the id and the time of each', {
  skip,
}, async (context) => {
  const { bodies, records } = await replay(context, '@snowplow/node-tracker post')
  assert.deepEqual(bodies, ['ok'])
  assert.deepEqual(told(records), EVENTS)
  const [first, , , , last, link] = records
  assert.equal(first.event_id, '14612120-e988-4770-a4d2-00304e01db4d')
  assert.equal(first.client_time, '2026-11-21T08:21:47.643Z')
  assert.equal(last.event_time, '2026-11-21T08:21:47.646Z')
  assert.deepEqual([link.record, link.key, link.row], ['identity', 'd1', { person_id: 'u1' }])
  assert.equal(records.length, 6)
})

test('@snowplow/node-tracker by GET: the same five events, each answered by a pixel', {
  skip,
}, async (context) => {
  const { bodies, records } = await replay(context, '@snowplow/node-tracker get')
  assert.deepEqual(told(records), EVENTS)
  assert.equal(bodies.length, EVENTS.length)
  for (const body of bodies) assert.match(body, /^GIF89a/)
})

test('nothing that a retry changes is kept of an event', { skip }, async (context) => {
  const { records } = await replay(context, '@snowplow/node-tracker post')
  for (const { properties } of records.filter(({ record }) => record === 'event')) {
    assert.ok(!('stm' in properties) && !('clickpath_network_id' in properties))
  }
})
