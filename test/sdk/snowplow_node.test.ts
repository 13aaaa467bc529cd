/** The real @snowplow/node-tracker sends a shopping trip to a running collector. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { buildSelfDescribingEvent, newTracker } from '@snowplow/node-tracker'
import { waitFor } from '../collect/shop_site.ts'
import { losingAnswers } from './lost_answers.ts'
import { RESTARTS_MS_MAX, restartUnderLoad } from './restart_under_load.ts'
import { openShopDoor } from './shop_door.ts'
import { productView, SNOWPLOW_TRIP } from './snowplow_trip.ts'
import { assertTrip, TRIP, tripSql } from './trip.ts'

type Method = 'get' | 'post'

function trackerTo(url: string, eventMethod: Method, postPath?: string, more: object = {}) {
  const { hostname, port } = new URL(url)
  const tracker = newTracker(
    { namespace: 'shop', appId: 'web' },
    {
      endpoint: hostname,
      protocol: 'http',
      port: Number(port),
      eventMethod,
      bufferSize: 100,
      ...more,
      ...(postPath === undefined ? {} : { postPath }),
    },
  )
  tracker.setUserId(TRIP.user)
  tracker.setDomainUserId(TRIP.visitor)
  return tracker
}

/** Tracks the trip, then sends until nothing waits any more: each flush is one try. */
async function sendTrip(tracker: ReturnType<typeof trackerTo>, tries = 1): Promise<void> {
  for (const { event, context } of SNOWPLOW_TRIP) {
    tracker.track(buildSelfDescribingEvent({ event }), [...context])
  }
  for (let sent = 0; sent < tries; sent++) await tracker.flush()
}

async function sends(t: TestContext, method: Method, postPath?: string): Promise<void> {
  const door = await openShopDoor(t)
  await sendTrip(trackerTo(door.url, method, postPath))
  assertTrip(await door.rows(tripSql('web')))
  const [order] = await door.rows('SELECT gross_revenue, refunded, revenue FROM orders')
  assert.deepEqual(Object.values(order ?? {}).map(Number), [26, 3.05, 22.95])
}

test('@snowplow/node-tracker sends the trip by POST', (t) => sends(t, 'post'))

test('@snowplow/node-tracker sends the trip by GET, one pixel an event', (t) => sends(t, 'get'))

test('@snowplow/node-tracker sends the trip to a path of its own', (t) =>
  sends(t, 'post', '/com.acme-shop/track'))

test('@snowplow/node-tracker sends again after a lost answer, and each event counts once', async (t) => {
  const door = await openShopDoor(t)
  const proxy = await losingAnswers(t, door.url, 1)
  await sendTrip(trackerTo(proxy.url, 'post'), 2)
  assert.equal(proxy.lost(), 1)
  assertTrip(await door.rows(tripSql('web')))
  const { duplicate, invalid } = await door.shop.ledger()
  assert.deepEqual([Number(duplicate), Number(invalid)], [SNOWPLOW_TRIP.length, 0])
})

test('@snowplow/node-tracker loses nothing while the collector is restarted under its load', {
  timeout: RESTARTS_MS_MAX,
}, async (t) => {
  let cut = 0
  await restartUnderLoad(t, ({ url }) => {
    const tracker = trackerTo(url, 'post', undefined, {
      bufferSize: 10,
      onRequestFailure: () => {
        cut++
      },
    })
    return {
      send: (product) => {
        const { event, context } = productView(product)
        tracker.track(buildSelfDescribingEvent({ event }), [...context])
      },
      // It has no clock: what failed waits for the next event, or to be told.
      finish: (arrived) =>
        waitFor('all to arrive', async () => {
          await tracker.flush()
          return arrived()
        }),
    }
  })
  assert.ok(cut > 0)
})
