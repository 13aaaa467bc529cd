/** The view Now shows what the API answers. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openPage, seededShop, skip } from './shop_page.ts'

describe('Now', { skip, timeout: 120_000 }, () => {
  test('shows the figures of the API', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/now')
    const figures = await shop.get('/api/figures')
    const figure = (name: string) =>
      page.locator('.figure', { hasText: name }).locator('.figure-value')
    await figure('Active shoppers').waitFor()
    const [euros] = figures.revenue as [{ last_hour: number; orders_1h: number }]
    assert.equal(await figure('Active shoppers').textContent(), String(figures.visitors_5m))
    assert.equal(await figure('Revenue').textContent(), `€${euros.last_hour.toFixed(2)}`)
    assert.equal(await figure('Orders').textContent(), String(euros.orders_1h))
  })
})
