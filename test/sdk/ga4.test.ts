/** The shopping trip as a shop's server tells it to the Measurement Protocol, which has no SDK. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShopDoor } from './shop_door.ts'
import { assertTrip, TRIP, type TripProduct, tripSql } from './trip.ts'

const { list, view, cart, purchase, refund, currency } = TRIP

function item({ product_id, name, category, brand, price }: TripProduct, quantity?: number) {
  const told = { item_id: product_id, item_name: name, item_category: category, item_brand: brand }
  return { ...told, price, ...(quantity === undefined ? {} : { quantity }) }
}

const items = (lines: readonly { readonly product: TripProduct; readonly quantity: number }[]) =>
  lines.map(({ product, quantity }) => item(product, quantity))

const EVENTS = [
  {
    name: 'view_item_list',
    params: { item_list_id: list.id, items: list.products.map((product) => item(product)) },
  },
  { name: 'view_item', params: { currency, items: [item(view.product)] } },
  { name: 'add_to_cart', params: { currency, items: [item(cart.product, cart.quantity)] } },
  {
    name: 'purchase',
    params: {
      transaction_id: purchase.order,
      value: purchase.revenue,
      shipping: purchase.shipping,
      tax: purchase.tax,
      currency,
      items: items(purchase.lines),
    },
  },
  {
    name: 'refund',
    params: {
      transaction_id: refund.order,
      value: refund.amount,
      currency,
      items: items(refund.lines),
    },
  },
]

test('the Measurement Protocol carries the trip, sent twice and counted once', async (t) => {
  const door = await openShopDoor(t)
  const body = JSON.stringify({
    client_id: TRIP.visitor,
    user_id: TRIP.user,
    timestamp_micros: Date.now() * 1_000,
    events: EVENTS,
  })
  for (let sent = 0; sent < 2; sent++) {
    const path = `/mp/collect?measurement_id=G-SHOP&api_secret=${door.key}`
    const { status } = await fetch(door.url + path, { method: 'POST', body })
    assert.equal(status, 204)
  }
  assertTrip(await door.rows(tripSql('web')))
  const [order] = await door.rows('SELECT gross_revenue, refunded, revenue FROM orders')
  assert.deepEqual(Object.values(order ?? {}).map(Number), [26, 3.05, 22.95])
  const { duplicate, invalid } = await door.shop.ledger()
  assert.deepEqual([Number(duplicate), Number(invalid)], [EVENTS.length, 0])
})
