/** The view Customers: groups, list and one customer's page say what the API says. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { event, openShop } from '../serve/shop.ts'
import { openPage, seededShop, skip, waitFor } from './shop_page.ts'

interface Groups {
  readonly customers: number
  readonly buyers: number
  readonly groups: readonly { readonly group: string; readonly customers: number }[]
}

const format = new Intl.NumberFormat('en-US')

describe('Customers', { skip, timeout: 170_000 }, () => {
  test('shows the groups of the API, and a group chosen cuts the list down to it', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/customers?range=all')
    const told = (await shop.get('/api/customer_groups')) as unknown as Groups
    const figure = page.locator('.figure', { hasText: 'Have bought' }).locator('.figure-value')
    await figure.waitFor()
    assert.equal(await figure.textContent(), format.format(told.buyers))
    const cards = page.locator('.groups > li')
    const counts = await cards
      .locator('.group-count')
      .evaluateAll((all) => all.map((each) => Number(each.firstChild?.textContent)))
    assert.deepEqual(
      counts,
      told.groups.map(({ customers }) => customers),
    )
    const at = told.groups.findIndex(({ group }) => group === 'loyal')
    assert.ok((told.groups[at]?.customers ?? 0) > 0)
    await cards.nth(at).getByRole('button', { pressed: false }).first().click()
    await page.getByText('Only Loyal').waitFor()
    assert.match(page.url(), /group=loyal/)
    const rows = page.getByRole('region', { name: 'Customers' }).locator('tbody tr')
    const shown = async () => (await rows.count()) === told.groups[at]?.customers
    await waitFor('the customers of the group', shown)
    await page.reload()
    await page.getByText('Only Loyal').waitFor()
    await waitFor('the same after a reload', shown)
    await cards.nth(at).locator('.group-count button').click()
    await page.getByRole('dialog').locator('tbody tr').first().waitFor()
    const people = await page.getByRole('dialog').locator('tbody tr').count()
    assert.equal(people, told.groups[at]?.customers)
  })

  test('finds, filters and orders as the API does', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/customers?range=all&where=first_channel=email')
    const names = page.getByRole('region', { name: 'Customers' }).locator('tbody td:first-child')
    const told = async (query: string) => {
      const { customers } = await shop.get(`/api/customers?${query}`)
      const rows = customers as readonly { person_id: string; user_id: string | null }[]
      return rows.map(({ person_id, user_id }) => user_id ?? person_id).join()
    }
    const shows = async (query: string) => {
      const expected = await told(query)
      assert.ok(expected.length > 0, query)
      await waitFor(query, async () => (await names.allTextContents()).join() === expected)
    }
    await shows('where=first_channel=email')
    await page.getByRole('button', { name: 'Has brought' }).click()
    await shows('where=first_channel=email&order=-revenue')
    assert.match(page.url(), /order=-revenue/)
    await page.getByRole('button', { name: /Remove the filter/ }).click()
    await page.getByRole('searchbox').fill('visitor-1')
    await shows('search=visitor-1&order=-revenue')
  })

  test('opens one customer with all their sessions and orders, page by page', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/customers/visitor-0')
    const { persons } = (await shop.get('/api/customer?person=visitor-0&limit=200')) as unknown as {
      readonly persons: readonly { readonly orders: number; readonly sessions: number }[]
    }
    const [person] = persons
    const orders = page.locator('.figure', { hasText: 'Orders' }).locator('.figure-value')
    await orders.waitFor()
    assert.equal(await orders.textContent(), String(person?.orders))
    for (let older = await page.getByRole('button', { name: 'Older' }).count(); older > 0; ) {
      await page.getByRole('button', { name: 'Older' }).click()
      await page.locator('.timeline [aria-busy="true"]').waitFor({ state: 'detached' })
      await page.waitForTimeout(300)
      older = await page.getByRole('button', { name: 'Older' }).count()
    }
    await page.getByText('This is where it began.').waitFor()
    const count = (kind: string) => page.locator(`.timeline > li[data-kind="${kind}"]`).count()
    assert.deepEqual(
      [await count('session'), await count('order')],
      [person?.sessions, person?.orders],
    )
    await page.locator('.session-steps summary').first().click()
    await page.locator('.session-steps li').first().waitFor()
    await page.getByRole('link', { name: 'All customers' }).click()
    await page.getByRole('heading', { name: 'Customers', level: 1 }).waitFor()
  })

  test('says so of somebody whom nobody knows, and of a shop without anybody', async (t) => {
    const shop = await openShop(t, { engine: 'running' })
    const empty = await openPage(t, shop, '/customers?range=all')
    await empty.getByText('No rows').waitFor()
    const page = await openPage(t, shop, '/customers/nobody', { errors: 'expected' })
    await page.getByRole('alert').getByText('nobody').waitFor()
  })

  test('names, pages and products with markup stand there as text', async (t) => {
    const evil = '<img src=x onerror="window.ran=1">'
    const shop = await openShop(t, { engine: 'running' })
    const common = { user_id: evil, session_id: evil, product_id: evil, page_url: evil }
    const records = [
      event('a', 1, { ...common, category: evil }),
      event('b', 2, { ...common, event_type: 'purchase', order_id: evil }),
      event('c', 3, { ...common, event_type: 'page', referrer: evil, device_type: evil }),
    ]
    await shop.append(records)
    await shop.post('/api/flush')
    const page = await openPage(t, shop, `/customers/${encodeURIComponent(evil)}`)
    await page.locator('.session-steps summary').first().click()
    await page.getByText(evil).first().waitFor()
    assert.equal(await page.evaluate('window.ran'), undefined)
    assert.equal(await page.locator('#content img').count(), 0)
  })
})
