/** Markup in what shoppers and senders send is shown on the page as text, and never runs. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openVisitor, skip, waitFor } from '../collect/shop_site.ts'
import { event, invalid, openShop } from './shop.ts'

const EVIL: readonly string[] = [
  '<script>window.ran = 1</script>',
  '<img src=x onerror="window.ran = 2">',
  '"><svg onload="window.ran = 3">',
  "'onmouseover='window.ran=4'",
  'javascript:window.ran=5',
  '</td></table><iframe srcdoc="<script>parent.ran=6</script>">',
  '<a href="javascript:window.ran=7" autofocus onfocus="window.ran=7">x</a>',
  '{{constructor.constructor("window.ran=8")()}}',
  '<style>@import "https://evil.example/x.css"</style>',
]

const VIEWS = ['now', 'tables/events', 'tables/event_windows_5m', 'ledger', 'invalid', 'health']

describe('on the page', { skip, timeout: 120_000 }, () => {
  test('markup from events never runs, and stands there as it was sent', async (t) => {
    const shop = await openShop(t, { engine: 'running' })
    const records = EVIL.map((text, at) =>
      event(`e${at}${text}`, at, {
        ...{ category: text, product_id: text, brand: text, currency: text, query: text },
        ...{ page_url: text, referrer: text, user_agent: text, user_id: text, visitor_id: text },
        ...{ event_type: at % 2 ? 'view' : 'purchase', order_id: text, quantity: 1, value: 1 },
        properties: { [text]: text },
      }),
    )
    const bad = EVIL.map((text) => invalid('bad_json', { raw: text, detail: text, source: 'web' }))
    await shop.append([...records, ...bad])
    await shop.post('/api/flush')
    const page = await (await openVisitor(t)).newPage()
    const foreign: string[] = []
    const dialogs: string[] = []
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== shop.url) foreign.push(request.url())
    })
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      return dialog.dismiss()
    })
    for (const view of VIEWS) {
      await page.goto(`${shop.url}/#/${view}`)
      await page.reload()
      await waitFor(view, async () => {
        const shown = (await page.locator('#content').textContent()) ?? ''
        return !shown.includes('Asking the server') && shown.trim() !== ''
      })
      if (view === 'tables/events') {
        const isShown = async () =>
          ((await page.locator('#content').textContent()) ?? '').includes('onerror')
        await waitFor('the events', isShown)
      }
      for (const summary of await page.locator('details summary').all()) await summary.click()
      assert.equal(await page.evaluate('window.ran'), undefined, view)
      const inside =
        '#content script, #content iframe, #content img, #content [onerror], #content [onload]'
      assert.equal(await page.locator(inside).count(), 0, view)
      assert.equal(await page.locator('#content a[href^="javascript:"]').count(), 0, view)
    }
    assert.deepEqual([foreign, dialogs], [[], []])
  })

  test('the policy stops markup even where it would get into the page', async (t) => {
    const shop = await openShop(t)
    const page = await (await openVisitor(t)).newPage()
    await page.goto(shop.url)
    await page.evaluate((evil) => {
      const content = Reflect.get(globalThis, 'document').getElementById('content')
      content.innerHTML = evil.join('')
    }, EVIL)
    await page.waitForTimeout(300)
    assert.equal(await page.evaluate('window.ran'), undefined)
  })
})
