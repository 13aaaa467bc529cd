/**
 * What tests of the page share: a shop with a known past, served by the real engine and server, and
 * the page of it in the system's Chromium. Whatever the page says to its console as an error, and
 * whatever it asks of anybody else, fails the test.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { openVisitor } from '../collect/shop_site.ts'
import { event, invalid, type Json, openShop, type Shop } from '../serve/shop.ts'

export { skip, waitFor } from '../collect/shop_site.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const LAST_DAY_MS = Date.parse('2026-01-31T12:00:00Z')

export const VISITORS = 60
const DAYS = 20
const CATEGORIES = ['shoes', 'shirts', 'lamps', 'tools']
const CHANNELS = [
  { utm_source: 'newsletter', utm_medium: 'email' },
  { utm_source: 'search', utm_medium: 'cpc' },
  { referrer: 'https://search.example/' },
  {},
]

/**
 * Visitors come back every few days, look at some products; every third visit has a cart, every
 * sixth an order. No randomness: the same shop for every test.
 */
function visits(): readonly Json[] {
  return Array.from({ length: VISITORS }, (_, visitor) => visitor).flatMap((visitor) =>
    Array.from({ length: DAYS }, (_, day) => day)
      .filter((day) => (day + visitor) % (2 + (visitor % 5)) === 0)
      .flatMap((day) => visit(visitor, day)),
  )
}

function visit(visitor: number, day: number): readonly Json[] {
  const name = `v${visitor}-d${day}`
  const began_ms = LAST_DAY_MS - (DAYS - 1 - day) * DAY_MS - visitor * MINUTE_MS
  const product = (visitor * 7 + day * 3) % 12
  const common = {
    anonymous_id: `visitor-${visitor}`,
    ...{ user_id: visitor % 4 === 0 ? `user-${visitor}` : null, session_id: name },
    ...{ device_type: visitor % 3 === 0 ? 'mobile' : 'desktop', currency: 'EUR' },
    ...CHANNELS[visitor % CHANNELS.length],
  }
  const bought = {
    ...{ product_id: `p${product}`, category: CATEGORIES[product % 4] },
    ...{ price: 10 + product, quantity: 1, value: 10 + product },
  }
  const steps: readonly (readonly [string, Json])[] = [
    ['page', { page_url: '/' }],
    ['view', bought],
    ...((visitor + day) % 2 === 0 ? ([['view', { ...bought, product_id: 'p1' }]] as const) : []),
    ...((visitor + day) % 3 === 0 ? ([['cart', bought]] as const) : []),
    ...((visitor + day) % 6 === 0 ? ([['purchase', { ...bought, order_id: name }]] as const) : []),
  ]
  return steps.map(([event_type, columns], at) => {
    const time = new Date(began_ms + at * 30_000).toISOString()
    const times = { event_time: time, client_time: time, received_at: time }
    const none = { product_id: null, category: null, price: null }
    return event(`${name}-${at}`, 0, { ...none, ...common, ...times, event_type, ...columns })
  })
}

/** All of it is in the tables when it resolves; the engine goes on. */
export async function seededShop(t: TestContext): Promise<Shop> {
  const shop = await openShop(t, { engine: 'running' })
  await shop.append([...visits(), invalid('bad_json'), invalid('bad_json'), invalid('bad_time')])
  await shop.post('/api/flush')
  return shop
}

export interface OpenPage {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
  /** Errors that the test means to happen, such as those of a server that is away. */
  readonly errors?: 'fail' | 'expected'
}

/** The page at a path such as `/funnel?range=all`. */
export async function openPage(
  t: TestContext,
  { url }: { readonly url: string },
  path: string,
  { width = 1280, colorScheme = 'light', errors = 'fail' }: OpenPage = {},
): Promise<Page> {
  const page = await (await openVisitor(t)).newPage()
  await page.setViewportSize({ width, height: 900 })
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  const said: string[] = []
  page.on('console', (line) => {
    // Not that nobody answers: the shop of a test ends before its page does.
    const isAway = line.text().includes('net::ERR_')
    if (line.type() === 'error' && !isAway) said.push(line.text())
  })
  page.on('pageerror', (error) => said.push(String(error.stack || error)))
  page.on('request', (request) => {
    const asked = new URL(request.url())
    if (asked.protocol !== 'data:' && asked.origin !== url) said.push(`asked ${asked.href}`)
  })
  t.after(() => {
    if (errors === 'fail') assert.deepEqual(said, [], 'what the page complained of')
  })
  await page.goto(`${url}${path}`)
  return page
}

/** The names of all views of a shop, as its navigation has them. */
export async function viewsOf(page: Page): Promise<readonly string[]> {
  await page.locator('#views a[href^="/trust"]').waitFor({ state: 'attached' })
  const links = await page.locator('#views a').all()
  const paths = await Promise.all(links.map((link) => link.getAttribute('href')))
  return paths.map((path) => new URL(path ?? '', 'http://page').pathname.slice(1))
}
