/**
 * The real cloudevents SDK sends a shopping trip, in headers and as JSON, to a running collector.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from 'cloudevents'
import { losingAnswers } from './lost_answers.ts'
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
  await door.rows('SELECT 1')
  const { stored, duplicate } = await door.shop.ledger()
  // The event and the link of its visitor to its customer; then the event a second time.
  assert.deepEqual([Number(duplicate), Number(stored) > 0], [1, true])
})
