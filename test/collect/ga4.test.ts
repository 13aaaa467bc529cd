import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Shop } from '../engine/shop.ts'
import { runCollector } from './running_collector.ts'

const COLLECT = '/mp/collect?measurement_id=G-SHOP'
const MICROS = 1_772_366_340_123_456

const KETTLE = {
  item_id: 'kettle',
  item_name: 'Kettle',
  item_brand: 'Acme',
  item_category: 'home',
  item_category2: 'kitchen',
  item_category3: 'kettles',
  item_variant: 'red',
  price: 19.9,
  quantity: 1,
  index: 3,
}

function body(events: readonly object[], changes: object = {}): object {
  return { client_id: '12.34', timestamp_micros: MICROS, events, ...changes }
}

/** Sends events; answers all records. */
async function takes(context: TestContext, sent: object) {
  const { post, records } = await runCollector(context)
  const { status, json, headers } = await post(COLLECT, sent)
  assert.deepEqual([status, json, headers.get('content-type')], [204, '', null])
  return records()
}

test('reads a product that is seen, with the levels of its category', async (context) => {
  const params = {
    currency: 'EUR',
    value: 19.9,
    items: [KETTLE],
    session_id: 77,
    page_location: 'https://shop.example/k?utm_source=mail&utm_campaign=may',
    page_title: 'Kettle',
  }
  const [record] = await takes(context, body([{ name: 'view_item', params }]))
  assert.equal(record.event_type, 'view')
  assert.equal(record.anonymous_id, '12.34')
  assert.equal(record.session_id, '77')
  assert.equal(record.event_time, '2026-03-01T11:59:00.123456Z')
  assert.deepEqual([record.utm_source, record.utm_campaign], ['mail', 'may'])
  assert.deepEqual(
    [record.product_id, record.category, record.brand, record.price, record.quantity],
    ['kettle', 'home.kitchen.kettles', 'Acme', 19.9, 1],
  )
  assert.equal(record.items[0].product_name, 'Kettle')
  assert.deepEqual(record.items[0].properties, { item_variant: 'red', index: 3 })
  assert.deepEqual(record.properties, {
    event_name: 'view_item',
    value: 19.9,
    page_title: 'Kettle',
    measurement_id: 'G-SHOP',
  })
})

const TYPES: readonly (readonly [name: string, type: string])[] = [
  ['page_view', 'page'],
  ['view_search_results', 'search'],
  ['view_item_list', 'list'],
  ['select_item', 'click'],
  ['add_to_cart', 'cart'],
  ['remove_from_cart', 'remove_from_cart'],
  ['add_to_wishlist', 'wishlist'],
  ['begin_checkout', 'checkout'],
  ['add_payment_info', 'checkout'],
  ['purchase', 'purchase'],
  ['refund', 'refund'],
  ['login', 'login'],
  ['sign_up', 'signup'],
  ['view_cart', 'view_cart'],
  ['select_promotion', 'select_promotion'],
  ['generate_lead', 'generate_lead'],
]

test('knows the recommended events by our words, and keeps the words of others', async (context) => {
  const events = TYPES.map(([name]) => ({ name, params: { transaction_id: name } }))
  const records = await takes(context, body(events))
  assert.deepEqual(
    records.map(({ event_type }) => event_type),
    TYPES.map(([, type]) => type),
  )
})

test('reads a purchase and its refund, in part and whole', async (context) => {
  const order = { transaction_id: 'o1', currency: 'eur' }
  const purchase = { ...order, value: 26, shipping: 4.5, tax: '2', coupon: 'MAY', items: [KETTLE] }
  const part = { ...order, value: 3.05, items: [{ item_id: 'cup', price: '3.05', quantity: 1 }] }
  const records = await takes(
    context,
    body([
      { name: 'purchase', params: purchase },
      { name: 'refund', params: part },
      { name: 'refund', params: order },
    ]),
  )
  const [bought, inPart, whole] = records
  assert.deepEqual([bought.order_id, bought.revenue, bought.currency], ['o1', 26, 'EUR'])
  assert.deepEqual([bought.properties.tax, bought.properties.coupon], ['2', 'MAY'])
  assert.ok(!('price' in bought), 'the money of an order is its own')
  assert.deepEqual([inPart.order_id, inPart.revenue], ['o1', 3.05])
  assert.deepEqual(inPart.items, [{ product_id: 'cup', price: 3.05, quantity: 1 }])
  assert.deepEqual([whole.order_id, whole.revenue, whole.items], ['o1', undefined, undefined])
  assert.equal(new Set(records.map(({ event_id }) => event_id)).size, 3)
})

test('names an event by its content, so that a retry of the caller tells the same', async (context) => {
  const { post, records } = await runCollector(context)
  const event = { name: 'add_to_cart', params: { items: [KETTLE] } }
  await post(COLLECT, body([event]))
  await post(COLLECT, body([event]))
  await post(COLLECT, body([event], { timestamp_micros: MICROS + 1 }))
  await post(COLLECT, body([event], { client_id: '56.78' }))
  await post(COLLECT, body([{ ...event, timestamp_micros: String(MICROS) }]))
  const [first, retry, ...others] = records().map(({ event_id }) => event_id)
  assert.equal(first, retry)
  assert.equal(new Set([first, ...others]).size, 4)
})

test('takes two events alike without a time as two', async (context) => {
  const login = { name: 'login', params: { method: 'mail' } }
  const [first, second] = await takes(context, { client_id: '1', events: [login, login] })
  assert.notEqual(first.event_id, second.event_id)
})

const order = (params: object) => ({
  name: 'purchase',
  params: { transaction_id: 'o1', value: 5, currency: 'EUR', ...params },
})

test('knows a retry without a time by a transaction or an event_id of the sender', async (context) => {
  const { post, records } = await runCollector(context)
  const cart = (event_id: string) => ({ name: 'add_to_cart', params: { event_id } })
  const sent = { client_id: '1', events: [order({}), cart('e1'), cart('e2')] }
  await post(COLLECT, sent)
  await post(COLLECT, sent)
  const ids = records().map(({ event_id }) => event_id)
  assert.deepEqual(ids.slice(0, 3), ids.slice(3))
  assert.equal(new Set(ids).size, 3)
})

test('a purchase told again in other words is one order, by what was told first', async (context) => {
  const { post, records } = await runCollector(context)
  const shop = await new Shop(context).open()
  const later = { timestamp_micros: MICROS + 1_000_000 }
  for (const sent of [
    body([order({})]),
    body([order({})]),
    body([order({ value: 7 })], later),
    body([{ name: 'refund', params: { transaction_id: 'o1', value: 2 } }]),
    body([{ name: 'refund', params: { transaction_id: 'o1', value: 2 } }], later),
  ]) {
    await post(COLLECT, sent)
  }
  await shop.tell(records())
  const columns = 'order_id, copies, gross_revenue, refunded, revenue'
  assert.deepEqual(await shop.rows(`SELECT ${columns} FROM orders`), [
    { order_id: 'o1', copies: 2, gross_revenue: 5, refunded: 2, revenue: 3 },
  ])
  const reasons = await shop.rows('SELECT reason, raw FROM invalid_events')
  assert.deepEqual(
    reasons.map(({ reason }) => reason),
    ['id_conflict'],
    'the retry of the refund alone',
  )
})

test('reads the campaign of the event that tells of one, and of no other', async (context) => {
  const params = { source: 'mail', medium: 'email', campaign: 'may', term: 'cup' }
  const [told, other] = await takes(
    context,
    body([
      { name: 'campaign_details', params },
      { name: 'share', params },
    ]),
  )
  assert.deepEqual(
    [told.utm_source, told.utm_medium, told.utm_campaign, told.utm_term],
    ['mail', 'email', 'may', 'cup'],
  )
  assert.deepEqual([other.utm_source, other.properties.source], [undefined, 'mail'])
})

test('writes down a known user once: the customer, and whose the visitor is', async (context) => {
  const sent = body([{ name: 'page_view' }, { name: 'login' }], {
    user_id: 'u1',
    user_properties: { country: { value: 'DE' }, tier: { value: 'gold' } },
    device: { category: 'mobile', language: 'de' },
    consent: { ad_user_data: 'DENIED' },
  })
  const [page, login, customer, link] = await takes(context, sent)
  assert.deepEqual([page.user_id, page.device_type], ['u1', 'mobile'])
  assert.deepEqual(login.properties.consent, { ad_user_data: 'DENIED' })
  assert.deepEqual([customer.record, customer.key], ['customers', 'u1'])
  assert.equal(customer.row.country, 'DE')
  assert.deepEqual(customer.row.properties, { tier: 'gold' })
  assert.deepEqual([link.record, link.key, link.row.person_id], ['identity', '12.34', 'u1'])
})

test('keeps what it is told of a user whom nobody knows with the events', async (context) => {
  const [record] = await takes(
    context,
    body([{ name: 'page_view' }], { user_properties: { tier: { value: 'gold' } } }),
  )
  assert.deepEqual(record.properties.user_properties, { tier: { value: 'gold' } })
})

test('answers 204 to what it cannot read, and keeps it with the reason', async (context) => {
  const { post, records } = await runCollector(context)
  const bad: readonly (readonly [reason: string, sent: string | object])[] = [
    ['not_an_object', 'no json'],
    ['not_an_object', '[]'],
    ['not_an_object', '{"client_id":"1"}'],
    [
      'not_an_object',
      { client_id: '1', note: 'x'.repeat(9_000), events: Array(500).fill({ name: 'a' }) },
    ],
    ['wrong_type', body(['login' as unknown as object])],
    ['missing_field', body([{ params: {} }])],
    ['wrong_type', body([{ name: 'a', params: [] }])],
    ['wrong_type', body([{ name: 'view_item', params: { items: [{ price: {} }] } }])],
    ['missing_field', { events: [{ name: 'login' }] }],
    ['bad_time', body([{ name: 'a' }], { timestamp_micros: '2026' + '-03-01' })],
    ['in_future', body([{ name: 'a' }], { timestamp_micros: MICROS + 3_600_000_000 })],
  ]
  for (const [, sent] of bad) assert.equal((await post(COLLECT, sent)).status, 204)
  assert.deepEqual(
    records().map(({ record, reason }) => [record, reason]),
    bad.map(([reason]) => ['invalid', reason]),
  )
})

test('demands a key of ours as api_secret', async (context) => {
  const { post, records } = await runCollector(context, {
    settings: { host: '0.0.0.0' },
    keys: [{ key: 'secret', source: 'backend', kind: 'server' }],
  })
  const sent = body([{ name: 'page_view' }])
  assert.equal((await post(COLLECT, sent)).status, 401)
  assert.equal((await post(`${COLLECT}&api_secret=other`, sent)).status, 401)
  assert.equal((await post(`${COLLECT}&api_secret=secret`, sent)).status, 204)
  assert.deepEqual(
    records().map(({ source, origin }) => [source, origin]),
    [['backend', 'server']],
  )
})

const DEBUG = '/debug/mp/collect?measurement_id=G-SHOP'

test('says what is wrong with a request and keeps nothing of it', async (context) => {
  const { post, records } = await runCollector(context)
  const sent = {
    events: [
      { name: '_badEventName', params: {} },
      { name: 'session_start' },
      { name: 'purchase', params: { value: 5 } },
      { name: 'view_item', params: { items: [{ price: 'cheap' }] } },
      { name: 'share', params: { note: 'x'.repeat(101), 'bad name': 1 } },
      {},
    ],
  }
  const { status, json } = await post(DEBUG, sent)
  assert.equal(status, 200)
  assert.deepEqual(
    json.validationMessages.map(({ fieldPath, validationCode }: Record<string, string>) => [
      fieldPath,
      validationCode,
    ]),
    [
      ['client_id', 'VALUE_REQUIRED'],
      ['events[0].name', 'NAME_RESERVED'],
      ['events[1].name', 'NAME_RESERVED'],
      ['events[2].params.transaction_id', 'VALUE_REQUIRED'],
      ['events[2].params.currency', 'VALUE_REQUIRED'],
      ['events[3]', 'VALUE_INVALID'],
      ['events[4].params.note', 'VALUE_OUT_OF_BOUNDS'],
      ['events[4].params.bad name', 'NAME_INVALID'],
      ['events[5]', 'VALUE_REQUIRED'],
    ],
  )
  assert.match(json.validationMessages[5].description, /price is "cheap"/)
  assert.deepEqual(records(), [])
})

test('has nothing to say of a good request, and few words of a very bad one', async (context) => {
  const { post } = await runCollector(context)
  const good = body([{ name: 'view_item', params: { currency: 'EUR', value: 1, items: [KETTLE] } }])
  assert.deepEqual((await post(DEBUG, good)).json, { validationMessages: [] })
  const params = `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`
  const deep = `{"client_id":"1","events":[{"name":"a","params":${params}}]}`
  assert.equal((await post(DEBUG, deep)).json.validationMessages[0].validationCode, 'VALUE_INVALID')
  const many = await post(DEBUG, body(Array(1_000).fill({})))
  assert.equal(many.json.validationMessages.length, 100)
})
