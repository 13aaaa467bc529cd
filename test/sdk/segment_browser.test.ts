/** The real @segment/analytics-next sends a shopping trip from a page in a real browser. */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { skip, waitFor } from '../collect/shop_site.ts'
import { losingAnswers } from './lost_answers.ts'
import { RESTARTS_MS_MAX, restartUnderLoad } from './restart_under_load.ts'
import { openScriptPage } from './script_page.ts'
import { SEGMENT_TRIP } from './segment_trip.ts'
import { openShopDoor, type ShopDoor } from './shop_door.ts'
import { assertTrip, TRIP, tripSql } from './trip.ts'

const SCRIPT = resolve(
  import.meta.dirname,
  '../../node_modules/@segment/analytics-next/dist/umd/index.js',
)

/** What of the program's API the page calls; it runs in the page, where our types do not reach. */
interface Program {
  identify(user: string): Promise<unknown>
  track(event: string, properties: object): Promise<unknown>
}

interface Library {
  readonly AnalyticsBrowser: { load(source: object, options: object): Program }
}

interface Sending {
  readonly url: string
  readonly key: string
  readonly delivery?: object
  readonly user?: string
}

async function sendTrip(page: Page, sending: Sending): Promise<void> {
  await page.evaluate(
    async ({ url, key, delivery = {}, user, calls }) => {
      const { AnalyticsBrowser } = Reflect.get(globalThis, 'AnalyticsNext') as Library
      const program = AnalyticsBrowser.load(
        { writeKey: key, cdnURL: url },
        { integrations: { 'Segment.io': { deliveryStrategy: delivery } } },
      )
      if (user !== undefined) await program.identify(user)
      for (const { event, properties } of calls) await program.track(event, properties)
    },
    { ...sending, calls: SEGMENT_TRIP },
  )
}

async function waitForTrip(door: ShopDoor): Promise<void> {
  await waitFor('the trip to arrive', async () => {
    const [row] = await door.rows('SELECT count(*) AS events FROM events')
    return Number(row?.events) === SEGMENT_TRIP.length ? row : undefined
  })
}

const DELIVERIES = {
  'one by one': {},
  'in batches': { strategy: 'batching', config: { size: 10, timeout: 200 } },
}

for (const [how, delivery] of Object.entries(DELIVERIES)) {
  test(`@segment/analytics-next sends the trip from a page, ${how}`, { skip }, async (t) => {
    const door = await openShopDoor(t)
    const page = await openScriptPage(t, SCRIPT)
    await sendTrip(page, { url: door.url, key: door.key, user: TRIP.user, delivery })
    await waitForTrip(door)
    assertTrip(await door.rows(tripSql('web')))
    const [row] = await door.rows(`SELECT any_value(page_url) AS page, any_value(ip) AS ip,
      count(DISTINCT visitor_id) AS visitors, count(user_id) AS users FROM events`)
    assert.equal(row?.page, page.url())
    assert.equal(row?.ip, '127.0.0.0')
    assert.deepEqual([Number(row?.visitors), Number(row?.users)], [1, SEGMENT_TRIP.length])
  })
}

test('@segment/analytics-next sends again when an answer is lost, and counts once', {
  skip,
}, async (t) => {
  const door = await openShopDoor(t)
  const proxy = await losingAnswers(t, door.url, 2)
  await sendTrip(await openScriptPage(t, SCRIPT), { url: proxy.url, key: door.key })
  await waitForTrip(door)
  const copies = await waitFor('the other copies to arrive', async () => {
    const [row] = await door.rows('SELECT sum(duplicate) AS copies FROM ledger')
    return Number(row?.copies) === 2 ? 2 : undefined
  })
  assert.deepEqual([proxy.lost(), copies], [2, 2])
  assertTrip(await door.rows(tripSql('web')))
})

test('@segment/analytics-next loses nothing while the collector is restarted under its load', {
  skip,
  timeout: RESTARTS_MS_MAX,
}, async (t) => {
  const page = await openScriptPage(t, SCRIPT)
  await restartUnderLoad(t, async ({ url, key }) => {
    await page.evaluate(
      ({ url, key }) => {
        const { AnalyticsBrowser } = Reflect.get(globalThis, 'AnalyticsNext') as Library
        const program = AnalyticsBrowser.load({ writeKey: key, cdnURL: url }, {})
        Reflect.set(globalThis, 'program', program)
      },
      { url, key },
    )
    return {
      send: (product_id) =>
        page.evaluate((product_id) => {
          const program = Reflect.get(globalThis, 'program') as Program
          void program.track('Product Viewed', { product_id })
        }, product_id),
      finish: (arrived) => waitFor('all to arrive', arrived),
    }
  })
})
