/** Markup in what shoppers and senders send is shown on the page as text, and never runs. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { event, invalid, openShop } from '../serve/shop.ts'
import { openPage, skip, viewsOf, waitFor } from './shop_page.ts'

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

/** Elements that none of our views makes, and places where text would have become markup. */
const STRANGE = [
  '#content script, #content iframe, #content img, #content [onerror], #content [onload]',
  '#content style, #content [onmouseover], #content [onfocus], #content a[href^="javascript:"]',
].join()

describe('on the page', { skip, timeout: 170_000 }, () => {
  test('markup from events never runs, and stands there as it was sent', async (t) => {
    const shop = await openShop(t, { engine: 'running' })
    const records = EVIL.map((text, at) =>
      event(`e${at}${text}`, 50 + at, {
        ...{ category: text, product_id: text, brand: text, currency: text, query: text },
        ...{ page_url: text, referrer: text, user_agent: text, user_id: text, visitor_id: text },
        ...{ utm_source: text, utm_medium: text, utm_campaign: text, device_type: text },
        ...{ event_type: at % 2 ? 'view' : 'purchase', order_id: text, quantity: 1, value: 1 },
        ...{ review_text: text, properties: { [text]: text } },
      }),
    )
    const bad = EVIL.map((text) => invalid('bad_json', { raw: text, detail: text, source: text }))
    await shop.append([...records, ...bad])
    await shop.post('/api/flush')
    const page = await openPage(t, shop, '/now')
    page.on('dialog', (dialog) => assert.fail(`a dialog: ${dialog.message()}`))
    for (const name of await viewsOf(page)) {
      await page.goto(`${shop.url}/${name}?range=all`)
      const content = page.locator('#content')
      await content.locator('h1').waitFor()
      await content.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
      if (name === 'now' || name === 'trust') {
        const isShown = async () => ((await content.textContent()) ?? '').includes('onerror')
        await waitFor(`what was sent, in ${name}`, isShown)
      }
      for (const summary of await page.locator('details.sample summary').all()) {
        await summary.click()
      }
      for (const button of await page.locator('.panel-actions [aria-pressed]').all()) {
        await button.click()
      }
      assert.equal(await page.evaluate('window.ran'), undefined, name)
      assert.equal(await page.locator(STRANGE).count(), 0, name)
    }
  })

  test('the policy stops markup even where it would get into the page', async (t) => {
    const shop = await openShop(t)
    const page = await openPage(t, shop, '/', { errors: 'expected' })
    await page.locator('h1').waitFor()
    await page.evaluate((evil) => {
      const content = Reflect.get(globalThis, 'document').getElementById('content')
      content.innerHTML = evil.join('')
    }, EVIL)
    await page.waitForTimeout(300)
    assert.equal(await page.evaluate('window.ran'), undefined)
  })
})
