/**
 * The real @rudderstack/analytics-js sends a shopping trip from a page in a real browser, with
 * nobody to ask but the collector. It is the build that has its plugins within: the other one loads
 * them from RudderStack's own servers, or from where `pluginsSDKBaseURL` says, and its npm package
 * does not hold them.
 */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { skip, waitFor } from '../collect/shop_site.ts'
import { losingAnswers } from './lost_answers.ts'
import { RESTARTS_MS_MAX, restartUnderLoad } from './restart_under_load.ts'
import { openScriptPage } from './script_page.ts'
import { SEGMENT_TRIP, type TrackCall } from './segment_trip.ts'
import { openShopDoor, type ShopDoor } from './shop_door.ts'
import { assertTrip, TRIP, tripSql } from './trip.ts'

const BUILDS = resolve(
  import.meta.dirname,
  '../../node_modules/@rudderstack/analytics-js/dist/npm/modern',
)
const BUNDLED = `${BUILDS}/bundled/umd/index.js`
/** For pages that send to RudderStack alone; it asks and sends as the other does. */
const LITE = `${BUILDS}/lite/umd/index.js`

const DEEP_QUEUE = { queueOptions: { maxItems: 1_000 } }

/** What of the program's API the page calls; it runs in the page, where our types do not reach. */
interface Program {
  load(key: string, url: string, options: object): void
  identify(user: string): void
  track(event: string, properties: object): void
}

interface Door {
  readonly url: string
  readonly key: string
}

async function loadProgram(page: Page, { url, key }: Door, options: object = {}): Promise<void> {
  await page.evaluate(
    ({ url, key, options }) => {
      const { RudderAnalytics } = Reflect.get(globalThis, 'rudderanalytics') as {
        RudderAnalytics: new () => Program
      }
      const program = new RudderAnalytics()
      program.load(key, url, { configUrl: url, ...options })
      Reflect.set(globalThis, 'program', program)
    },
    { url, key, options },
  )
}

async function sendCalls(page: Page, calls: readonly TrackCall[], user?: string): Promise<void> {
  await page.evaluate(
    ({ calls, user }) => {
      const program = Reflect.get(globalThis, 'program') as Program
      if (user !== undefined) program.identify(user)
      for (const { event, properties } of calls) program.track(event, properties)
    },
    { calls, user },
  )
}

async function waitForTrip(door: ShopDoor): Promise<void> {
  await waitFor('the trip to arrive', async () => {
    const [row] = await door.rows('SELECT count(*) AS events FROM events')
    return Number(row?.events) === SEGMENT_TRIP.length ? row : undefined
  })
}

const WAYS: readonly (readonly [how: string, build: string, options: object])[] = [
  ['one by one', BUNDLED, {}],
  ['in batches', BUNDLED, { queueOptions: { batch: { enabled: true, flushInterval: 200 } } }],
  ['by beacon', BUNDLED, { useBeacon: true, beaconQueueOptions: { flushQueueInterval: 200 } }],
  ['with its lite build', LITE, {}],
]

for (const [how, build, options] of WAYS) {
  test(`@rudderstack/analytics-js sends the trip from a page, ${how}`, { skip }, async (t) => {
    const door = await openShopDoor(t)
    const page = await openScriptPage(t, build)
    const asked = new Set<string>()
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    await loadProgram(page, door, options)
    await sendCalls(page, SEGMENT_TRIP, TRIP.user)
    await waitForTrip(door)
    assertTrip(await door.rows(tripSql('web')))
    const [row] = await door.rows(`SELECT any_value(page_url) AS page, any_value(ip) AS ip,
      count(DISTINCT visitor_id) AS visitors, count(user_id) AS users FROM events`)
    assert.deepEqual([row?.page, row?.ip], [page.url(), '127.0.0.0'])
    assert.deepEqual([Number(row?.visitors), Number(row?.users)], [1, SEGMENT_TRIP.length])
    assert.deepEqual([...asked], [door.url])
  })
}

test('@rudderstack/analytics-js sends again when an answer is lost, and counts once', {
  skip,
}, async (t) => {
  const door = await openShopDoor(t)
  const proxy = await losingAnswers(t, door.url, 2)
  const page = await openScriptPage(t, BUNDLED)
  await loadProgram(page, { url: proxy.url, key: door.key })
  await sendCalls(page, SEGMENT_TRIP)
  await waitForTrip(door)
  await waitFor('the other copies to arrive', async () => {
    const [row] = await door.rows('SELECT sum(duplicate) AS copies FROM ledger')
    return Number(row?.copies) === 2 ? row : undefined
  })
  assert.equal(proxy.lost(), 2)
  assertTrip(await door.rows(tripSql('web')))
})

/**
 * By itself it has 100 requests on their way and 100 events waiting for one, and drops the oldest
 * of more: of 400 events tracked in one go, 200 arrive though the collector is there. A page that
 * tracks more than that while there is no answer sets `maxItems`, as is done here.
 */
test('@rudderstack/analytics-js loses nothing while the collector is restarted under its load', {
  skip,
  timeout: RESTARTS_MS_MAX,
}, async (t) => {
  const page = await openScriptPage(t, BUNDLED)
  await restartUnderLoad(t, async (door) => {
    await loadProgram(page, door, DEEP_QUEUE)
    return {
      send: (product_id) =>
        sendCalls(page, [{ event: 'Product Viewed', properties: { product_id } }]),
      finish: (arrived) => waitFor('all to arrive', arrived),
    }
  })
})
