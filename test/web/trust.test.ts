/** The view Trust: the ledger as the API tells it, opened down to the records. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openPage, seededShop, skip } from './shop_page.ts'

describe('Trust', { skip, timeout: 120_000 }, () => {
  test('shows the ledger of the API, and every number opens its records', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/trust')
    await page.getByText('✓ balances').first().waitFor()
    const { totals } = (await shop.get('/api/ledger')) as {
      totals: Readonly<Record<string, number>>
    }
    const format = new Intl.NumberFormat('en-US')
    for (const name of ['received', 'stored', 'duplicate', 'invalid', 'pending']) {
      const term = page.locator('.term', { has: page.getByText(name, { exact: true }) })
      assert.equal(await term.locator('strong').textContent(), format.format(totals[name] ?? -1))
    }
    const ofInvalid = 'tbody td:nth-child(6) button'
    await page.getByRole('region', { name: 'Ledger by source' }).locator(ofInvalid).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('3 invalid from web').waitFor()
    const reasons = await dialog.locator('tbody td:nth-child(2)').allTextContents()
    assert.deepEqual(reasons.sort(), ['bad_json', 'bad_json', 'bad_time'])
    await page.keyboard.press('Escape')
    assert.equal(await page.getByRole('dialog').count(), 0)
  })

  test('groups what is invalid by reason, with the sentence and what was sent', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/trust')
    const reason = page.locator('.reasons > li', { hasText: 'bad time' })
    await reason.getByText('A time cannot be read').waitFor()
    await reason.locator('summary').first().click()
    assert.equal(await reason.locator('pre').first().textContent(), '{}')
  })
})
