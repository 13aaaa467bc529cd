import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareTable } from './compare.ts'
import { type OracleEvent, type Row, readEvents } from './event.ts'
import { oracleTables } from './tables.ts'

const view = (
  event_id: string,
  clock: string,
  columns: Partial<OracleEvent> = {},
): OracleEvent => ({
  event_id,
  source: 'web',
  event_type: 'view',
  event_time: `2019-10-01T${clock}Z`,
  anonymous_id: 'a1',
  category: 'shoes',
  ...columns,
})

const at = (rows: readonly Row[], clock: string) =>
  rows.filter((row) => row.window_start === `2019-10-01T${clock}:00.000Z`)
const starts = (rows: readonly Row[]) => rows.map((row) => String(row.window_start).slice(11, 16))

test('gives every window that holds an event, and no other', () => {
  const tables = oracleTables([view('e1', '07:05:00'), view('e2', '07:14:59.999999')])
  assert.deepEqual(starts(tables.event_windows_5m), ['07:05', '07:10'])
  assert.deepEqual(starts(tables.event_windows_10m).sort(), ['07:00', '07:05', '07:10'])
  assert.equal(at(tables.event_windows_10m, '07:05')[0]?.events, 2)
  assert.equal(at(tables.event_windows_10m, '07:10')[0]?.events, 1)
})

test('computes every measure of a window', () => {
  const { event_windows_5m } = oracleTables([
    view('e2', '07:01:00', { price: '0.0002', product_id: 'p2', brand: 'b', quantity: 3 }),
    view('e1', '07:01:00', { price: 0.0004, product_id: 'p1', brand: 'a', anonymous_id: 'a2' }),
    view('e0', '07:02:00', { user_id: 'u', anonymous_id: null, brand: 'b' }),
    view('e3', '07:03:00', { product_id: 'p1', anonymous_id: null }),
  ])
  compareTable('event_windows_5m', event_windows_5m, [
    {
      window_start: '2019-10-01T07:00:00.000Z',
      category: 'shoes',
      event_type: 'view',
      events: 4,
      visitors: 3,
      visitors_approximate: 3,
      value: '0.0010',
      price_sum: '0.0006',
      price_avg: 0.0003,
      price_min: '0.0002',
      price_max: '0.0004',
      price_stddev: Math.SQRT2 / 10_000,
      price_variance: 2e-8,
      price_p25: 0.0002,
      price_p50: 0.0002,
      price_p75: 0.0004,
      price_p95: 0.0004,
      price_quantity_corr: -1,
      first_product: 'p1',
      last_product: 'p1',
      brands: ['a', 'b'],
      brands_truncated: false,
      products: ['p1', 'p2', 'p1'],
      products_truncated: false,
    },
  ])
})

test('keeps the smallest brands by code point and the first products by time', () => {
  const brands = ['😀', 'ﬀ', 'k', 'j', 'i', 'h', 'g', 'f', 'e', 'd', 'c']
  const events = brands.map((brand, index) =>
    view(`e${index}`, '07:01:00', { brand, product_id: `p${index}` }),
  )
  const [row] = oracleTables(events).event_windows_5m
  assert.deepEqual(row?.brands, ['c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'ﬀ'])
  assert.equal(row?.brands_truncated, true)
  // By event_id as text: e0, e1, e10, e2, ...
  assert.deepEqual([row?.products].flat().slice(0, 4), ['p0', 'p1', 'p10', 'p2'])
  assert.equal(row?.products_truncated, true)
  assert.equal(row?.last_product, 'p9')
})

test('orders equal times and ids by source', () => {
  const twins = [
    view('e1', '07:01:00', { source: 'web', product_id: 'second' }),
    view('e1', '07:01:00', { source: 'shop', product_id: 'first' }),
  ]
  assert.equal(oracleTables(twins).event_windows_5m[0]?.first_product, 'first')
})

test('counts an event once however often it came, and refuses two events of one id', () => {
  const event = view('e1', '07:01:00', { price: 1 })
  assert.equal(readEvents([event, { ...event, received_at: 'later', brand: null }]).length, 1)
  assert.throws(() => readEvents([event, { ...event, price: 2 }]), /Two different events/)
})

test('leaves sums null and counts zero where nothing happened', () => {
  const tables = oracleTables([view('e1', '07:01:00', { event_type: 'page', category: null })])
  compareTable('hourly_pivot', tables.hourly_pivot, [
    {
      window_start: '2019-10-01T07:00:00.000Z',
      category: null,
      view_events: 0,
      view_value: null,
      cart_events: 0,
      cart_value: null,
      remove_from_cart_events: 0,
      remove_from_cart_value: null,
      purchase_events: 0,
      purchase_value: null,
    },
  ])
  compareTable('category_counts', tables.category_counts, [
    { window_start: null, category: null, event_type: 'page', events: 1, value: null },
  ])
})

test('counts sessions, not events, in the funnel', () => {
  const session = (event_id: string, event_type: string, session_id: string | null) =>
    view(event_id, '07:14:00', { event_type, session_id })
  const { funnel_15m } = oracleTables([
    session('e1', 'view', 's1'),
    session('e2', 'view', 's1'),
    session('e3', 'view', 's2'),
    session('e4', 'view', null),
    session('e5', 'cart', 's2'),
  ])
  compareTable('funnel_15m', funnel_15m, [
    {
      window_start: '2019-10-01T07:00:00.000Z',
      category: 'shoes',
      view_sessions: 2,
      cart_sessions: 1,
      purchase_sessions: 0,
      view_to_cart: 0.5,
      cart_to_purchase: 0,
      view_to_purchase: 0,
    },
  ])
})
