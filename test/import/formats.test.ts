/** Files of other people's programs: Retailrocket, Segment archives, GA4 and Snowplow exports. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Shop } from '../engine/shop.ts'
import { realData } from '../real_data.ts'
import { counts, fileOf, imported } from './importing.ts'

test('Retailrocket: milliseconds, its words, lines of a transaction', async (t) => {
  const shop = new Shop(t)
  const file = fileOf(t, [
    'timestamp,visitorid,event,itemid,transactionid',
    '1433221332117,257597,view,355908,',
    '1433224214164,992329,addtocart,248676,',
    '1433222276276,599528,transaction,356475,4000',
    '1433222276276,599528,transaction,15335,4000',
    '1433222276276,,view,15335,',
  ])
  const told = await imported(shop.directory, file, '--format', 'retailrocket')
  assert.deepEqual(counts(told), { received: 5, stored: 4, duplicate: 0, invalid: 1 })
  await shop.open()
  const events = await shop.rows(`SELECT event_type, client_time, anonymous_id, product_id, order_id
    FROM events ORDER BY event_id LIMIT 3`)
  assert.deepEqual(
    events.map((event) => Object.values(event)),
    [
      ['view', '2015-06-02T05:02:12.117Z', '257597', '355908', null],
      ['cart', '2015-06-02T05:50:14.164Z', '992329', '248676', null],
      ['purchase', '2015-06-02T05:17:56.276Z', '599528', '356475', '4000'],
    ],
  )
  const orders = await shop.rows('SELECT order_id, lines, copies FROM orders')
  assert.deepEqual(orders, [{ order_id: '4000', lines: 2, copies: 1 }])
})

const CALL = { anonymousId: 'a1', timestamp: '2025-05-01T10:00:00Z', receivedAt: '2025-05-02' }

test('a Segment archive: events, customers and who is who, a refusal alone', async (t) => {
  const shop = new Shop(t)
  const calls = [
    {
      ...CALL,
      type: 'track',
      event: 'Order Completed',
      messageId: 'm1',
      userId: 'u1',
      properties: {
        order_id: 'o1',
        revenue: '25.00',
        currency: 'usd',
        products: [
          { product_id: 'p1', price: 10, quantity: 2 },
          { product_id: 'p2', price: 5 },
        ],
      },
    },
    { ...CALL, type: 'identify', messageId: 'm2', userId: 'u1', traits: { email: 'a@b.example' } },
    { type: 'page', messageId: 'm3', anonymousId: 'a2', receivedAt: '2025-05-03T00:00:00Z' },
    { type: 'track', event: 'Product Viewed', anonymousId: 'a1' },
    { ...CALL, type: 'sing' },
  ]
  const lines = [...calls.map((call) => JSON.stringify(call)), '{"type":']
  const file = fileOf(t, lines, 'archive.json')
  const told = await imported(shop.directory, file, '--format', 'segment')
  // Two events, one customer, one link, three refusals.
  assert.deepEqual(counts(told), { received: 7, stored: 4, duplicate: 0, invalid: 3 })
  const again = await imported(shop.directory, file, '--format', 'segment')
  assert.equal(again.duplicate, 2)
  await shop.open()
  const events = await shop.rows('SELECT event_id, event_type, client_time FROM events ORDER BY 1')
  assert.deepEqual(events, [
    { event_id: 'm1', event_type: 'purchase', client_time: '2025-05-01T10:00:00.000Z' },
    { event_id: 'm3', event_type: 'page', client_time: '2025-05-03T00:00:00.000Z' },
  ])
  assert.deepEqual(await shop.rows('SELECT revenue, lines, currency FROM orders'), [
    { revenue: 25, lines: 2, currency: 'USD' },
  ])
  assert.deepEqual(await shop.rows('SELECT user_id, email FROM customers'), [
    { user_id: 'u1', email: 'a@b.example' },
  ])
  const [visitor] = await shop.rows(`SELECT person_id FROM enriched_events WHERE event_id = 'm1'`)
  assert.deepEqual(visitor, { person_id: 'u1' })
})

test("an archived call without a timestamp is placed by Segment's own formula", async (t) => {
  const shop = new Shop(t)
  const originalTimestamp = '2025-05-01T10:00:00.000Z'
  const sentAt = '2025-05-01T10:00:05.000Z'
  const receivedAt = '2025-05-01T09:50:06.000Z'
  const times = [
    { originalTimestamp, sentAt, receivedAt, timestamp: '2025-05-01T09:50:02.000Z' },
    { originalTimestamp, sentAt, receivedAt },
    { originalTimestamp, receivedAt },
    { timestamp: '', originalTimestamp: null, sentAt, receivedAt },
    { sentAt },
    { originalTimestamp: 'yesterday', sentAt, receivedAt },
  ]
  const lines = times.map((given, at) =>
    JSON.stringify({ type: 'page', messageId: `m${at}`, anonymousId: 'a1', ...given }),
  )
  const told = await imported(shop.directory, fileOf(t, lines), '--format', 'segment')
  assert.deepEqual(
    told.reasons.map(({ reason }) => reason),
    ['bad_time'],
  )
  await shop.open()
  const events = await shop.rows('SELECT event_time FROM events ORDER BY event_id')
  assert.deepEqual(
    events.map(({ event_time }) => event_time),
    [times[0]?.timestamp, '2025-05-01T09:50:01.000Z', originalTimestamp, receivedAt, sentAt],
  )
})

const spec = realData('segment_spec/ecommerce_v2_calls.jsonl')
test('calls of an archive that have no time at all are refused, saying which fields would do', {
  skip: spec.skip,
}, async (t) => {
  const shop = new Shop(t)
  const identify = { type: 'identify', userId: 'u1', traits: { email: 'a@b.example' } }
  const people = fileOf(t, [JSON.stringify(identify)], 'people.json')
  for (const [file, calls] of [
    [spec.file, 25],
    [people, 1],
  ] as const) {
    const { invalid, reasons } = await imported(shop.directory, file, '--format', 'segment')
    assert.equal(invalid, calls)
    const detail =
      'none of timestamp, originalTimestamp, receivedAt, sentAt is there: without a time, history would count as now'
    assert.deepEqual(reasons, [{ reason: 'missing_field', count: calls, detail }])
  }
  await shop.open()
  assert.deepEqual(await shop.rows('SELECT * FROM customers'), [])
})

test('an archive whose import lost its place goes on without telling anything twice', async (t) => {
  const shop = new Shop(t)
  const calls = Array.from({ length: 5_000 }, (_, at) => ({
    ...CALL,
    type: at % 50 === 0 ? 'identify' : 'page',
    messageId: `m${at}`,
    anonymousId: `a${at % 7}`,
    userId: at % 3 === 0 ? `u${at % 7}` : undefined,
  }))
  const lines = calls.map((call) => JSON.stringify(call))
  const file = fileOf(t, lines, 'archive.json')
  const args = ['--format', 'segment', '--batch-records-max', '1000']
  const { lane, ...told } = await imported(shop.directory, file, ...args)
  const manifest = join(shop.directory, 'log', lane, 'import.json')
  const known = JSON.parse(readFileSync(manifest, 'utf8'))
  assert.ok(known.others > 0 && known.records > known.rows, JSON.stringify(known))
  const lost = { state: 'unfinished', rows: 0, bytes: 0, records: 0, others: 0 }
  writeFileSync(manifest, JSON.stringify({ ...known, ...lost }))
  const again = await imported(shop.directory, file, ...args)
  assert.equal(again.lane, lane)
  assert.equal(again.continued_at, told.received)
  assert.deepEqual(counts(again), counts({ ...told, lane }))
  assert.deepEqual(JSON.parse(readFileSync(manifest, 'utf8')), known)
})

const ga4 = realData('ga4_fixtures')
test("a row of GA4's export is the purchase that its published flattening says", {
  skip: ga4.skip,
}, async (t) => {
  const shop = new Shop(t)
  const read = (name: string) =>
    JSON.parse(readFileSync(join(ga4.file, name), 'utf8')) as Record<string, unknown>[]
  const names = ['purchase', 'form_events', 'source_medium', 'url_gclid', 'item_params']
  const rows = names.map((name) => read(`${name}_input.json`))
  const file = fileOf(
    t,
    rows.flat().map((row) => JSON.stringify(row)),
    'export.json',
  )
  const told = await imported(shop.directory, file, '--format', 'ga4')
  assert.equal(told.invalid, 0)
  assert.equal(told.stored, rows.flat().length)
  await shop.open()
  const [result] = read('purchase_result.json') as [
    { items: { item_id: string; price: number; quantity: number }[] } & Record<string, unknown>,
  ]
  const [purchase] = await shop.rows(`SELECT event_type, event_time, anonymous_id, order_id,
      revenue, currency, page_url FROM events WHERE event_type = 'purchase' ORDER BY event_id`)
  assert.deepEqual(purchase, {
    event_type: 'purchase',
    event_time: String(result.event_timestamp).replace(' UTC', 'Z').replace(' ', 'T'),
    anonymous_id: result.user_pseudo_id,
    order_id: '257059',
    revenue: 31,
    currency: 'EUR',
    page_url: 'https://shop.test.com/de/confirmation/xxxxx',
  })
  const lines = await shop.rows(`SELECT product_id, price, quantity FROM items
    WHERE event_id = (SELECT min(event_id) FROM events WHERE event_type = 'purchase')
    ORDER BY product_id`)
  const due = result.items.map(({ item_id, price, quantity }) => ({
    product_id: item_id,
    price: Math.round(price * 10_000) / 10_000,
    quantity,
  }))
  assert.deepEqual(
    lines,
    due.toSorted((one, other) => (one.product_id < other.product_id ? -1 : 1)),
  )
})

/** A line of 131 cells: those named by their place, counted from 1. */
function enriched(cells: Readonly<Record<number, string>>): string {
  return Array.from({ length: 131 }, (_, index) => cells[index + 1] ?? '').join('\t')
}

test("Snowplow's enriched lines: page views, self-describing events, transactions", async (t) => {
  const shop = new Shop(t)
  const schema = (path: string) => `iglu:com.snowplowanalytics.snowplow${path}`
  const ue = {
    schema: schema('/unstruct_event/jsonschema/1-0-0'),
    data: {
      schema: schema('.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-0'),
      data: { type: 'product_view' },
    },
  }
  const contexts = {
    schema: schema('/contexts/jsonschema/1-0-0'),
    data: [
      {
        schema: schema('.ecommerce/product/jsonschema/1-0-0'),
        data: { id: 'p1', price: 9.5, currency: 'EUR', category: 'shoes' },
      },
    ],
  }
  const base = { 2: 'web', 4: '2025-03-01 10:00:00.500', 16: 'd1', 124: 's1' }
  const lines = [
    enriched({ ...base, 6: 'page_view', 7: 'e1', 30: 'https://shop.example/', 49: 'letter' }),
    enriched({
      ...base,
      1: 'shop',
      6: 'unstruct',
      7: 'e2',
      53: JSON.stringify(contexts),
      59: JSON.stringify(ue),
      125: '2025-03-01 09:59:59.250',
    }),
    enriched({ ...base, 6: 'transaction', 7: 'e3', 60: 'o1', 62: '19.9', 109: 'EUR', 13: 'u1' }),
    enriched({ ...base, 6: 'page_view', 7: 'e4', 4: '' }),
    'one\ttwo',
  ]
  const told = await imported(
    shop.directory,
    fileOf(t, lines, 'enriched.tsv'),
    '--format',
    'snowplow',
  )
  // Three events, the link of d1 to u1, two refusals.
  assert.deepEqual(counts(told), { received: 6, stored: 4, duplicate: 0, invalid: 2 })
  await shop.open()
  const events = await shop.rows(`SELECT event_id, event_type, client_time, session_id, utm_source,
    product_id, order_id, revenue FROM events ORDER BY event_id`)
  assert.deepEqual(
    events.map((event) => Object.values(event)),
    [
      ['e1', 'page', '2025-03-01T10:00:00.500Z', 's1', 'letter', null, null, null],
      ['e2', 'view', '2025-03-01T09:59:59.250Z', 's1', null, 'p1', null, null],
      ['e3', 'purchase', '2025-03-01T10:00:00.500Z', 's1', null, null, 'o1', 19.9],
    ],
  )
  const refused = await shop.rows('SELECT reason, detail FROM invalid_events ORDER BY reason')
  assert.deepEqual(refused, [
    { reason: 'bad_time', detail: 'the time is missing; it must be like 2026-01-31 12:00:00.000' },
    {
      reason: 'unreadable_row',
      detail: 'the row has 2 cells; there must be 131 apart by tabs',
    },
  ])
})
