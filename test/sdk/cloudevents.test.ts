/**
 * The real cloudevents SDK sends a shopping trip, in headers and as JSON, to a running collector.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from 'cloudevents'
import { losingAnswers } from './lost_answers.ts'
import { RESTARTS_MS_MAX, restartUnderLoad } from './restart_under_load.ts'
import { openShopDoor } from './shop_door.ts'
import { assertTrip, TRIP, type TripProduct, tripSql } from './trip.ts'

const { list, view, cart, purchase, refund, currency, user, visitor } = TRIP

const lines = (sent: readonly { readonly product: TripProduct; readonly quantity: number }[]) =>
  sent.map(({ product, quantity }) => ({ ...product, quantity }))

/** The words of a shop's own messages, with our fields as their data. */
const MESSAGES: readonly (readonly [type: string, data: object])[] = [
  ['com.acme.shop.list', { list_id: list.id, items: list.products }],
  ['com.acme.shop.product.viewed', view.product],
  ['com.acme.shop.cart', { ...cart.product, quantity: cart.quantity }],
  [
    'com.acme.shop.order.completed.v2',
    {
      order_id: purchase.order,
      revenue: purchase.revenue,
      shipping: purchase.shipping,
      tax: purchase.tax,
      products: lines(purchase.lines),
    },
  ],
  [
    'com.acme.shop.refund',
    { order_id: refund.order, revenue: refund.amount, items: lines(refund.lines) },
  ],
]

const EVENTS = MESSAGES.map(
  ([type, data], index) =>
    new CloudEvent({
      id: String(index),
      source: '/shops/acme',
      type,
      time: new Date().toISOString(),
      data: { ...data, currency, user_id: user, anonymous_id: visitor },
    }),
)

function viewOf(product_id: string): CloudEvent<object> {
  const data = { product_id, anonymous_id: visitor }
  return new CloudEvent({
    id: product_id,
    source: '/shops/acme',
    type: 'com.acme.shop.product.viewed',
    data,
  })
}

type SdkMode = (typeof Mode)['BINARY' | 'STRUCTURED']

async function sends(t: TestContext, mode: SdkMode): Promise<void> {
  const door = await openShopDoor(t)
  const url = `${door.url}/cloudevents?writeKey=${door.key}`
  const emit = emitterFor(httpTransport(url), { binding: HTTP, mode })
  for (const event of EVENTS) await emit(event)
  assertTrip(await door.rows(tripSql('web')))
  const [first] = await door.rows("SELECT event_id FROM events WHERE event_type = 'view'")
  assert.equal(first?.event_id, '/shops/acme/1')
}

test('the cloudevents SDK sends the trip in headers (binary)', (t) => sends(t, Mode.BINARY))

test('the cloudevents SDK sends the trip as JSON (structured)', (t) => sends(t, Mode.STRUCTURED))

test('a CloudEvent sent again after a lost answer counts once', async (t) => {
  const door = await openShopDoor(t)
  const proxy = await losingAnswers(t, door.url, 1)
  const emit = emitterFor(httpTransport(`${proxy.url}/cloudevents?writeKey=${door.key}`))
  const [event] = EVENTS
  assert.ok(event)
  await assert.rejects(emit(event))
  await emit(event)
  assert.equal(proxy.lost(), 1)
  const [row] = await door.rows('SELECT count(*) AS events FROM events')
  const { duplicate } = await door.shop.ledger()
  assert.deepEqual([Number(row?.events), Number(duplicate)], [1, 1])
})

/**
 * The program has no retry of its own: what fails, fails to its caller, who sends again with the
 * same id. Promised are two things: no connection is refused, so that only those requests fail
 * which the killed collector had in hand; and what is sent again counts once.
 *
 * Tricky: its transport hands back headers and body but no status, so that a caller who cares for a
 * 503 has to look for `Retry-After`. A restart gives none: who connects meanwhile has to wait only.
 */
test('cloudevents: a restart refuses nobody, and what it cut off counts once when sent again', {
  timeout: RESTARTS_MS_MAX,
}, async (t) => {
  const failures: string[] = []
  const put_off: unknown[] = []
  const deliveries: Promise<void>[] = []
  const { sent_away } = await restartUnderLoad(t, ({ url, key }) => {
    const emit = emitterFor(httpTransport(`${url}/cloudevents?writeKey=${key}`))
    const deliver = async (event: CloudEvent<object>): Promise<void> => {
      try {
        const { headers } = (await emit(event)) as { headers: object }
        if ('retry-after' in headers) put_off.push(headers)
      } catch (thrown) {
        failures.push(String((thrown as NodeJS.ErrnoException).code))
        // Not at once: its connections to the dead collector have to be noticed first.
        await sleep(50)
        return deliver(event)
      }
    }
    return {
      send: (product_id) => void deliveries.push(deliver(viewOf(product_id))),
      finish: () => Promise.all(deliveries),
    }
  })
  assert.deepEqual(put_off, [])
  const cut = failures.filter((code) => code === 'ECONNRESET' || code === 'EPIPE')
  assert.deepEqual(failures, cut)
  assert.ok(cut.length > 0 && cut.length < sent_away)
})
