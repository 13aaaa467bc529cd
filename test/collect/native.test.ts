import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { event, NOW, runCollector } from './running_collector.ts'

const SHOP_EVENT = `{"event_id":"evt_00000001","user_id":"user_0042","product_id":"prod_0042",
 "event_type":"add_to_cart","timestamp":"2025-11-29T12:34:56.789Z","session_id":"session_5678",
 "product_category":"Electronics","device_type":"mobile",
 "page_url":"/product/prod_0042","price":299.99}`

test('takes the event of a simple shop as it stands', async (context) => {
  const { post, lines } = await runCollector(context)
  const answer = await post('/v1/events', SHOP_EVENT)
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.json, { accepted: 1, invalid: 0, errors: [] })
  assert.deepEqual(
    lines().map((line) => JSON.parse(line)),
    [
      {
        record: 'event',
        source: 'local',
        origin: 'browser',
        received_at: NOW,
        event_id: 'evt_00000001',
        event_type: 'cart',
        event_time: '2025-11-29T12:34:56.789Z',
        client_time: '2025-11-29T12:34:56.789Z',
        user_id: 'user_0042',
        session_id: 'session_5678',
        product_id: 'prod_0042',
        category: 'Electronics',
        device_type: 'mobile',
        page_url: '/product/prod_0042',
        price: 299.99,
      },
    ],
  )
  assert.ok(lines()[0]?.includes('"price":299.99'))
})

test('takes an array, NDJSON and a batch object alike', async (context) => {
  const { post, records } = await runCollector(context)
  const two = [event({ event_id: 'a' }), event({ event_id: 'b' })]
  const ndjson = two.map((one) => `${JSON.stringify(one)}\r\n`).join('\n')
  for (const body of [two, ndjson, { events: two }]) {
    assert.deepEqual((await post('/v1/events', body)).json, { accepted: 2, invalid: 0, errors: [] })
  }
  assert.deepEqual(
    records().map(({ event_id }) => event_id),
    ['a', 'b', 'a', 'b', 'a', 'b'],
  )
})

test('reads a gzip body whatever its content type says', async (context) => {
  const { post, records } = await runCollector(context)
  const body = gzipSync(JSON.stringify([event()]))
  const headers = {
    'content-encoding': 'gzip',
    'content-type': 'application/x-www-form-urlencoded',
  }
  assert.equal((await post('/v1/events', body, headers)).json.accepted, 1)
  assert.equal(records().length, 1)
})

test('keeps every field without a column in properties', async (context) => {
  const { post, records } = await runCollector(context)
  const sent = {
    ...event(),
    source: 'mine',
    value: 12,
    colour: { deep: [1, null] },
    nothing: null,
    properties: { colour: 'red', size: 'L' },
    client_time: '2026-03-01T11:00:00Z',
  }
  await post('/v1/events', sent)
  const [record] = records()
  assert.equal(record.source, 'local')
  assert.equal(record.client_time, '2026-03-01T11:59:00Z')
  assert.deepEqual(record.properties, {
    source: 'mine',
    value: 12,
    colour: { deep: [1, null] },
    nothing: null,
    'event.colour': 'red',
    size: 'L',
    client_time: '2026-03-01T11:00:00Z',
  })
})

test('writes money as plain decimals with four digits at most', async (context) => {
  const { post, lines } = await runCollector(context)
  const prices = ['19.90', 0.1, 1e-7, -5.5, 999_999_999.9999, 0.00005, 12.345678, '7']
  const written = [19.9, 0.1, 0, -5.5, 999_999_999.9999, 0.0001, 12.3457, 7]
  await post(
    '/v1/events',
    prices.map((price, n) => event({ event_id: `e${n}`, price })),
  )
  const texts = lines().map((line) => /"price":([^,}]*)/.exec(line)?.[1])
  assert.deepEqual(texts, written.map(String))
})

test('keeps product lines with their own leftovers', async (context) => {
  const { post, records } = await runCollector(context, { settings: { currency: 'EUR' } })
  const items = [
    { product_id: 7, name: 'Kettle', price: '29.90', quantity: '2', colour: 'red' },
    { product_id: 'p2', product_category: 'kitchen' },
  ]
  await post('/v1/events', event({ event_type: 'Purchase', price: null, items, order_id: 'o1' }))
  const [record] = records()
  assert.equal(record.event_type, 'purchase')
  assert.equal(record.currency, 'EUR')
  assert.deepEqual(record.items, [
    {
      product_id: '7',
      product_name: 'Kettle',
      price: 29.9,
      quantity: 2,
      properties: { colour: 'red' },
    },
    { product_id: 'p2', category: 'kitchen' },
  ])
})

test('gives an event without an id one that a retry repeats', async (context) => {
  let now = NOW
  const { post, records } = await runCollector(context, { now: () => now })
  const timed = event({ event_id: undefined })
  await post('/v1/events', timed)
  now = '2026-03-01T12:00:07.000Z'
  await post('/v1/events', [timed, event({ event_id: null, user_id: 'u2' })])
  const untimed = event({ event_id: '', timestamp: undefined })
  await post('/v1/events', [untimed, untimed])
  const [first, retry, other, ...random] = records().map(({ event_id }) => event_id)
  assert.equal(first, retry)
  assert.equal(new Set([first, other, ...random]).size, 4)
})

test('takes an empty array as nothing', async (context) => {
  const { post, records } = await runCollector(context)
  assert.deepEqual((await post('/v1/events', '[]')).json, { accepted: 0, invalid: 0, errors: [] })
  assert.deepEqual(records(), [])
})

test('replaces half surrogate pairs so that the text can be stored', async (context) => {
  const { post, records } = await runCollector(context)
  const body = String.raw`{"event_type":"view","user_id":"u\ud83d",
    "brand":"\ud83d\ude00","a\udc00":["\udfff"]}`
  assert.equal((await post('/v1/events', body)).json.accepted, 1)
  const [record] = records()
  assert.equal(record.user_id, 'u\ufffd')
  assert.equal(record.brand, '😀')
  assert.deepEqual(record.properties, { 'a\ufffd': ['\ufffd'] })
})
