/** Files in canonical columns: NDJSON, Parquet, CSV; and what we ourselves export. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { Shop } from '../engine/shop.ts'
import { counts, fileOf, folder, imported } from './importing.ts'

const EVENTS = [
  {
    event_id: 'own-1',
    event_type: 'purchase',
    timestamp: '2025-11-29T12:34:56.789Z',
    user_id: 'u1',
    product_id: 'p1',
    product_category: 'shoes',
    price: 19.99,
    quantity: 2,
    colour: 'red',
  },
  {
    event_type: 'purchase',
    timestamp: '2025-11-29T12:35:00Z',
    anonymous_id: 'a1',
    order_id: 'o1',
    items: [
      { product_id: 'p1', price: 5, quantity: 2 },
      { product_id: 'p2', price: '7.25', size: 'XL' },
    ],
  },
]

test('NDJSON goes the way of requests, nested lines and refusals included', async (t) => {
  const shop = new Shop(t)
  const lines = [...EVENTS.map((event) => JSON.stringify(event)), '', '{"event_type":', '[1]', '{}']
  const file = fileOf(t, lines, 'events.ndjson')
  const told = await imported(shop.directory, file, '--format', 'ndjson', '--source', 'history')
  assert.deepEqual(counts(told), { received: 5, stored: 2, duplicate: 0, invalid: 3 })
  await shop.open()
  const events = await shop.rows(`SELECT event_id, origin, source, category, value, properties
    FROM events ORDER BY event_time`)
  assert.equal(events[0]?.event_id, 'own-1')
  assert.match(String(events[1]?.event_id), /^[0-9a-f]{16}-000000000002$/)
  assert.deepEqual(
    { ...events[0], event_id: '' },
    {
      event_id: '',
      origin: 'import',
      source: 'history',
      category: 'shoes',
      value: 39.98,
      properties: { colour: 'red' },
    },
  )
  const [sales] = await shop.rows(`SELECT sum(value) AS value, count(*) AS lines FROM items
    WHERE order_id = 'o1'`)
  assert.deepEqual(sales, { value: 17.25, lines: 2 })
  const reasons = await shop.rows('SELECT reason FROM invalid_events ORDER BY reason')
  assert.deepEqual(
    reasons.map(({ reason }) => reason),
    ['missing_field', 'not_an_object', 'not_an_object'],
  )
})

async function sql(statement: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(statement)
  connection.closeSync()
  instance.closeSync()
}

test('Parquet keeps its types: times, decimals, lists of lines', async (t) => {
  const shop = new Shop(t)
  const file = join(folder(t), 'events.parquet')
  await sql(`COPY (SELECT 'e' || i AS event_id, 'view' AS event_type,
      TIMESTAMP '2025-01-01 00:00:00.000001' + i * INTERVAL 1 second AS client_time, i AS user_id,
      CAST(i / 4 AS DECIMAL(9, 2)) AS price, NULL::VARCHAR AS brand,
      CASE WHEN i = 3 THEN [{'product_id': 'p', 'quantity': 2, 'price': 1.5}] END AS items,
      i % 2 = 0 AS even FROM range(1000) AS rows(i)) TO '${file}' (FORMAT parquet)`)
  const small = ['--format', 'parquet', '--batch-records-max', '300']
  const told = await imported(shop.directory, file, ...small)
  assert.deepEqual(counts(told), { received: 1_000, stored: 1_000, duplicate: 0, invalid: 0 })
  await shop.open()
  const [third] = await shop.rows(`SELECT event_time, user_id, price, brand, properties
    FROM events WHERE event_id = 'e3'`)
  assert.deepEqual(third, {
    event_time: '2025-01-01T00:00:03.000001Z',
    user_id: '3',
    price: 0.75,
    brand: null,
    properties: { even: false },
  })
  const [line] = await shop.rows('SELECT product_id, value FROM items')
  assert.deepEqual(line, { product_id: 'p', value: 3 })
})

test('an export of the events comes back as the same events', async (t) => {
  const shop = new Shop(t)
  const lines = EVENTS.map((event) => JSON.stringify(event))
  await imported(shop.directory, fileOf(t, lines, 'events.ndjson'), '--format', 'ndjson')
  await shop.open()
  const exported = await shop.rows('SELECT * FROM events')
  const before = await shop.rows('SELECT * FROM events ORDER BY event_id')
  await shop.close()
  const other = new Shop(t)
  const file = fileOf(
    t,
    exported.map((event) => JSON.stringify(event)),
    'export.ndjson',
  )
  const told = await imported(other.directory, file, '--format', 'ndjson')
  assert.deepEqual(counts(told), { received: 2, stored: 2, duplicate: 0, invalid: 0 })
  await other.open()
  const after = await other.rows('SELECT * FROM events ORDER BY event_id')
  const same = (rows: typeof after) => rows.map(({ received_at: _, ...event }) => event)
  assert.deepEqual(same(after), same(before))
})

test('CSV takes its own ids; of two rows with one id the first counts', async (t) => {
  const shop = new Shop(t)
  const head = 'event_id;event_type;client_time;user_id;price;properties'
  const rows = [
    'e1;view;2025-01-01T00:00:00Z;u1;1,5;',
    'e2;view;2025-01-01T00:00:00Z;u1;1.5;"{""colour"":""red""}"',
    'e2;view;2025-01-01T00:00:00Z;u1;1.5;"{""colour"":""red""}"',
    'e2;view;2025-01-01T00:00:00Z;u1;2.5;',
  ]
  const told = await imported(shop.directory, fileOf(t, [head, ...rows]), '--format', 'csv')
  assert.deepEqual(counts(told), { received: 4, stored: 1, duplicate: 1, invalid: 2 })
  assert.deepEqual(told.reasons.map(({ reason }) => reason).toSorted(), [
    'id_conflict',
    'wrong_type',
  ])
  await shop.open()
  const events = await shop.rows('SELECT event_id, price, properties FROM events')
  assert.deepEqual(events, [{ event_id: 'e2', price: 1.5, properties: { colour: 'red' } }])
})
