/** The views Retention and Attribution show what the API answers, and their cells open. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openPage, seededShop, skip, waitFor } from './shop_page.ts'

interface Retention {
  readonly cohorts: readonly {
    readonly cells: readonly { readonly rate: number | null; readonly people: string }[]
  }[]
}

interface Attribution {
  readonly currencies: readonly {
    readonly revenue: number
    readonly rows: readonly {
      readonly row: string
      readonly people: string
      readonly models: Readonly<Record<string, { readonly revenue: number }>>
    }[]
  }[]
}

const share = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 })
const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'EUR' })

describe('Retention', { skip, timeout: 120_000 }, () => {
  test('has a cell per cohort and period as the API tells them; arrows move, Enter opens', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/retention?period=day&kind=rolling&cohorts=26')
    const cells = page.locator('.heat-cell')
    await cells.first().waitFor()
    const asked = 'period=day&kind=rolling&periods=25&from=2026-01-06'
    const told = (await shop.get(`/api/retention?${asked}`)) as unknown as Retention
    const rates = told.cohorts.flatMap(({ cells: own }) => own.map(({ rate }) => rate ?? 0))
    assert.ok(rates.length > 0)
    assert.deepEqual(
      await cells.allTextContents(),
      rates.map((rate) => share.format(rate)),
    )
    await cells.first().focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.locator('table').waitFor()
    const { people } = (await shop.get(told.cohorts[0]?.cells[1]?.people ?? '')) as {
      people: readonly object[]
    }
    assert.equal(
      Number(await dialog.locator('table').getAttribute('aria-rowcount')),
      people.length + 1,
    )
  })

  test('the address keeps what makes a cohort and what counts as back', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/retention')
    await page.getByLabel('First act').selectOption('purchase')
    await page.getByLabel('Act of coming back').selectOption('purchase')
    await waitFor('the address', () => new URL(page.url()).search.includes('return=purchase'))
    await page.reload()
    await page.locator('.heat-cell').first().waitFor()
    assert.equal(await page.getByLabel('First act').inputValue(), 'purchase')
    const asked = 'cohort=purchase&return=purchase&period=week&periods=11&from=2025-11-15'
    const told = (await shop.get(`/api/retention?${asked}`)) as unknown as Retention
    const rates = told.cohorts.flatMap(({ cells }) => cells.map(({ rate }) => rate ?? 0))
    assert.deepEqual(
      await page.locator('.heat-cell').allTextContents(),
      rates.map((rate) => share.format(rate)),
    )
  })

  test('a filter leaves the people whose first visit was such', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/retention?period=day&cohorts=26')
    const cells = page.locator('.heat-cell')
    await cells.first().waitFor()
    await page.getByText('Filter by first visit').click()
    await page.getByLabel('Column').selectOption('device_type')
    await page.getByLabel('Value; empty for none').fill('mobile')
    await page.keyboard.press('Enter')
    await page.getByText('First visit: device type is mobile').waitFor()
    const asked = 'period=day&periods=25&from=2026-01-06&where=device_type%3Dmobile'
    const told = (await shop.get(`/api/retention?${asked}`)) as unknown as Retention
    const rates = told.cohorts.flatMap(({ cells: own }) => own.map(({ rate }) => rate ?? 0))
    const shown = rates.map((rate) => share.format(rate)).join()
    await waitFor('its cells', async () => (await cells.allTextContents()).join() === shown)
  })

  test('says so where there are no cohorts', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/retention?cohort=refund')
    await page.getByText('No cohorts in this time').waitFor()
  })
})

describe('Attribution', { skip, timeout: 120_000 }, () => {
  test('has the amounts of the API side by side, and they add up to the revenue', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/attribution?range=all')
    await page.getByText('✓ every model adds up to the revenue').waitFor()
    const told = (await shop.get('/api/attribution')) as unknown as Attribution
    const [euros] = told.currencies
    assert.ok(euros)
    const models = ['first', 'last', 'linear', 'position', 'time_decay']
    for (const [at, row] of euros.rows.filter(({ row: kind }) => kind === 'value').entries()) {
      const shown = await page
        .locator(`.divided tbody tr:nth-child(${at + 1}) td:nth-child(n + 3) button`)
        .allTextContents()
      const amounts = models.map((model) => money.format(row.models[model]?.revenue ?? Number.NaN))
      assert.deepEqual(shown, amounts)
    }
    const total = await page.locator('.divided tfoot td').last().textContent()
    assert.equal(total, money.format(euros.revenue))
    await page.locator('.divided tbody button').first().click()
    await page.getByRole('dialog').locator('tbody a').first().waitFor()
  })

  test('the look-back window is asked of the API and stays in the address', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/attribution?range=all')
    await page.getByLabel('Look-back window').selectOption('1d')
    await page.getByLabel('Given to').selectOption('utm_source')
    const told = (await shop.get(
      '/api/attribution?lookback=1d&by=utm_source',
    )) as unknown as Attribution
    const first = told.currencies[0]?.rows[0]?.models.first?.revenue ?? Number.NaN
    const cell = page.locator('.divided tbody tr:first-child td:nth-child(3) button')
    await waitFor('its amounts', async () => (await cell.textContent()) === money.format(first))
    await page.reload()
    await cell.waitFor()
    assert.equal(await cell.textContent(), money.format(first))
    assert.equal(await page.getByLabel('Look-back window').inputValue(), '1d')
  })

  test('a filter leaves the orders of people whose first visit was such', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/attribution?range=all&where=device_type%3Dmobile')
    const told = (await shop.get(
      '/api/attribution?where=device_type%3Dmobile',
    )) as unknown as Attribution
    const all = (await shop.get('/api/attribution')) as unknown as Attribution
    const revenue = told.currencies[0]?.revenue ?? Number.NaN
    assert.ok(revenue < (all.currencies[0]?.revenue ?? 0))
    const total = page.locator('.divided tfoot td').last()
    await waitFor('its revenue', async () => (await total.textContent()) === money.format(revenue))
    await page.getByText('First visit: device type is mobile').waitFor()
  })

  test('says so where there are no orders', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/attribution?range=custom&from=2001-01-01&to=2001-01-02')
    await page.getByText('No orders in this time').waitFor()
  })
})
