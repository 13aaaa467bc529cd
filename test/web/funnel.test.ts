/** The view Funnel: what it shows is what the API answers, and a keyboard is enough to ask it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage, seededShop, skip, waitFor } from './shop_page.ts'

type SeededShop = Awaited<ReturnType<typeof seededShop>>

interface Step {
  readonly count: number
  readonly dropped: number
  readonly people_dropped: string
}

interface Funnel {
  readonly steps: readonly Step[]
  readonly units: number
  readonly conversion_rate: number
  readonly biggest_drop: { readonly lost: number; readonly people: string }
  readonly trend: { readonly rows: readonly object[] }
  readonly breakdown: { readonly values: readonly { readonly value: string }[] }
}

const format = new Intl.NumberFormat('en-US')
const share = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 })

/** The numbers at the steps, once the page shows as many steps as are meant. */
async function countsOf(page: Page, steps: number): Promise<readonly string[]> {
  const counts = page.locator('.funnel-count .link-button')
  await waitFor(`${steps} steps`, async () => {
    const isStale = await page.locator('.answered[aria-busy="true"]').count()
    return isStale === 0 && (await counts.count()) === steps
  })
  return counts.allTextContents()
}

/** What the API says of the steps with which the view begins. */
const funnelOf = async (shop: SeededShop, more = ''): Promise<Funnel> =>
  (await shop.get(`/api/funnel?steps=view&steps=cart&steps=purchase${more}`)) as unknown as Funnel

const stepsOf = (page: Page) => new URL(page.url()).searchParams.getAll('steps')

describe('Funnel', { skip, timeout: 170_000 }, () => {
  test('shows the figures of the API and says where most are lost', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/funnel?range=all')
    const told = await funnelOf(shop)
    const counts = await countsOf(page, 3)
    assert.deepEqual(
      counts,
      told.steps.map(({ count }) => format.format(count)),
    )
    const conversion = page.locator('.figure', { hasText: 'Conversion' }).locator('.figure-value')
    assert.equal(await conversion.textContent(), share.format(told.conversion_rate))
    const headline = await page.locator('.headline').textContent()
    assert.match(headline ?? '', /Most are lost between view and cart/)
    assert.ok(
      headline?.includes(`${format.format(told.biggest_drop.lost)} sessions`),
      headline ?? '',
    )
    await page.getByRole('button', { name: 'Step by step: as a table' }).click()
    const left = page
      .getByRole('region', { name: 'Step by step' })
      .locator('tbody tr:first-child td:nth-child(6)')
    assert.equal(await left.textContent(), format.format(told.steps[0]?.dropped ?? -1))
  })

  test('Enter on a drop shows who left, with links to each of them', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/funnel?range=all')
    await countsOf(page, 3)
    await page.locator('.funnel-left button').first().focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    const told = await funnelOf(shop)
    const { people } = (await shop.get(told.steps[0]?.people_dropped ?? '')) as {
      people: readonly { readonly person_id: string }[]
    }
    const link = dialog.locator('tbody a').first()
    await link.waitFor()
    assert.equal(await link.textContent(), people[0]?.person_id)
    const href = new URL((await link.getAttribute('href')) ?? '', shop.url)
    assert.equal(href.pathname, `/customers/${people[0]?.person_id}`)
    assert.equal(
      Number(await dialog.locator('table').getAttribute('aria-rowcount')),
      people.length + 1,
    )
    await page.keyboard.press('Escape')
    assert.equal(await page.getByRole('dialog').count(), 0)
  })

  test('is built by keyboard alone: steps added, moved, made optional, narrowed, removed', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/funnel?range=all')
    await countsOf(page, 3)
    const press = async (name: string | RegExp, key = 'Enter') => {
      const button = page.locator('.builder').getByRole('button', { name, exact: true })
      await button.first().focus()
      await page.keyboard.press(key)
    }
    await page.locator('fieldset.add button', { hasText: 'page' }).focus()
    await page.keyboard.press('Enter')
    await countsOf(page, 4)
    assert.deepEqual(stepsOf(page), ['view', 'cart', 'purchase', 'page'])
    await press('Move page up')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await waitFor('page to be first', () => stepsOf(page)[0] === 'page')
    const focused = await page.evaluate(
      'document.activeElement.closest("[data-step]").dataset.step',
    )
    assert.equal(focused, '0', 'the focus goes along with the step')
    await press('Optional', 'Space')
    await waitFor('an optional step', () => stepsOf(page).includes('optional:view'))

    await page.locator('[data-step="2"] summary').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-step="2"] form input').focus()
    await page.keyboard.type('shoes')
    await page.keyboard.press('Enter')
    await waitFor('a narrowed step', () => stepsOf(page).includes('cart:category=shoes'))
    await press('Remove purchase')
    await waitFor('three steps', () => stepsOf(page).length === 3)

    await page.getByLabel('Time from the first step').focus()
    await page.keyboard.type('30 m')
    await waitFor('a window', () => new URL(page.url()).searchParams.get('within') === '30m')
    await page.getByRole('radio', { name: 'Sessions' }).focus()
    await page.keyboard.press('ArrowRight')
    await waitFor('people', () => new URL(page.url()).searchParams.get('scope') === 'person')
    await page.locator('.counting summary').focus()
    await page.keyboard.press('Enter')
    await page.locator('.counting .pop-body button', { hasText: 'purchase' }).focus()
    await page.keyboard.press('Enter')
    await waitFor('an exclusion', () => new URL(page.url()).searchParams.has('exclude', 'purchase'))
    const query = new URLSearchParams(new URL(page.url()).search)
    query.delete('range')
    const told = (await shop.get(`/api/funnel?${query}`)) as unknown as Funnel
    assert.ok(Number(told.steps[0]?.count) > Number(told.steps[2]?.count))
    await waitFor('its figures', async () => {
      const shown = (await countsOf(page, 3)).join()
      return shown === told.steps.map(({ count }) => format.format(count)).join()
    })
  })

  test('the address keeps all of it; a filter and a breakdown ask the API', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/funnel?range=all')
    await countsOf(page, 3)
    await page.getByLabel('Breakdown').selectOption('device_type')
    const table = page.getByRole('region', { name: 'Funnel by device type' })
    await table.waitFor()
    await page.locator('.view-controls summary', { hasText: 'Filter' }).click()
    await page.locator('.view-controls form').last().locator('input').fill('email')
    await page.locator('.view-controls form').last().getByRole('button', { name: 'Add' }).click()
    const told = await funnelOf(shop, '&where=channel%3Demail&by=device_type')
    const counts = told.steps.map(({ count }) => format.format(count)).join()
    await waitFor('the filtered figures', async () => (await countsOf(page, 3)).join() === counts)
    await page.reload()
    await table.waitFor()
    assert.equal((await countsOf(page, 3)).join(), counts)
    const shown = await table.locator('tbody td:first-child').allTextContents()
    assert.deepEqual(
      shown,
      told.breakdown.values.map(({ value }) => value),
    )
  })

  test('leaves out a filter of another view, and says so', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/funnel?range=all&where=first_channel%3Demail')
    const told = await funnelOf(shop)
    assert.deepEqual(
      await countsOf(page, 3),
      told.steps.map(({ count }) => format.format(count)),
    )
    await page.getByTitle('This view cannot filter by it').waitFor()
  })

  test('answers a change of the steps quickly, and says why it cannot', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/funnel?range=all', { errors: 'expected' })
    await countsOf(page, 3)
    const took_ms = await page.evaluate(`(async () => {
      const began = performance.now()
      document.querySelector('[data-step="1"] [data-act="remove"]').click()
      while (document.querySelectorAll('.funnel-count').length !== 2) {
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
      return performance.now() - began
    })()`)
    t.diagnostic(`a step removed and the funnel answered in ${Math.round(Number(took_ms))} ms`)
    await page.goto(`${shop.url}/funnel?range=all&steps=view&steps=optional%3Acart&order=any`)
    await page.getByText('In any order no step can be optional').waitFor()
    await page.goto(`${shop.url}/funnel?range=all&steps=`)
    await page.getByText('No steps yet').waitFor()
    await page.locator('fieldset.add button', { hasText: 'view' }).click()
    await countsOf(page, 1)
  })
})
