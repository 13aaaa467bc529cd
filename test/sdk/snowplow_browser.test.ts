/** The real @snowplow/browser-tracker sends a shopping trip from a page in a real browser. */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { skip, waitFor } from '../collect/shop_site.ts'
import { losingAnswers } from './lost_answers.ts'
import { RESTARTS_MS_MAX, restartUnderLoad } from './restart_under_load.ts'
import { openScriptPage } from './script_page.ts'
import { openShopDoor, type ShopDoor } from './shop_door.ts'
import { productView, SNOWPLOW_TRIP } from './snowplow_trip.ts'
import { assertTrip, TRIP, tripSql } from './trip.ts'

const SCRIPT = resolve(
  import.meta.dirname,
  '../../node_modules/@snowplow/browser-tracker/dist/index.umd.min.js',
)

/** What of the program's API the page calls; it runs in the page, where our types do not reach. */
interface Program {
  newTracker(name: string, url: string, options: object): void
  setUserId(user: string): void
  trackPageView(): void
  trackSelfDescribingEvent(call: object): void
  flushBuffer(): void
}

async function sendTrip(page: Page, url: string, options: object = {}): Promise<void> {
  await page.evaluate(
    ({ url, options, user, calls }) => {
      const program = Reflect.get(globalThis, 'snowplowBrowserTracking') as Program
      program.newTracker('shop', url, { appId: 'web', ...options })
      program.setUserId(user)
      program.trackPageView()
      for (const call of calls) program.trackSelfDescribingEvent(call)
      program.flushBuffer()
    },
    { url, options, user: TRIP.user, calls: SNOWPLOW_TRIP },
  )
}

function flush(page: Page): Promise<void> {
  return page.evaluate(() =>
    (Reflect.get(globalThis, 'snowplowBrowserTracking') as Program).flushBuffer(),
  )
}

/** The trip, and the page on which it began. */
const EVENTS = SNOWPLOW_TRIP.length + 1

async function waitForTrip(door: ShopDoor): Promise<void> {
  await waitFor('the trip to arrive', async () => {
    const [row] = await door.rows('SELECT count(*) AS events FROM events')
    return Number(row?.events) === EVENTS ? row : undefined
  })
}

const WAYS = {
  'by POST': {},
  'by GET': { eventMethod: 'get' },
  'to a path of its own': { postPath: '/com.acme-shop/track' },
}

for (const [how, options] of Object.entries(WAYS)) {
  test(`@snowplow/browser-tracker sends the trip from a page, ${how}`, { skip }, async (t) => {
    const door = await openShopDoor(t)
    const page = await openScriptPage(t, SCRIPT)
    await sendTrip(page, door.url, options)
    await waitForTrip(door)
    assertTrip(await door.rows(tripSql('web')))
    const [row] = await door.rows(`SELECT any_value(page_url) AS page, any_value(ip) AS ip,
      count(DISTINCT visitor_id) AS visitors, count(session_id) AS sessions FROM events`)
    assert.equal(row?.page, page.url())
    assert.equal(row?.ip, '127.0.0.0')
    assert.deepEqual([Number(row?.visitors), Number(row?.sessions)], [1, EVENTS])
  })
}

test('@snowplow/browser-tracker told to be anonymous sends no visitor, address or cookie', {
  skip,
}, async (t) => {
  const door = await openShopDoor(t)
  const page = await openScriptPage(t, SCRIPT)
  await sendTrip(page, door.url, {
    anonymousTracking: { withServerAnonymisation: true },
    stateStorageStrategy: 'none',
  })
  await waitForTrip(door)
  const [row] = await door.rows(`SELECT count(ip) AS addresses, count(user_id) AS users,
    count(DISTINCT visitor_id) AS visitors FROM events`)
  assert.deepEqual(Object.values(row ?? {}).map(Number), [0, 0, EVENTS])
  assert.deepEqual(await page.context().cookies(), [])
})

test('@snowplow/browser-tracker sends again when an answer is lost, and counts once', {
  skip,
}, async (t) => {
  const door = await openShopDoor(t)
  const proxy = await losingAnswers(t, door.url, 1)
  const page = await openScriptPage(t, SCRIPT)
  await sendTrip(page, proxy.url, { bufferSize: EVENTS })
  await waitFor('an answer to be lost', () => proxy.lost() === 1)
  // Tricky: it sends again when there is a further event, or when it is told to.
  await waitFor('the other copies to arrive', async () => {
    await flush(page)
    const [row] = await door.rows('SELECT sum(duplicate) AS copies FROM ledger')
    return Number(row?.copies) >= EVENTS ? row : undefined
  })
  await waitForTrip(door)
  assertTrip(await door.rows(tripSql('web')))
})

test('@snowplow/browser-tracker loses nothing while the collector is restarted under its load', {
  skip,
  timeout: RESTARTS_MS_MAX,
}, async (t) => {
  const page = await openScriptPage(t, SCRIPT)
  await restartUnderLoad(t, async ({ url }) => {
    await page.evaluate((url) => {
      const program = Reflect.get(globalThis, 'snowplowBrowserTracking') as Program
      program.newTracker('shop', url, { appId: 'web' })
    }, url)
    return {
      send: (product) =>
        page.evaluate((call) => {
          const program = Reflect.get(globalThis, 'snowplowBrowserTracking') as Program
          program.trackSelfDescribingEvent(call)
        }, productView(product)),
      finish: (arrived) =>
        waitFor('all to arrive', async () => {
          await flush(page)
          return arrived()
        }),
    }
  })
})
