import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventRecord, type LogRecord, Shop } from './shop.ts'

const ORDER = `SELECT order_id, lines, copies, gross_revenue, refunded, revenue, cancelled
  FROM orders
  ORDER BY order_id`

const purchase = (id: string, time: string, rest: LogRecord) =>
  eventRecord(id, time, { event_type: 'purchase', order_id: 'o1', origin: 'browser', ...rest })

test('parts of an order add up, identical ones too', async (t) => {
  const shop = await new Shop(t).open()
  const part = (id: string, line_id: string, rest: LogRecord = {}) =>
    purchase(id, '12:00:00', { line_id, price: 2.5, quantity: 2, origin: 'import', ...rest })
  await shop.tell([part('a', '1'), part('b', '2')])
  await shop.tell([part('c', '3', { price: 1.125, quantity: 1 })])
  assert.deepEqual(await shop.rows(ORDER), [
    {
      order_id: 'o1',
      lines: 3,
      copies: 1,
      gross_revenue: 11.125,
      refunded: 0,
      revenue: 11.125,
      cancelled: false,
    },
  ])
  const [sold] = await shop.rows(
    'SELECT sum(revenue) AS revenue, sum(units) AS units FROM product_sales',
  )
  assert.deepEqual(sold, { revenue: 11.125, units: 5 })
})

test("the server's whole copy beats imported parts, and those a browser's copy", async (t) => {
  const shop = await new Shop(t).open()
  const revenue = async () => {
    const [row] = await shop.rows('SELECT revenue, copies FROM orders')
    return [row?.revenue, row?.copies]
  }
  await shop.tell([purchase('thanks', '12:00:00', { price: 30 })])
  await shop.tell([purchase('reload', '12:05:00', { price: 30 })])
  assert.deepEqual(await revenue(), [30, 2])
  await shop.tell([
    purchase('part-1', '12:00:00', { line_id: '1', price: 12, origin: 'import' }),
    purchase('part-2', '12:00:00', { line_id: '2', price: 16, origin: 'import' }),
  ])
  assert.deepEqual(await revenue(), [28, 3])
  await shop.tell([purchase('server', '12:10:00', { price: 99, revenue: 27.5, origin: 'server' })])
  assert.deepEqual(await revenue(), [27.5, 4])
})

test('revenue is converted at the last rate of its day or before, never guessed', async (t) => {
  const shop = await new Shop(t, { currency: 'EUR' }).open()
  const rate = (date: string, currency: string, value: number) => ({
    record: 'rates',
    source: 'rates',
    received_at: '2026-01-31T23:00:00Z',
    key: `${date}/${currency}`,
    updated_at: '2026-01-31T00:00:00Z',
    row: { date, currency, rate: value },
  })
  const order = (id: string, time: string, currency: string | undefined) =>
    purchase(id, time, { order_id: id, currency, price: 10 })
  await shop.tell([rate('2026-01-30', 'USD', 0.8), rate('2026-01-31', 'USD', 0.9)])
  await shop.tell([
    order('a', '2026-01-30T10:00:00Z', 'USD'),
    order('b', '2026-02-03T10:00:00Z', 'USD'),
    order('c', '2026-01-01T10:00:00Z', 'USD'),
    order('d', '12:00:00', 'GBP'),
    order('e', '12:00:00', 'EUR'),
    order('f', '12:00:00', undefined),
  ])
  const rows = await shop.rows('SELECT order_id, revenue_converted FROM orders ORDER BY order_id')
  assert.deepEqual(
    rows.map(({ revenue_converted }) => revenue_converted),
    [8, 9, null, null, 10, 10],
  )
})

test('a refunded line without a price takes what the copy that won took for it', async (t) => {
  const shop = await new Shop(t).open()
  const line = (product_id: string, rest: LogRecord = {}) => ({ product_id, ...rest })
  const mugs = (price: number) => [line('mug', { price, quantity: 3 }), line('pot', { price: 20 })]
  const back = { event_type: 'refund', order_id: 'o1' }
  const told = async () => {
    const [order] = await shop.rows('SELECT refunded, revenue FROM orders')
    const sales = `SELECT product_id, sum(units) AS units, sum(revenue) AS revenue
      FROM product_sales GROUP BY ALL ORDER BY ALL`
    return [order, ...(await shop.rows(sales))]
  }
  await shop.tell([
    eventRecord('back', '13:00:00', {
      ...back,
      items: [line('mug', { quantity: 2 }), line('cup')],
    }),
    purchase('page', '12:00:00', { items: mugs(5) }),
  ])
  assert.deepEqual(await told(), [
    { refunded: 10, revenue: 25 },
    { product_id: 'cup', units: -1, revenue: null },
    { product_id: 'mug', units: 1, revenue: 5 },
    { product_id: 'pot', units: 1, revenue: 20 },
  ])
  await shop.tell([purchase('server', '12:10:00', { items: mugs(4), origin: 'server' })])
  const [order, , mug] = await told()
  assert.deepEqual(order, { refunded: 8, revenue: 24 })
  assert.deepEqual(mug, { product_id: 'mug', units: 1, revenue: 4 })
})

const row = (record: string, key: string, updated_at: string, given: LogRecord) => ({
  record,
  source: 'web',
  received_at: '2026-01-31T23:00:00Z',
  key,
  updated_at: `2026-01-31T${updated_at}Z`,
  row: given,
})

test('telling one trait of a customer forgets no other, in any order of arrival', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([row('customers', 'u1', '12:00:00', { email: 'new@shop.example' })])
  await shop.tell([
    row('customers', 'u1', '11:00:00', { email: 'old@shop.example', customer_name: 'Ada' }),
  ])
  assert.deepEqual(await shop.rows('SELECT user_id, email, customer_name FROM customers'), [
    { user_id: 'u1', email: 'new@shop.example', customer_name: 'Ada' },
  ])
})

test('a visitor becomes a person when presented, and one row undoes it', async (t) => {
  const shop = await new Shop(t).open()
  const persons = async () => {
    const rows = await shop.rows(
      'SELECT person_id, customer_name FROM enriched_events ORDER BY event_id',
    )
    return rows.map(({ person_id, customer_name }) => `${person_id}: ${customer_name}`)
  }
  await shop.tell([
    eventRecord('a', '12:00:00', { user_id: undefined, anonymous_id: 'cookie-1' }),
    eventRecord('b', '12:00:01', { user_id: 'u1' }),
    row('customers', 'u1', '12:00:00', { customer_name: 'Ada' }),
  ])
  assert.deepEqual(await persons(), ['cookie-1: null', 'u1: Ada'])
  await shop.tell([row('identity', 'cookie-1', '12:01:00', { person_id: 'u1' })])
  assert.deepEqual(await persons(), ['u1: Ada', 'u1: Ada'])
  await shop.tell([row('identity', 'cookie-1', '12:02:00', { person_id: null })])
  assert.deepEqual(await persons(), ['cookie-1: null', 'u1: Ada'])
})

test('links are followed to the last person, and a ring of links is one person', async (t) => {
  const shop = await new Shop(t).open()
  const link = (visitor: string, person_id: string | null, at = '12:00:00') =>
    row('identity', visitor, at, { person_id })
  const persons = async () => {
    const rows = await shop.rows('SELECT visitor_id, person_id FROM persons ORDER BY visitor_id')
    return rows.map(({ visitor_id, person_id }) => `${visitor_id}: ${person_id}`)
  }
  const seen = (name: string, ids: LogRecord) =>
    eventRecord(name, '12:00:00', { user_id: undefined, ...ids })
  await shop.tell([
    seen('1', { anonymous_id: 'cookie' }),
    seen('2', { user_id: 'old@shop.example' }),
    seen('3', { anonymous_id: 'stranger' }),
    row('customers', 'c42', '12:00:00', { customer_name: 'Ada' }),
    link('old@shop.example', 'c42'),
    link('cookie', 'old@shop.example'),
    link('r1', 'r2'),
    link('r2', 'r3'),
    link('r3', 'r1'),
    link('r0', 'r3'),
  ])
  assert.deepEqual(await persons(), [
    'cookie: c42',
    'old@shop.example: c42',
    'r0: r1',
    'r1: r1',
    'r2: r1',
    'r3: r1',
  ])
  const presented = await shop.rows(
    'SELECT person_id, customer_name FROM enriched_events ORDER BY event_id',
  )
  assert.deepEqual(
    presented.map(({ person_id, customer_name }) => `${person_id}: ${customer_name}`),
    ['c42: Ada', 'c42: Ada', 'stranger: null'],
  )
  await shop.tell([link('old@shop.example', null, '12:01:00'), link('r3', null, '12:01:00')])
  assert.deepEqual(await persons(), ['cookie: old@shop.example', 'r0: r3', 'r1: r3', 'r2: r3'])
  const chain = Array.from({ length: 40 }, (_, at) => link(`v${at}`, `v${at + 1}`))
  await shop.tell(chain)
  const [longest] = await shop.rows("SELECT person_id, links FROM persons WHERE visitor_id = 'v0'")
  assert.deepEqual(longest, { person_id: 'v16', links: 16 })
})

test('messages of the systems are kept once each', async (t) => {
  const shop = await new Shop(t).open()
  const message = row('logs', 'm1', '12:00:00', {
    service: 'checkout',
    level: 'error',
    message: 'x',
  })
  await shop.tell([message, message])
  assert.deepEqual(await shop.rows('SELECT log_id, service, level, message FROM logs'), [
    { log_id: 'm1', service: 'checkout', level: 'error', message: 'x' },
  ])
})
