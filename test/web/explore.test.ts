/** The view Explore: tables as rows and charts, their changes as they happen, and SQL. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { event, openShop } from '../serve/shop.ts'
import { openPage, seededShop, skip, waitFor } from './shop_page.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Replaces what stands in the editor. */
async function write(page: Page, sql: string): Promise<void> {
  await page.locator('.editor .cm-content').click()
  await page.keyboard.press('Control+a')
  // Tricky: written over a selection, the browser would put its style into the document.
  await page.keyboard.press('Delete')
  // Not typed: brackets and quotes would be closed by the editor.
  await page.keyboard.insertText(sql)
}

const cells = (page: Page, table: string) =>
  page.getByRole('region', { name: table, exact: true }).locator('tbody td')

describe('Explore', { skip, timeout: 170_000 }, () => {
  test('finds a table by a column, and shows its rows as the API orders them', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/explore?range=all')
    await page.getByRole('searchbox').fill('price_to_market')
    await page.getByRole('link', { name: 'category prices' }).click()
    await page.getByRole('heading', { name: 'Category prices', level: 1 }).waitFor()
    const prices = page
      .getByRole('region', { name: 'category_prices' })
      .locator('tbody td:nth-child(4)')
    const shows = async (query: string) => {
      const { rows } = await shop.get(`/api/tables/category_prices?limit=200${query}`)
      const expected = (rows as readonly { prices: number }[]).map((row) => row.prices).join()
      assert.ok(expected !== '')
      await waitFor(query, async () => (await prices.allTextContents()).join() === expected)
    }
    await page.getByRole('columnheader', { name: 'Price mean' }).first().waitFor()
    await page.getByRole('columnheader', { name: 'Prices' }).getByRole('button').click()
    await shows('&order=-prices')
    await page.locator('summary', { hasText: 'Filter' }).click()
    await page.locator('select[name="column"]').selectOption('category')
    await page.locator('input[name="value"]').fill('shoes')
    await page.getByRole('button', { name: 'Add' }).click()
    await shows('&order=-prices&category=shoes')
    await page.reload()
    await shows('&order=-prices&category=shoes')
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'category_prices: save all rows as CSV' }).click()
    const file = readFileSync(await (await saving).path(), 'utf8')
    const { rows } = await shop.get('/api/tables/category_prices?limit=10000&category=shoes')
    assert.equal(file.trim().split('\r\n').length, (rows as readonly object[]).length + 1)
  })

  test('draws a table, and keeps what is drawn in the address', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/explore/product_conversion?range=all&show=chart')
    await page.locator('.chart canvas').first().waitFor()
    await page.getByRole('combobox', { name: 'Upwards' }).selectOption('carts')
    await page.getByRole('combobox', { name: 'As' }).selectOption('stacked')
    await page.reload()
    await page.locator('.chart canvas').first().waitFor()
    assert.equal(await page.getByRole('combobox', { name: 'Upwards' }).inputValue(), 'carts')
    assert.equal(await page.getByRole('combobox', { name: 'As' }).inputValue(), 'stacked')
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Product conversion: save as PNG' }).click()
    assert.match((await saving).suggestedFilename(), /\.png$/)
  })

  test('follows the changes of a table as they happen', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/explore/category_counts')
    await page.getByRole('radio', { name: 'Changes, live' }).check()
    await cells(page, 'category_counts').first().waitFor()
    assert.match(
      (await page.locator('.command').textContent()) ?? '',
      /live\?tables=category_counts/,
    )
    await shop.append([event('fresh', 5, { category: 'a-fresh-category' })])
    await page.getByText('a-fresh-category').waitFor()
    await waitFor('the count of changes', async () => {
      const said = await page.locator('.panel-actions .badge').textContent()
      return said !== null && /^[1-9]/.test(said)
    })
  })

  test('runs SQL, keeps it in the address and in the list of what was asked', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/explore/sql')
    const sql = 'SELECT category, count(*) AS n FROM events GROUP BY ALL ORDER BY n DESC, category'
    await write(page, sql)
    await page.keyboard.press('Control+Enter')
    await cells(page, 'Result').first().waitFor()
    const { body } = await shop.post('/api/query', { sql })
    const told = body.rows as readonly { category: string | null; n: number }[]
    const expected = told.flatMap(({ category, n }) => [category ?? '–', String(n)])
    assert.deepEqual(await cells(page, 'Result').allTextContents(), expected)
    assert.equal(new URL(page.url()).searchParams.get('sql'), sql)
    await page.reload()
    await cells(page, 'Result').first().waitFor()
    await page.getByRole('radio', { name: 'Chart' }).check()
    await page.locator('.result canvas').waitFor()
    await page.locator('summary', { hasText: 'Asked before' }).click()
    await page.locator('.past li button', { hasText: sql }).waitFor()
  })

  test('marks a mistake where it is, and says what it is', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/explore/sql', { errors: 'expected' })
    await write(page, 'SELECT category,\n  colour\nFROM events')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('alert').getByText('Line 2, column 3').waitFor()
    assert.equal(await page.locator('.editor .cm-wrong').textContent(), 'colour')
    await write(page, 'SELECT 1 AS one')
    assert.equal(await page.locator('.editor .cm-wrong').count(), 0)
    await page.getByRole('button', { name: 'Run' }).click()
    await cells(page, 'Result').first().waitFor()
    assert.equal(await page.getByRole('alert').count(), 0)
  })

  test('offers tables, columns and functions', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/explore/sql')
    for (const [begun, offered] of [
      ['SELECT * FROM customer_fe', 'customer_features'],
      ['SELECT events.eve', 'event_type'],
      ['SELECT date_tr', 'date_trunc'],
      ['SELECT preferred_dev', 'preferred_device'],
    ] as const) {
      await write(page, begun)
      const label = page.locator('.cm-completionLabel', { hasText: offered })
      // Until the page knows the tables there is nothing to offer.
      await waitFor(offered, async () => {
        await page.keyboard.press('Escape')
        await page.keyboard.press('Control+Space')
        // Asking again drops what is being looked for.
        for (let looks = 0; looks < 100; looks++) {
          if ((await label.count()) > 0) return true
          await page.waitForTimeout(50)
        }
        return false
      })
      await page.keyboard.press('Escape')
    }
  })

  test('what queries answer is text, and tables, charts and the editor are open to all', async (t) => {
    const evil = '<img src=x onerror="window.ran=1">'
    const shop = await openShop(t, { engine: 'running' })
    await shop.append([event('a', 1, { category: evil, product_id: evil, user_agent: evil })])
    await shop.post('/api/flush')
    const sql = `SELECT category, user_agent, 1 AS "${evil.replaceAll('"', '""')}" FROM events`
    const page = await openPage(t, shop, `/explore/sql?sql=${encodeURIComponent(sql)}`)
    await cells(page, 'Result').getByText(evil).first().waitFor()
    const violations = async () => {
      // Colours that are on their way to others are no contrast to judge.
      await page.waitForFunction('document.getAnimations().length === 0')
      await page.evaluate(AXE)
      const { violations: all } = (await page.evaluate('axe.run(document)')) as {
        readonly violations: readonly { readonly id: string; readonly impact: string }[]
      }
      return all
        .filter(({ impact }) => ['serious', 'critical'].includes(impact))
        .map(({ id }) => id)
    }
    assert.deepEqual(await violations(), [])
    await page.getByRole('radio', { name: 'Chart' }).check()
    await page.locator('.result canvas').hover()
    for (const path of ['events?range=all', 'events?range=all&show=chart', 'category_counts']) {
      await page.goto(`${shop.url}/explore/${path}`)
      await page.locator('#content h1').waitFor()
      await page.locator('#content [aria-busy="true"]').first().waitFor({ state: 'detached' })
      assert.deepEqual(await violations(), [], path)
    }
    assert.equal(await page.evaluate('window.ran'), undefined)
    assert.equal(await page.locator('#content img').count(), 0)
  })
})
