/** Requests of real SDKs, byte for byte as they were captured, and what they must come to. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sendCaptured, skipWithoutCaptured as skip } from './captured.ts'
import { runCollector } from './running_collector.ts'

/** The keys that the SDKs were given, each a source of its own. */
const KEYS = { wk_seg: 'segment', wk_rs: 'rudder' }

async function replay(context: TestContext, sdk: string) {
  const collector = await runCollector(context, {
    now: () => '2026-11-21T08:22:00.000Z',
    settings: { host: '0.0.0.0' },
    keys: Object.entries(KEYS).map(([key, source]) => ({ key, source, kind: 'server' as const })),
  })
  const told = await sendCaptured(collector.url, sdk)
  const answers = told.map(({ status, body }) => [status, JSON.parse(String(body))])
  return { answers, records: collector.records() }
}

const LINES = [
  {
    product_id: 'p1',
    product_name: 'A',
    price: 19,
    quantity: 1,
    properties: { sku: 'S1' },
  },
  {
    product_id: 'p2',
    product_name: 'B',
    price: 3,
    quantity: 2,
    properties: { sku: 'S2' },
  },
]

test('@segment/analytics-node: events, a customer and a link, without sending times', {
  skip,
}, async (context) => {
  const { answers, records } = await replay(context, '@segment/analytics-node')
  assert.deepEqual(answers, [[200, { success: true }]])
  const told = records.map(({ record, source, event_type, key }) => [
    ...[record, source, event_type ?? key],
  ])
  assert.deepEqual(told, [
    ['event', 'segment', 'view'],
    ['event', 'segment', 'cart'],
    ['event', 'segment', 'checkout'],
    ['event', 'segment', 'purchase'],
    ['customers', 'segment', 'u1'],
    ['event', 'segment', 'page'],
    ['event', 'segment', 'group'],
    ['identity', 'segment', 'a1'],
  ])
  const [view, , , purchase, customer] = records
  assert.deepEqual(
    [view.product_id, view.price, view.quantity, view.currency, view.anonymous_id, view.user_id],
    ['p1', 19, 1, 'EUR', 'a1', 'u1'],
  )
  assert.deepEqual([purchase.order_id, purchase.revenue, purchase.currency], ['o-1', 22.5, 'EUR'])
  assert.deepEqual(purchase.items, LINES)
  assert.deepEqual(customer.row, { user_id: 'u1', email: 'u1@example.com' })
  assert.deepEqual(Object.keys(view.properties), ['event_name', 'context'])
})

test('@rudderstack/rudder-sdk-node: gzip under a form type, no time but the original one', {
  skip,
}, async (context) => {
  const { answers, records } = await replay(context, '@rudderstack/rudder-sdk-node')
  assert.deepEqual(answers, new Array(4).fill([200, { success: true }]))
  const told = records.map(({ record, source, event_type, key }) => [
    ...[record, source, event_type ?? key],
  ])
  const once = [
    ['event', 'rudder', 'purchase'],
    ['customers', 'rudder', 'u1'],
  ]
  assert.deepEqual(told, [...once, ...once])
  for (const purchase of [records[0], records[2]]) {
    assert.deepEqual([purchase.order_id, purchase.revenue, purchase.user_id], ['o-1', 22.5, 'u1'])
    assert.deepEqual(purchase.items, LINES)
  }
  assert.equal(records[0].event_time, '2026-11-21T08:21:46.611Z')
})

test('posthog-node: its path is none of ours', {
  skip: 'no format reads the protocol of PostHog',
}, () => {})
