/** Requests of real SDKs, byte for byte as they were captured, and what they must come to. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runCollector } from './running_collector.ts'

const FILE = resolve(import.meta.dirname, '../../../shared/data/sdk_requests/fixtures.json')
const skip = existsSync(FILE) ? false : 'the captured requests are not on this machine'

interface Captured {
  readonly sdk: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodyBase64: string
}

/** The keys that the SDKs were given, each a source of its own. */
const KEYS = { wk_seg: 'segment', wk_rs: 'rudder' }

/** Set by the connection itself. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['content-length', 'host', 'connection'])

function requestsOf(sdk: string): readonly Captured[] {
  const { requests } = JSON.parse(readFileSync(FILE, 'utf8')) as { requests: readonly Captured[] }
  const found = requests.filter((request) => request.sdk.startsWith(sdk))
  assert.ok(found.length > 0, `no request of ${sdk} was captured`)
  return found
}

async function replay(context: TestContext, sdk: string) {
  const collector = await runCollector(context, {
    now: () => '2026-11-21T08:22:00.000Z',
    settings: { host: '0.0.0.0' },
    keys: Object.entries(KEYS).map(([key, source]) => ({ key, source, kind: 'server' as const })),
  })
  const answers: unknown[] = []
  for (const { method, path, headers, bodyBase64 } of requestsOf(sdk)) {
    const sent = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name))
    const body = Buffer.from(bodyBase64, 'base64')
    const response = await fetch(collector.url + path, {
      method,
      headers: Object.fromEntries(sent),
      ...(method === 'GET' ? {} : { body }),
    })
    answers.push([response.status, await response.json()])
  }
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
