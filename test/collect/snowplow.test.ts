import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { NOW, type RunningCollector, runCollector } from './running_collector.ts'

const TP2 = '/com.snowplowanalytics.snowplow/tp2'
const ECOMMERCE = 'iglu:com.snowplowanalytics.snowplow.ecommerce'
const SENT_MS = String(Date.parse(NOW))

function body(...payloads: readonly object[]): object {
  const schema = 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4'
  return { schema, data: payloads }
}

function payload(changes: object = {}): object {
  const dtm = String(Date.parse('2026-03-01T11:59:00Z'))
  return { e: 'pv', p: 'web', tv: 'js-4', eid: 'e1', dtm, stm: SENT_MS, duid: 'd1', ...changes }
}

function entity(name: string, data: object, vendor = ECOMMERCE): object {
  return { schema: `${vendor}/${name}/jsonschema/1-0-0`, data }
}

/** A self-describing event with its entities, packed as text. */
function packed(event: object, context: readonly object[] = []): object {
  return {
    e: 'ue',
    ue_pr: JSON.stringify({
      schema: 'iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0',
      data: event,
    }),
    ...(context.length === 0
      ? {}
      : {
          co: JSON.stringify({
            schema: 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0',
            data: context,
          }),
        }),
  }
}

function action(type: string, ...context: readonly object[]): object {
  return packed(entity('snowplow_ecommerce_action', { type }), context)
}

/** Sends one payload; answers its event's record. */
async function takeOne({ post, records }: RunningCollector, changes: object) {
  const before = records().length
  const { status, json } = await post(TP2, body(payload(changes)))
  assert.deepEqual([status, json], [200, 'ok'])
  return records()[before]
}

async function takes(context: TestContext, changes: object) {
  return takeOne(await runCollector(context), changes)
}

test('keeps page pings and structured events under names that are no event types of a shop', async (context) => {
  const collector = await runCollector(context)
  const ping = await takeOne(collector, { e: 'pp', pp_mix: '0', pp_may: '700' })
  assert.equal(ping.event_type, 'page_ping')
  assert.equal(ping.properties.pp_yoffset_max, '700')
  const struct = { e: 'se', se_ca: 'video', se_ac: 'View', se_la: 'intro', se_va: '2.5' }
  const { event_type, properties } = await takeOne(collector, { ...struct, eid: 'e2' })
  assert.equal(event_type, 'se_view')
  assert.equal(properties.se_category, 'video')
  assert.equal(properties.se_action, 'View')
  assert.equal(properties.se_value, '2.5')
})

test('reads an order of the old kind as a purchase and each of its lines as an event of its own', async (context) => {
  const { post, records } = await runCollector(context)
  const order = { e: 'tr', tr_id: 'o1', tr_tt: '20.00', tr_tx: '3.2', tr_sh: '1', tr_cu: 'eur' }
  const line = { e: 'ti', ti_id: 'o1', ti_sk: 'p1', ti_nm: 'Cup', ti_pr: '8', ti_qu: '2' }
  await post(TP2, body(payload(order), payload({ ...line, eid: 'e2' })))
  const [purchase, item] = records()
  assert.deepEqual(
    [purchase.event_type, purchase.order_id, purchase.revenue, purchase.currency],
    ['purchase', 'o1', 20, 'EUR'],
  )
  assert.deepEqual([purchase.properties.tax, purchase.properties.shipping], ['3.2', '1'])
  assert.deepEqual(
    [item.event_type, item.order_id, item.product_id, item.price, item.quantity],
    ['transaction_item', 'o1', 'p1', 8, 2],
  )
  assert.equal(item.properties.product_name, 'Cup')
})

test('takes over what entities say and keeps those it does not know', async (context) => {
  const page = entity('web_page', { id: 'w1' }, 'iglu:com.snowplowanalytics.snowplow')
  const step = entity('checkout_step', { step: 2, delivery_method: 'post', coupon_code: 'X' })
  const record = await takes(context, action('checkout_step', page, step))
  assert.equal(record.event_type, 'checkout')
  assert.equal(record.properties.step, 2)
  assert.equal(record.properties.coupon_code, 'X')
  assert.deepEqual(record.properties.contexts, [page])
})

test('keeps whole an entity that says otherwise than another', async (context) => {
  const transaction = entity('transaction', { transaction_id: 'o1', revenue: 5, currency: 'EUR' })
  const cart = entity('cart', { total_value: 9, currency: 'USD' })
  const record = await takes(context, action('transaction', transaction, cart))
  assert.deepEqual([record.order_id, record.revenue, record.currency], ['o1', 5, 'EUR'])
  assert.deepEqual(record.properties.contexts, [cart])
})

test('names an event after its schema and keeps its data', async (context) => {
  const review = entity('stars_given', { stars: 5, where: { shelf: 3 } }, 'iglu:com.acme')
  const { event_type, properties } = await takes(context, packed(review))
  assert.equal(event_type, 'stars_given')
  assert.equal(properties.stars, 5)
  assert.deepEqual(properties.where, { shelf: 3 })
  assert.equal(properties.schema, 'iglu:com.acme/stars_given/jsonschema/1-0-0')
})

test('reads a search of the site by its terms', async (context) => {
  const vendor = 'iglu:com.snowplowanalytics.snowplow'
  const search = entity('site_search', { terms: ['red', 'kettle'], totalResults: 3 }, vendor)
  const record = await takes(context, packed(search))
  assert.deepEqual([record.event_type, record.query], ['search', 'red kettle'])
})

test('corrects the time of the device by the time of sending, but never a true time', async (context) => {
  const { post, records } = await runCollector(context)
  const hour_ms = 3_600_000
  const slow = {
    dtm: String(Number(SENT_MS) - hour_ms - 5_000),
    stm: String(Number(SENT_MS) - hour_ms),
  }
  const true_time = { ...slow, ttm: String(Number(SENT_MS) - 2 * hour_ms), eid: 'e2' }
  await post(TP2, body(payload(slow), payload(true_time)))
  const [corrected, trusted] = records()
  assert.equal(corrected.event_time, '2026-03-01T11:59:55.000Z')
  assert.equal(trusted.event_time, '2026-03-01T10:00:00.000Z')
  assert.equal(trusted.client_time, '2026-03-01T10:00:00.000Z')
})

test('writes down the customer that the user entity tells of, and whose the visitor is', async (context) => {
  const { post, records } = await runCollector(context)
  const user = entity('user', { id: 'u1', email: 'u1@shop.example', is_guest: false })
  await post(TP2, body(payload(action('product_view', user))))
  const [event, customer, link] = records()
  assert.deepEqual([event.anonymous_id, event.user_id], ['d1', 'u1'])
  assert.deepEqual([customer.record, customer.key], ['customers', 'u1'])
  assert.equal(customer.row.email, 'u1@shop.example')
  assert.deepEqual([link.record, link.key, link.row.person_id], ['identity', 'd1', 'u1'])
})

const MISTAKES: readonly (readonly [reason: string, changes: object])[] = [
  ['missing_field', { e: '' }],
  ['wrong_type', { e: { a: 1 } }],
  ['wrong_type', { e: 'ue' }],
  ['wrong_type', { e: 'ue', ue_pr: '{"schema":"iglu:' }],
  ['wrong_type', { e: 'ue', ue_px: '%%%' }],
  ['wrong_type', { e: 'pv', cx: 'bm8ganNvbg' }],
  ['wrong_type', { e: 'tr', tr_id: 'o1', tr_tt: 'much' }],
  ['bad_time', { dtm: 'yesterday' }],
  ['bad_time', { ttm: '-5' }],
  ['in_future', { dtm: String(Number(SENT_MS) + 3_600_000) }],
  ['bad_text', packed(entity('x', { a: 'b\0' }, 'iglu:com.acme'))],
  ['too_deep', { e: 'ue', ue_pr: `${'[{"a":'.repeat(20)}1${'}]'.repeat(20)}` }],
]

test('keeps a payload that cannot be read, with its reason, and takes its neighbours', async (context) => {
  const { post, records } = await runCollector(context)
  const sent = MISTAKES.map(([, changes]) => payload(changes))
  const { status } = await post(TP2, body(payload(), ...sent, payload({ eid: 'last' })))
  assert.equal(status, 200)
  const [first, ...others] = records()
  assert.equal(first.record, 'event')
  assert.equal(others.pop().event_id, 'last')
  assert.deepEqual(
    others.map(({ record, reason }) => [record, reason]),
    MISTAKES.map(([reason]) => ['invalid', reason]),
  )
  assert.deepEqual(JSON.parse(others[0].raw), sent[0])
})

test('refuses a body that holds no payloads', async (context) => {
  const { post, records } = await runCollector(context)
  for (const sent of ['', 'no json', '{}', '"e=pv"', '{"data":{}}']) {
    assert.equal((await post(TP2, sent)).status, 400)
  }
  assert.deepEqual(records(), [])
})

test('takes payloads at paths with a reverse domain name, and at those of the setting', async (context) => {
  const { post, records } = await runCollector(context, {
    settings: { snowplow_paths: '/shop/track,/s/t' },
    target: () => undefined,
  })
  for (const path of ['/com.acme-shop/track', '/shop/track', '/s/t']) {
    assert.equal((await post(path, body(payload()))).status, 200)
  }
  assert.equal(records().length, 3)
  for (const path of ['/api/tables', '/no.html', '/shop/other', '/com.acme/track/more']) {
    assert.equal((await post(path, body(payload()))).status, 503, `${path} is passed on`)
  }
})

test('answers a preflight of such a path, and passes a GET of it on', async (context) => {
  const { url } = await runCollector(context)
  const asked = { method: 'OPTIONS', headers: { origin: 'https://shop.example' } }
  assert.equal((await fetch(`${url}/com.acme/track`, asked)).status, 204)
  assert.equal((await fetch(`${url}/com.acme/track`)).status, 503)
})
