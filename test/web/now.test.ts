/** The view Now shows what the API answers, and goes on doing so. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { event } from '../serve/shop.ts'
import { openPage, seededShop, skip, waitFor } from './shop_page.ts'

describe('Now', { skip, timeout: 120_000 }, () => {
  test('shows the figures of the API, and follows them', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/')
    const figure = async (name: string) =>
      page.locator('.figure', { hasText: name }).locator('.figure-value').textContent()
    await page.locator('.figure').first().waitFor()
    const told = await shop.get('/api/figures')
    const [euros] = told.revenue as [{ last_hour: number; orders_1h: number }]
    assert.equal(await figure('Active shoppers'), String(told.visitors_5m))
    assert.equal(await figure('Revenue'), `€${euros.last_hour.toFixed(2)}`)
    assert.equal(await figure('Orders'), String(euros.orders_1h))

    const newest = event('new-1', 55, { visitor_id: 'new', product_id: 'the-newest' })
    await shop.append([{ ...newest, event_time: '2026-01-31T12:04:00Z' }])
    await waitFor('the new shopper', async () => {
      const { visitors_5m } = await shop.get('/api/figures')
      return (await figure('Active shoppers')) === String(visitors_5m) && visitors_5m !== 0
    })
    await page.getByText('the-newest').first().waitFor()
  })

  test('has a table behind its chart, with the same figures, and saves them', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/now')
    await page.getByRole('img', { name: 'Chart: Minute by minute' }).locator('canvas').waitFor()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Minute by minute: save as PNG' }).click()
    assert.equal((await saving).suggestedFilename(), 'clickpath-minute-by-minute.png')
    await page.getByRole('button', { name: 'Minute by minute: as a table' }).click()
    const counts = await page
      .getByRole('region', { name: 'Minute by minute' })
      .locator('tbody td:nth-child(2)')
      .allTextContents()
    const { minutes } = (await shop.get('/api/figures')) as {
      minutes: readonly { readonly minute: string; readonly events: number }[]
    }
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    // All but the minute under way.
    const told = sum(minutes.slice(0, -1).map(({ events }) => events))
    assert.equal(sum(counts.map(Number)), told)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Minute by minute: save as CSV' }).click()
    assert.equal((await saved).suggestedFilename(), 'clickpath-minute-by-minute.csv')
  })
})
