/** The view Products: figures, lists and charts say what the API says. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { event, openShop } from '../serve/shop.ts'
import { openPage, seededShop, skip, waitFor } from './shop_page.ts'

interface Product {
  readonly product_id: string
  readonly revenue: number
  readonly views: number
}

const WEEK = 'from=2026-01-25T00:00:00.000Z&to=2026-02-01T00:00:00.000Z'
const DAYS = 'range=custom&from=2026-01-25&to=2026-01-31'

const panel = (page: Page, title: string) =>
  page.locator('.panel', { has: page.getByRole('heading', { name: title, exact: true }) })

describe('Products', { skip, timeout: 170_000 }, () => {
  test('shows sales, the best and those that fell as the API tells them', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, `/products?${DAYS}&compare=previous`)
    const { total, currency } = (await shop.get(`/api/sales?${WEEK}&interval=day`)) as unknown as {
      readonly total: { readonly revenue: number; readonly units: number; readonly views: number }
      readonly currency: string
    }
    assert.equal(currency, 'EUR')
    const figure = (name: string) =>
      page.locator('.figure', { hasText: name }).locator('.figure-value')
    await figure('Units sold').waitFor()
    assert.equal(await figure('Revenue').textContent(), `€${total.revenue.toFixed(2)}`)
    assert.equal(await figure('Units sold').textContent(), String(total.units))
    assert.equal(await figure('Product views').textContent(), String(total.views))
    await page.getByText('vs before', { exact: false }).first().waitFor()

    for (const [title, query] of [
      ['Top sellers', 'only=selling&order=-revenue,-units'],
      ['Struggling', 'only=struggling&order=revenue_change,units_change'],
    ] as const) {
      const { products } = await shop.get(`/api/products?${WEEK}&${query}&limit=8`)
      const names = (products as readonly Product[]).map(({ product_id }) => product_id)
      assert.ok(names.length > 0, title)
      const links = panel(page, title).locator('.bar-name a')
      await links.first().waitFor()
      assert.deepEqual(await links.allTextContents(), names, title)
    }
  })

  test('a category chosen, a search and an order survive a reload', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/products?range=all')
    const names = page.getByRole('region', { name: 'All products' }).locator('tbody td:first-child')
    const shows = async (query: string) => {
      const { products } = await shop.get(`/api/products?${query}`)
      const expected = (products as readonly Product[]).map(({ product_id }) => product_id).join()
      assert.ok(expected !== '', query)
      await waitFor(query, async () => (await names.allTextContents()).join() === expected)
    }
    await shows('order=-revenue')
    await page.getByRole('combobox', { name: 'Category' }).selectOption('shoes')
    await shows('category=shoes')
    await page.getByRole('columnheader', { name: 'Views' }).getByRole('button').click()
    await shows('category=shoes&order=-views')
    await page.getByRole('searchbox').fill('p4')
    await shows('category=shoes&order=-views&search=p4')
    await page.reload()
    await shows('category=shoes&order=-views&search=p4')
  })

  test('opens a product, and from it the people who left it', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/products?range=all')
    const list = page.getByRole('region', { name: 'All products' })
    await list.getByRole('link', { name: 'p1', exact: true }).click()
    await page.getByRole('heading', { name: 'p1', level: 1 }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/products/p1')
    const { products } = await shop.get('/api/products?search=p1')
    const [told] = (products as readonly (Product & { readonly people_left: string })[]).filter(
      ({ product_id }) => product_id === 'p1',
    )
    const seen = page.locator('.acts li', { hasText: 'Saw it' }).locator('.act-count')
    await seen.waitFor()
    assert.equal(await seen.textContent(), String(told?.views))
    await page.getByRole('button', { name: 'Who saw it and did not buy it' }).click()
    const { people } = await shop.get(String(told?.people_left))
    const rows = page.getByRole('dialog').locator('tbody tr')
    await rows.first().waitFor()
    assert.equal(await rows.count(), (people as readonly object[]).length)
    await page.getByRole('dialog').locator('tbody a').first().click()
    await page.getByText('Timeline').waitFor()
  })

  test('prices of categories stand against the market, in a table too', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/products?range=all')
    await page.getByRole('button', { name: 'Prices by category: as a table' }).click()
    const rows = page.getByRole('region', { name: 'Prices by category' }).locator('tbody tr')
    await rows.first().waitFor()
    const { categories } = (await shop.get('/api/categories')) as unknown as {
      readonly categories: readonly { readonly category: string; readonly price_avg: number }[]
    }
    const shown = await rows.evaluateAll((all) =>
      all.map((row) => {
        const [name, price] = [...row.querySelectorAll('td')].map((cell) => cell.textContent)
        return `${name} ${price}`
      }),
    )
    assert.deepEqual(
      shown,
      categories.map(({ category, price_avg }) => `${category} ${price_avg.toFixed(2)}`),
    )
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Prices by category: save as CSV' }).click()
    assert.equal((await saving).suggestedFilename(), 'clickpath-prices-by-category.csv')
  })

  test('names with markup are text, in lists, charts and on the page of the product', async (t) => {
    const evil = '<img src=x onerror="window.ran=1">'
    const shop = await openShop(t, { engine: 'running' })
    const common = { product_id: evil, category: evil, brand: evil, currency: 'EUR' }
    await shop.append([
      event('a', 1, common),
      event('b', 2, { ...common, event_type: 'purchase', order_id: 'o1', quantity: 1 }),
    ])
    await shop.post('/api/flush')
    const page = await openPage(t, shop, '/products?range=all')
    const chart = page.getByRole('img', { name: 'Chart: Interest and purchases' })
    await chart.locator('canvas').hover()
    const list = page.getByRole('region', { name: 'All products' })
    await list.getByText(evil).first().click()
    await page.getByRole('heading', { name: evil, level: 1 }).waitFor()
    assert.equal(await page.evaluate('window.ran'), undefined)
    assert.equal(await page.locator('#content img').count(), 0)
  })

  test('a shop without products says what to do', async (t) => {
    const shop = await openShop(t, { engine: 'running' })
    const page = await openPage(t, shop, '/products?range=all')
    await page.getByText('Nothing was sold in this time.').first().waitFor()
    await page.getByText('All time has no time before').waitFor()
  })
})
