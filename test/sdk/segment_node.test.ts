import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Analytics } from '@segment/analytics-node'
import { losingAnswers } from './lost_answers.ts'
import { RESTARTS_MS_MAX, restartUnderLoad } from './restart_under_load.ts'
import { SEGMENT_TRIP } from './segment_trip.ts'
import { openShopDoor } from './shop_door.ts'
import { assertTrip, TRIP, tripSql } from './trip.ts'

const who = { userId: TRIP.user, anonymousId: TRIP.visitor }

/** Sends the trip and waits until the program says that all of it arrived. */
async function sendTrip(host: string, writeKey: string): Promise<void> {
  const analytics = new Analytics({ writeKey, host, flushInterval: 50 })
  const errors: unknown[] = []
  analytics.on('error', (error) => errors.push(error))
  for (const call of SEGMENT_TRIP) analytics.track({ ...who, ...call })
  await analytics.closeAndFlush()
  assert.deepEqual(errors, [])
}

test('@segment/analytics-node sends the trip', async (t) => {
  const door = await openShopDoor(t)
  await sendTrip(door.url, door.key)
  assertTrip(await door.rows(tripSql('web')))
  const [order] = await door.rows('SELECT order_id, gross_revenue, refunded, revenue FROM orders')
  assert.deepEqual(Object.values(order ?? {}).map(String), ['order-1', '26', '3.05', '22.95'])
  const people = await door.rows('SELECT visitor_id, person_id FROM identity')
  assert.deepEqual(people, [{ visitor_id: TRIP.visitor, person_id: TRIP.user }])
})

test('@segment/analytics-node sends again when an answer is lost, and counts once', async (t) => {
  const door = await openShopDoor(t)
  const proxy = await losingAnswers(t, door.url, 1)
  await sendTrip(proxy.url, door.key)
  assert.equal(proxy.lost(), 1)
  assertTrip(await door.rows(tripSql('web')))
  const { duplicate, invalid } = await door.shop.ledger()
  assert.deepEqual([Number(duplicate), Number(invalid)], [SEGMENT_TRIP.length, 0])
})

test('@segment/analytics-node loses nothing while the collector is restarted under its load', {
  timeout: RESTARTS_MS_MAX,
}, async (t) => {
  const errors: unknown[] = []
  const delivered: string[] = []
  let again = 0
  const figures = await restartUnderLoad(t, ({ url, key }) => {
    const analytics = new Analytics({ writeKey: key, host: url, flushInterval: 50 })
    analytics.on('error', (error) => errors.push(error))
    analytics.on('http_request', ({ headers }) => {
      if ('X-Retry-Count' in headers) again++
    })
    return {
      send: (product_id) => {
        const call = { ...who, event: 'Product Viewed', properties: { product_id } }
        analytics.track(call, (error) => void (error ?? delivered.push(product_id)))
      },
      finish: () => analytics.closeAndFlush({ timeout: RESTARTS_MS_MAX }),
    }
  })
  assert.deepEqual([errors, delivered.length], [[], figures.sent])
  assert.ok(again > 0)
})
