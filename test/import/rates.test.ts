/** Rates of currencies: how a shop brings them in, and what they make of its orders. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCollector } from '../collect/running_collector.ts'
import { Shop } from '../engine/shop.ts'
import { counts, fileOf, imported } from './importing.ts'

const ORDERS = [
  'event_type,order_id,user_id,event_time,currency,revenue',
  'purchase,before,u1,2026-01-01 12:00:00,USD,100',
  'purchase,friday,u1,2026-01-30 23:59:59,USD,100',
  'purchase,sunday,u1,2026-02-01 00:00:00,USD,100',
  'purchase,own,u1,2026-01-30 12:00:00,EUR,100',
  'purchase,yen,u1,2026-01-30 12:00:00,jpy,100000',
  'purchase,none,u1,2026-01-30 12:00:00,GBP,100',
]

async function converted(shop: Shop): Promise<Readonly<Record<string, unknown>>> {
  const rows = await shop.rows('SELECT order_id, revenue_converted FROM orders')
  return Object.fromEntries(rows.map((row) => [row.order_id, row.revenue_converted]))
}

test('an order is converted by the latest rate of its day or before, else by none', async (t) => {
  const shop = new Shop(t, { currency: 'EUR' })
  const rates = ['2026-01-30,USD,0.84', '2026-01-31,usd,0.85', '2026-01-30,JPY,0.00612']
  const file = fileOf(t, ['Date,Currency,Rate', ...rates], 'rates.csv')
  const own = ['--stream', 'rates', '--currency', 'EUR', '--format', 'csv']
  assert.deepEqual(counts(await imported(shop.directory, file, ...own)), {
    received: 3,
    stored: 3,
    duplicate: 0,
    invalid: 0,
  })
  await imported(shop.directory, fileOf(t, ORDERS), '--format', 'csv', '--currency', 'EUR')
  await shop.open()
  const first = { before: null, friday: 84, sunday: 85, own: 100, yen: 612, none: null }
  assert.deepEqual(await converted(shop), first)
  await shop.close()

  const mended = fileOf(t, ['{"day":"2026-01-31","currency":"USD","rate":0.9}'], 'mended.jsonl')
  await imported(shop.directory, mended, ...own.slice(0, -2))
  await shop.open()
  assert.deepEqual(await converted(shop), { ...first, sunday: 90 })
})

test('a file of rates needs no format, and tells which rows are wrong', async (t) => {
  const shop = new Shop(t)
  const rows = [
    '30.01.2026,USD,0.84',
    '2026-02-30,USD,0.84',
    '2026-01-30,DOLLAR,0.84',
    '2026-01-30,USD,0',
    '2026-01-30,USD,',
    '2026-01-30,USD,0.84',
  ]
  const file = fileOf(t, ['day,currency,rate', ...rows], 'rates.csv')
  const told = await imported(shop.directory, file, '--stream', 'rates')
  assert.deepEqual(counts(told), { received: 6, stored: 1, duplicate: 0, invalid: 5 })
  assert.deepEqual(
    told.reasons.map(({ reason, count }) => [reason, count]),
    [
      ['bad_time', 2],
      ['missing_field', 1],
      ['out_of_bounds', 1],
      ['too_long', 1],
    ],
  )
})

test('rates without one of their columns are refused, naming it', async (t) => {
  const file = fileOf(t, ['date,rate', '2026-01-30,0.84'], 'rates.csv')
  await assert.rejects(imported(new Shop(t).directory, file, '--stream', 'rates'), {
    message: /it has no column currency/,
  })
})

test('takes rates over HTTP as upserts by day and currency', async (t) => {
  const { post, records } = await runCollector(t)
  const { json } = await post('/v1/rates', [
    { date: '2026-01-30', currency: 'usd', rate: '0.8401' },
    { date: 'today', currency: 'USD', rate: 1 },
  ])
  assert.deepEqual([json.accepted, json.errors[0].reason], [1, 'bad_time'])
  const [rate] = records()
  assert.deepEqual([rate.record, rate.key], ['rates', '2026-01-30/USD'])
  assert.deepEqual(rate.row, { date: '2026-01-30', currency: 'USD', rate: 0.8401 })
})
