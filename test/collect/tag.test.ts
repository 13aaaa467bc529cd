/** The tag in a real browser, on pages of another origin than the collector's. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { openTag } from '../../src/collect/tag.ts'
import { readSettings } from '../../src/std/settings.ts'
import { openShopDoor } from '../sdk/shop_door.ts'
import { assertTrip, TRIP, type TripProduct, tripSql } from '../sdk/trip.ts'
import { type RunningCollector, runCollector } from './running_collector.ts'
import { call, openSite, openVisitor, type SiteOptions, skip, waitFor } from './shop_site.ts'

/** Real time: the browser's clock is that of the machine. */
const now = () => new Date().toISOString()

async function openShop(t: TestContext, site: Partial<SiteOptions> = {}) {
  const collector = await runCollector(t, { now })
  const url = await openSite(t, { url: collector.url, ...site })
  const visitor = await openVisitor(t)
  return { collector, site: url, visitor, page: await visitor.newPage() }
}

/** The events of a type in the log, each once, as soon as there are so many. */
const events = (collector: RunningCollector, type: string, count = 1) =>
  waitFor(`${count} ${type}`, () => {
    const told = collector.records().filter(({ event_type }) => event_type === type)
    const found = [...new Map(told.map((event) => [event.event_id, event])).values()]
    return found.length >= count && found
  })

test('weighs at most 4 kB on its way to the browser', () => {
  assert.ok(openTag(readSettings()).gzip_bytes <= 4_096)
})

test('is told the settings that it goes by', () => {
  const told = { collect_path: '/own/data', privacy_signals: 'ignore' }
  const { script } = openTag(readSettings(told))
  for (const value of Object.values(told)) assert.ok(script.includes(`= "${value}"\n`), value)
})

test('is served to pages of any site, kept for an hour, and asked for by its mark', async (t) => {
  const { get } = await runCollector(t, { settings: { tag_path: '/assets/shop.js' } })
  const { status, headers, json: script } = await get('/assets/shop.js')
  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /^text\/javascript/)
  assert.match(headers.get('cache-control') ?? '', /max-age=3600/)
  assert.equal(headers.get('content-encoding'), 'gzip')
  assert.equal(headers.get('access-control-allow-origin'), '*')
  assert.equal(script, openTag(readSettings()).script)
  const known = { 'if-none-match': headers.get('etag') ?? '' }
  assert.equal((await get('/assets/shop.js', known)).status, 304)
  const plain = await get('/assets/shop.js', { 'accept-encoding': 'identity' })
  assert.deepEqual([plain.headers.get('content-encoding'), plain.json], [null, script])
})

const line = (product: TripProduct, quantity: number) => {
  const { product_id, name, category, brand, price } = product
  return { product_id, name, category, brand, price, quantity }
}

/** What the browser holds after a visit of two pages, and the visitors that were told. */
async function trace(t: TestContext, attributes: string, init = '') {
  const { collector, site, visitor, page } = await openShop(t, { attributes })
  await visitor.addInitScript(init)
  await page.goto(site)
  await events(collector, 'page')
  await page.goto(`${site}/2`)
  await events(collector, 'page', 2)
  const later = await visitor.newPage()
  await later.goto(`${site}/3`)
  const seen = await events(collector, 'page', 3)
  const stored = await page.evaluate('[sessionStorage.length, localStorage.length]')
  assert.deepEqual(await visitor.cookies(), [])
  return { visitors: new Set(seen.map(({ anonymous_id }) => anonymous_id)).size, stored }
}

// Together, since each one mostly waits for its browser.
describe('on a page, the tag', { skip, concurrency: 5, timeout: 120_000 }, () => {
  test('tells of a page view, with no cookie and an id for this tab', async (t) => {
    const { collector, site, visitor, page } = await openShop(t)
    await page.goto(`${site}/?utm_source=news&utm_medium=email&x=1#secret`)
    const [seen] = await events(collector, 'page')
    assert.equal(seen.page_url, `${site}/?utm_source=news&utm_medium=email&x=1`)
    assert.deepEqual(
      [seen.utm_source, seen.utm_medium, seen.device_type],
      ['news', 'email', 'desktop'],
    )
    assert.match(seen.properties.title, /^Page /)
    assert.match(seen.user_agent, /^Mozilla/)
    assert.equal(seen.ip, '127.0.0.0')
    await page.click('#next')
    const [, next] = await events(collector, 'page', 2)
    assert.equal(next.anonymous_id, seen.anonymous_id)
    assert.equal(next.referrer, `${site}/?utm_source=news&utm_medium=email&x=1`)
    assert.deepEqual(await visitor.cookies(), [])
    assert.equal(await page.evaluate('localStorage.length'), 0)
  })

  test('sees the pages of a site that changes its address itself', async (t) => {
    const { collector, site, page } = await openShop(t)
    await page.goto(`${site}/a`)
    await events(collector, 'page')
    await page.evaluate(`history.pushState({}, '', '/b'); document.title = 'B'`)
    const [, second] = await events(collector, 'page', 2)
    assert.deepEqual([second.page_url, second.properties.title], [`${site}/b`, 'B'])
    assert.equal(second.referrer, `${site}/a`)
    await page.evaluate(`history.replaceState({}, '', '/b#part')`)
    await page.goBack()
    const [, , third] = await events(collector, 'page', 3)
    assert.equal(third.page_url, `${site}/a`)
  })

  test('tells what the page called before the script was there', async (t) => {
    const early = `clickpath('view', { product_id: 'p1', price: 2.5 }); clickpath('user', 'u1')`
    const { collector, site, page } = await openShop(t, {
      early,
      attributes: 'data-pages="manual"',
    })
    await page.goto(site)
    const [view] = await events(collector, 'view')
    assert.deepEqual([view.product_id, view.price, view.user_id], ['p1', 2.5, 'u1'])
    await call(page, 'user', null)
    await call(page, 'page')
    const [seen] = await events(collector, 'page')
    assert.equal(seen.user_id, undefined)
  })

  test('tells a shopping trip as every other sender does', async (t) => {
    const door = await openShopDoor(t)
    const site = await openSite(t, { url: door.url, attributes: `data-key="${door.key}"` })
    const page = await (await openVisitor(t)).newPage()
    await page.goto(site)
    const { currency, list, view, cart, purchase, refund } = TRIP
    const { quantity: _, ...seen } = line(view.product, 1)
    const listed = list.products.map(({ name, ...product }) => ({ product_name: name, ...product }))
    const lines = (sold: typeof purchase.lines | typeof refund.lines) =>
      sold.map(({ product, quantity }) => line(product, quantity))
    await call(page, 'list', { currency, items: listed })
    await call(page, 'view', { currency, ...seen })
    await call(page, 'cart', { currency, ...line(cart.product, cart.quantity) })
    const bought = { order_id: purchase.order, revenue: purchase.revenue, currency }
    await call(page, 'purchase', { ...bought, items: lines(purchase.lines) })
    const back = { order_id: refund.order, revenue: refund.amount, currency }
    await call(page, 'refund', { ...back, items: lines(refund.lines) })
    await page.goto('about:blank')
    await waitFor('the refund', async () => {
      const [told] = await door.rows("SELECT * FROM events WHERE event_type = 'refund'")
      return told
    })
    assertTrip(await door.rows(tripSql()))
  })

  test('tells the last call of a page that is left at once', async (t) => {
    const { collector, site, page } = await openShop(t)
    await page.goto(site)
    await events(collector, 'page')
    await page.evaluate(
      `clickpath('click', { properties: { element: 'next' } }); location = '/next'`,
    )
    const [click] = await events(collector, 'click')
    assert.equal(click.page_url, `${site}/`)
  })

  test('keeps what happens offline, and tells it once when online again', async (t) => {
    const { collector, site, visitor, page } = await openShop(t)
    await page.goto(site)
    await events(collector, 'page')
    await visitor.setOffline(true)
    await call(page, 'view', { product_id: 'p1' })
    await page.waitForFunction(`localStorage.getItem('clickpath.waiting')?.includes('"p1"')`)
    await call(page, 'cart', { product_id: 'p1' })
    await visitor.setOffline(false)
    await events(collector, 'cart')
    await page.waitForFunction('localStorage.length === 0')
    const told = collector.records().map(({ event_type }) => event_type)
    assert.deepEqual(told, ['page', 'view', 'cart'])
  })

  test('tells on the next visit what the collector could not take before', async (t) => {
    const { collector, site, visitor, page } = await openShop(t)
    await visitor.route('**/v1/events', (route) => route.fulfill({ status: 503 }))
    await page.goto(site)
    await call(page, 'purchase', { order_id: 'o1', revenue: 12.5 })
    await page.waitForFunction(`localStorage.getItem('clickpath.waiting')?.includes('"o1"')`)
    await page.close()
    await visitor.unroute('**/v1/events')
    const later = await visitor.newPage()
    await later.goto(site)
    const [order] = await events(collector, 'purchase')
    assert.equal(order.revenue, 12.5)
  })

  test('repeats an event under its id when the answer was lost', async (t) => {
    const { collector, site, visitor, page } = await openShop(t)
    let lost = 0
    await visitor.route('**/v1/events', async (route) => {
      if (lost++ > 0) return route.continue()
      await route.fetch()
      return route.abort()
    })
    await page.goto(site)
    const [first, second] = await waitFor('the repetition', () => {
      const told = collector.records()
      return told.length > 1 && told
    })
    assert.equal(first.event_id, second.event_id)
    assert.deepEqual({ ...first, received_at: '' }, { ...second, received_at: '' })
  })

  test('gives up what the collector refuses for good, and goes on', async (t) => {
    const { collector, site, visitor, page } = await openShop(t)
    let refused = 0
    await visitor.route('**/v1/events', (route) =>
      refused++ === 0 ? route.fulfill({ status: 400 }) : route.continue(),
    )
    await page.goto(site)
    await waitFor('the refusal', () => refused > 0)
    await call(page, 'view', { product_id: 'p2' })
    await events(collector, 'view')
    assert.deepEqual(collector.records().length, 1)
  })

  test('knows a visitor for as long as its attribute says', async (t) => {
    assert.deepEqual(await trace(t, ''), { visitors: 2, stored: [1, 0] })
    assert.deepEqual(await trace(t, 'data-visitor="device"'), { visitors: 1, stored: [0, 1] })
    assert.deepEqual(await trace(t, 'data-visitor="page"'), { visitors: 3, stored: [0, 0] })
  })

  test('stores nothing in a browser that asks not to be tracked', async (t) => {
    const gpc = `Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })`
    const known = await trace(t, 'data-visitor="device"', gpc)
    assert.deepEqual(known, { visitors: 3, stored: [0, 0] })
  })

  test('forgets a visitor when it is told to', async (t) => {
    const { collector, site, page } = await openShop(t)
    await page.goto(site)
    const [seen] = await events(collector, 'page')
    await call(page, 'user', 'u1')
    await call(page, 'forget')
    await call(page, 'page')
    const [, fresh] = await events(collector, 'page', 2)
    assert.equal(fresh.user_id, undefined)
    assert.notEqual(fresh.anonymous_id, seen.anonymous_id)
  })

  test('sends to the path that the shop chose against ad blockers', async (t) => {
    const settings = { collect_path: '/shop-data', tag_path: '/assets/shop.js' }
    const collector = await runCollector(t, { now, settings })
    const site = await openSite(t, { url: collector.url, tag_path: '/assets/shop.js' })
    const page = await (await openVisitor(t)).newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(site)
    await events(collector, 'page')
    assert.deepEqual(asked, ['/', '/assets/shop.js', '/shop-data'])
  })
})
