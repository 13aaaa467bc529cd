/** The view Journeys: flows and whole journeys as the API tells them, before and after a step. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage, seededShop, skip, waitFor } from './shop_page.ts'

interface Paths {
  readonly sessions: number
  readonly nodes: readonly { readonly kind: string; readonly sessions: number }[]
  readonly links: readonly { readonly sessions: number }[]
}

interface Journeys {
  readonly journeys: readonly { readonly sessions: number; readonly nodes: readonly string[] }[]
}

const format = new Intl.NumberFormat('en-US')
const ASKED = 'by=event_type&depth=5&repeats=collapse'
const aboutPaths = (page: Page) => page.locator('.flow .panel-head .note')

/** The diagram of all sessions, as the API tells of them. */
async function showsAll(page: Page, shop: Awaited<ReturnType<typeof seededShop>>): Promise<Paths> {
  await page.getByRole('img', { name: 'Chart: Paths' }).locator('canvas').waitFor()
  const told = (await shop.get(`/api/paths?${ASKED}&top=6`)) as unknown as Paths
  assert.ok((await aboutPaths(page).textContent())?.includes(format.format(told.sessions)))
  return told
}

describe('Journeys', { skip, timeout: 120_000 }, () => {
  test('draws paths whose table has every link of the API, other and left too', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/journeys?range=all')
    const told = await showsAll(page, shop)
    await page.getByRole('button', { name: 'Paths: as a table' }).click()
    const table = page.getByRole('region', { name: 'Paths' })
    const counts = await table.locator('tbody td:nth-child(4)').allTextContents()
    assert.deepEqual(
      counts,
      told.links.map(({ sessions }) => format.format(sessions)),
    )
    assert.ok((await table.getByText('left', { exact: true }).count()) > 0)
    await table.locator('tbody button').first().click()
    await page.getByRole('dialog').locator('tbody a').first().waitFor()
  })

  test('a step opens by keyboard, and shows what leads to it', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/journeys?range=all')
    const step = page.getByRole('button', { name: /^Step 3: cart/ })
    await step.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.locator('tbody a').first().waitFor()
    await dialog.getByRole('button', { name: 'What leads to cart' }).click()
    await waitFor('the address', () => new URL(page.url()).searchParams.get('end') === 'cart')
    const told = (await shop.get(`/api/paths?${ASKED}&top=6&end=cart`)) as unknown as Paths
    await waitFor('what led there', async () => {
      const about = await aboutPaths(page).textContent()
      return about?.includes(`What led there: ${format.format(told.sessions)} of`)
    })
    await page.reload()
    await page.getByText('What led there:').waitFor()
    assert.equal(await page.getByLabel('Where it ends').inputValue(), 'cart')
  })

  test('tells the most frequent journeys, of all and of those who bought', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/journeys?range=all&by=category')
    const shown = async () => page.locator('.journeys strong').allTextContents()
    for (const outcome of ['all', 'converted'] as const) {
      const asked = `by=category&depth=5&repeats=collapse&limit=12&outcome=${outcome}`
      const told = (await shop.get(`/api/journeys?${asked}`)) as unknown as Journeys
      const counts = told.journeys.map(({ sessions }) => format.format(sessions)).join()
      await waitFor(`journeys of ${outcome}`, async () => (await shown()).join() === counts)
      if (outcome === 'all') await page.getByRole('radio', { name: 'Bought', exact: true }).check()
    }
    assert.equal(new URL(page.url()).searchParams.get('outcome'), 'converted')
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Top journeys: save as PNG' }).click()
    assert.equal((await saving).suggestedFilename(), 'clickpath-top-journeys.png')
  })

  test('leaves out a filter of another view, and says so', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/journeys?range=all&where=first_channel%3Demail')
    await showsAll(page, shop)
    await page.getByTitle('This view cannot filter by it').waitFor()
  })

  test('says what to do where there is nothing', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/journeys?range=all&where=channel%3Dpigeon')
    await page.getByText('Nothing in this time').first().waitFor()
    await page.getByRole('button', { name: 'Remove the filter channel is pigeon' }).click()
    await page.getByRole('img', { name: 'Chart: Paths' }).waitFor()
  })
})
