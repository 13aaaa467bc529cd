import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { rees46 } from '../real_data.ts'
import { type OracleEvent, type Row, readEvents } from './event.ts'
import { different } from './group.ts'
import { decimalTextOrNull, sumUnits, units } from './money.ts'
import { readRees46 } from './rees46.ts'
import { oracleTables } from './tables.ts'

const { file: FILE, skip } = rees46

const HEAD_END = '2019-10-02'
const isHead = ({ event_time }: OracleEvent) => event_time < HEAD_END
const isTail = (event: OracleEvent) => !isHead(event)

function countsOf(events: readonly OracleEvent[]): Record<string, number> {
  const byType = Map.groupBy(events, ({ event_type }) => event_type)
  return Object.fromEntries([...byType].map(([type, members]) => [type, members.length]))
}

const sessionsWith = (events: readonly OracleEvent[], step: string) =>
  different(events.filter(({ event_type }) => event_type === step).map((e) => e.session_id)).size

const purchaseValue = (events: readonly OracleEvent[]) =>
  decimalTextOrNull(
    sumUnits(
      readEvents(events).map(({ event_type, value }) => (event_type === 'purchase' ? value : null)),
    ),
  )

const whole = (rows: readonly Row[], column: string) =>
  rows.reduce((sum, row) => sum + Number(row[column]), 0)
const money = (rows: readonly Row[], column: string) =>
  decimalTextOrNull(sumUnits(rows.map((row) => (row[column] ? units(String(row[column])) : null))))

test('reads the published figures from the head of the real file', { skip }, () => {
  const events = readRees46(FILE)
  const head = events.filter(isHead)
  assert.equal(events.length, 22_283)
  assert.equal(head.length, 20_000)
  assert.equal(head.at(-1)?.event_time, '2019-10-01T07:10:56.000Z')
  assert.deepEqual(countsOf(head), {
    cart: 5_735,
    view: 8_585,
    remove_from_cart: 4_165,
    purchase: 1_515,
  })
  assert.equal(different(head.map(({ user_id }) => user_id)).size, 3_003)
  assert.equal(different(head.map(({ session_id }) => session_id)).size, 4_194)
  assert.equal(different(head.map(({ product_id }) => product_id)).size, 7_440)
  const sessions = ['view', 'cart', 'purchase'].map((step) => sessionsWith(head, step))
  assert.deepEqual(sessions, [3_912, 951, 172])
  assert.equal(purchaseValue(head), '7886.0400')
})

test('reads the published figures from its tail', { skip }, () => {
  const tail = readRees46(FILE).filter(isTail)
  assert.equal(tail[0]?.event_time, '2019-10-31T22:37:45.000Z')
  assert.equal(different(tail.map(({ session_id }) => session_id)).size, 359)
  const sessions = ['view', 'cart', 'purchase'].map((step) => sessionsWith(tail, step))
  assert.deepEqual(sessions, [325, 106, 18])
  assert.equal(purchaseValue(tail), '1176.9200')
})

test('keeps every row and every cent of the real file in every table', { skip }, () => {
  const events = readRees46(FILE, { currency: 'USD' })
  const tables = oracleTables(events)
  const purchases = events.filter(({ event_type }) => event_type === 'purchase').length
  assert.equal(whole(tables.event_windows_5m, 'events'), 22_283)
  assert.equal(whole(tables.event_windows_10m, 'events'), 2 * 22_283)
  assert.equal(whole(tables.category_counts, 'events'), 22_283)
  assert.equal(whole(tables.category_prices, 'prices'), 22_283)
  assert.equal(tables.items.length, 22_283)
  assert.equal(money(tables.event_windows_5m, 'value'), money(tables.category_counts, 'value'))
  assert.equal(whole(tables.hourly_pivot, 'purchase_events'), purchases)
  assert.equal(money(tables.hourly_pivot, 'purchase_value'), '9062.9600')
  assert.equal(money(tables.product_conversion, 'purchase_value'), '9062.9600')
  assert.equal(whole(tables.revenue_1h, 'orders'), purchases)
  assert.equal(money(tables.revenue_1h, 'revenue'), '9062.9600')
  assert.equal(money(tables.product_sales, 'revenue'), '9062.9600')
  assert.equal(whole(tables.product_interest, 'view_share').toFixed(9), '2.000000000')
})

test('reads quoted fields, nulls and a file that was cut', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-oracle-'))
  try {
    const file = join(folder, 'cut.csv.gz')
    const rows = [
      'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session',
      '2019-10-01 00:00:00 UTC,cart,1,9,"a ""b"", c",,2.62,7,s1',
      '2019-10-01 00:00:01 UTC,view,2,9,x.y,runail,0.0,8,',
      '2019-10-01 00:00:02 UTC,view,3,9,,run',
    ]
    writeFileSync(file, gzipSync(rows.join('\r\n')))
    const events = readRees46(file, { eventIdOf: (row_number) => `row-${row_number}` })
    assert.deepEqual(
      events.map(({ event_id, category, brand, session_id }) => [
        event_id,
        category,
        brand,
        session_id,
      ]),
      [
        ['row-1', 'a "b", c', null, 's1'],
        ['row-2', 'x.y', 'runail', null],
      ],
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
