import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareTable } from './compare.ts'
import type { OracleEvent } from './event.ts'
import { oracleTables } from './tables.ts'
import { isoTime, MINUTE_US, micros } from './time.ts'

const HOUR = '2024-01-01T10:00:00.000Z'

/** A purchase or refund at ten plus so many minutes. */
const event = (event_type: string, minute: number, columns: Partial<OracleEvent>): OracleEvent => ({
  event_id: `${event_type}-${minute}`,
  source: 'web',
  origin: 'browser',
  event_type,
  event_time: isoTime(micros(HOUR) + minute * MINUTE_US),
  anonymous_id: 'a1',
  order_id: 'o1',
  currency: 'EUR',
  ...columns,
})
const purchase = (minute: number, columns: Partial<OracleEvent>) =>
  event('purchase', minute, columns)
const refund = (minute: number, columns: Partial<OracleEvent>) => event('refund', minute, columns)

const LINES = [
  { product_id: 'p1', price: '10', quantity: 2 },
  { product_id: 'p2', price: 5 },
]
const NEXT_HOUR = '2024-01-01T11:00:00.000Z'

/** The columns of the only order that a test speaks of. */
function orderOf(events: readonly OracleEvent[], ...columns: readonly string[]) {
  const { orders } = oracleTables(events)
  assert.equal(orders.length, 1)
  return columns.map((column) => orders[0]?.[column])
}

test('counts a reloaded page once, by its earliest copy', () => {
  const events = [
    purchase(5, { items: LINES, event_id: 'reload' }),
    purchase(1, { items: LINES, event_id: 'page' }),
  ]
  assert.deepEqual(orderOf(events, 'event_id', 'copies', 'lines', 'revenue'), [
    'page',
    2,
    2,
    '25.0000',
  ])
  assert.equal(oracleTables(events).product_sales.length, 2)
})

test('prefers server to import to browser, however late they come', () => {
  const copies = [
    purchase(1, { revenue: 1, origin: 'browser' }),
    purchase(2, { revenue: 2, origin: 'import', source: 'file' }),
    purchase(3, { revenue: 3, origin: 'server', source: 'shop', anonymous_id: 'a9' }),
  ]
  assert.deepEqual(orderOf(copies, 'revenue', 'visitor_id', 'order_time', 'source'), [
    '3.0000',
    'a9',
    '2024-01-01T10:03:00.000Z',
    'shop',
  ])
  assert.deepEqual(orderOf(copies.slice(0, 2), 'revenue'), ['2.0000'])
})

test('takes the stated revenue and calls the rest an adjustment', () => {
  const columns = ['lines_value', 'adjustment', 'gross_revenue'] as const
  const stated = orderOf([purchase(1, { items: LINES, revenue: '22.5' })], ...columns)
  assert.deepEqual(stated, ['25.0000', '-2.5000', '22.5000'])
  const unstated = orderOf([purchase(1, { items: LINES })], ...columns)
  assert.deepEqual(unstated, ['25.0000', null, '25.0000'])
})

test('makes an order of each purchase that names none', () => {
  const { orders, revenue_1h } = oracleTables([
    purchase(1, { order_id: null, price: '2.62', product_id: 'p1', event_id: 'x' }),
    purchase(1, { order_id: null, price: '2.62', product_id: 'p1', event_id: 'x', source: 'b' }),
  ])
  assert.deepEqual(orders.map((order) => order.order_id).sort(), ['b/x', 'web/x'])
  compareTable('revenue_1h', revenue_1h, [
    {
      window_start: HOUR,
      currency: 'EUR',
      orders: 2,
      buyers: 1,
      gross_revenue: '5.24',
      refunds: 0,
      refunded: null,
      revenue: '5.24',
      order_value_avg: 2.62,
    },
  ])
})

test('nets partial refunds at their own time, and never more than is left', () => {
  const { orders, revenue_1h, product_sales } = oracleTables([
    purchase(1, { items: LINES }),
    refund(70, { items: [{ product_id: 'p1', price: 10 }], currency: 'USD' }),
    refund(71, { revenue: '100', order_id: 'o1' }),
    refund(72, {}),
  ])
  assert.deepEqual([orders[0]?.refunded, orders[0]?.cancelled], ['25.0000', true])
  compareTable('revenue_1h', revenue_1h, [
    {
      window_start: HOUR,
      currency: 'EUR',
      orders: 1,
      buyers: 1,
      gross_revenue: 25,
      refunds: 0,
      refunded: null,
      revenue: 25,
      order_value_avg: 25,
    },
    {
      window_start: NEXT_HOUR,
      currency: 'EUR',
      orders: 0,
      buyers: 0,
      gross_revenue: null,
      refunds: 3,
      refunded: -25,
      revenue: -25,
      order_value_avg: null,
    },
  ])
  compareTable('product_sales', product_sales, [
    { window_start: HOUR, product_id: 'p1', currency: 'EUR', sales: 1, units: 2, revenue: 20 },
    { window_start: HOUR, product_id: 'p2', currency: 'EUR', sales: 1, units: 1, revenue: 5 },
    {
      window_start: NEXT_HOUR,
      product_id: 'p1',
      currency: 'EUR',
      sales: 0,
      units: -1,
      revenue: -10,
    },
  ])
})

test('takes for a refunded line without a price what the order took for the product', () => {
  const sold = [{ product_id: 'p1', price: null }, ...LINES, { product_id: 'p1', price: 7 }]
  const { orders, order_lines } = oracleTables([
    purchase(1, { items: sold }),
    refund(2, {
      items: [
        { product_id: 'p1', quantity: 2 },
        { product_id: 'p2', price: 3 },
        { product_id: 'not-bought' },
        { product_id: null },
      ],
    }),
  ])
  assert.equal(orders[0]?.refunded, '23.0000')
  const taken = order_lines.filter(({ movement }) => movement === 'refund')
  assert.deepEqual(
    taken.map(({ price, units, amount }) => [price, units, amount]),
    [
      [null, -2, '-20.0000'],
      ['3.0000', -1, '-3.0000'],
      [null, -1, null],
      [null, -1, null],
    ],
  )
})

test('takes everything back by a refund that says nothing, whenever it came', () => {
  const events = [refund(0, {}), purchase(1, { items: LINES, revenue: '30' })]
  assert.deepEqual(orderOf(events, 'revenue', 'refunded', 'cancelled'), ['0.0000', '30.0000', true])
  assert.deepEqual(
    oracleTables(events).order_movements.map(({ movement, amount }) => [movement, amount]),
    [
      ['order', '30.0000'],
      ['refund', '-30.0000'],
    ],
  )
})

test('nets nothing by a refund whose order is unknown', () => {
  const tables = oracleTables([refund(1, { revenue: 5 }), refund(2, { order_id: null })])
  assert.deepEqual(tables.order_movements, [])
  assert.deepEqual(tables.revenue_1h, [])
})

test('gives the stated revenue to the line of an order that has only one', () => {
  const [single] = oracleTables([
    purchase(1, { product_id: 'p1', price: 10, quantity: 2, revenue: '18' }),
  ]).order_lines
  assert.deepEqual([single?.amount, single?.units, single?.price], ['18.0000', 2, '10.0000'])
  const several = oracleTables([purchase(1, { items: LINES, revenue: '18' })]).order_lines
  assert.deepEqual(
    several.map(({ amount }) => amount),
    ['20.0000', '5.0000'],
  )
})
