import assert from 'node:assert/strict'
import { test } from 'node:test'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { losingAnswers } from './lost_answers.ts'
import { RESTARTS_MS_MAX, restartUnderLoad } from './restart_under_load.ts'
import { SEGMENT_TRIP } from './segment_trip.ts'
import { openShopDoor } from './shop_door.ts'
import { assertTrip, TRIP, tripSql } from './trip.ts'

const who = { userId: TRIP.user, anonymousId: TRIP.visitor }

/** Its log would stand between the results of the tests. */
const QUIET = { logLevel: 'none' }

/** Sends the trip and waits until the program says of each event that it arrived. */
async function sendTrip(dataPlaneUrl: string, key: string, gzip: boolean): Promise<void> {
  const rudder = new RudderAnalytics(key, { ...QUIET, dataPlaneUrl, gzip, flushInterval: 20 })
  const arrivals = SEGMENT_TRIP.map(({ event, properties }) => arrival(rudder, event, properties))
  await Promise.all(arrivals)
}

/** Tricky: what the program hands its callback on failure is missing in its types. */
function arrival(rudder: RudderAnalytics, event: string, properties: object): Promise<void> {
  return new Promise((arrived, failed) => {
    const told = (error?: Error) => (error ? failed(error) : arrived())
    rudder.track({ ...who, event, properties: { ...properties } }, told)
  })
}

for (const gzip of [true, false]) {
  test(`rudder-sdk-node sends the trip, ${gzip ? 'zipped' : 'plain'}`, async (t) => {
    const door = await openShopDoor(t)
    await sendTrip(door.url, door.key, gzip)
    assertTrip(await door.rows(tripSql('web')))
  })
}

test('rudder-sdk-node sends again when an answer is lost, and counts once', async (t) => {
  const door = await openShopDoor(t)
  const proxy = await losingAnswers(t, door.url, 1)
  await sendTrip(proxy.url, door.key, true)
  assert.equal(proxy.lost(), 1)
  assertTrip(await door.rows(tripSql('web')))
  const { duplicate, invalid } = await door.shop.ledger()
  assert.deepEqual([Number(duplicate) > 0, Number(invalid)], [true, 0])
})

test('rudder-sdk-node loses nothing while the collector is restarted under its load', {
  timeout: RESTARTS_MS_MAX,
}, async (t) => {
  const arrivals: Promise<void>[] = []
  let again = 0
  await restartUnderLoad(t, ({ url, key }) => {
    const rudder = new RudderAnalytics(key, {
      ...QUIET,
      dataPlaneUrl: url,
      flushInterval: 20,
      axiosRetryConfig: { onRetry: () => again++ },
    })
    return {
      send: (product_id) => void arrivals.push(arrival(rudder, 'Product Viewed', { product_id })),
      finish: () => Promise.allSettled(arrivals),
    }
  })
  // It tries three times more, within 1.6 s, and then tells of a failure: there is none.
  await Promise.all(arrivals)
  assert.ok(again > 0)
})
