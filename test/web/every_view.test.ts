/** What holds for every view, whoever made it: readable by everyone, small, at home on a phone. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage, seededShop, skip, viewsOf } from './shop_page.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SCRIPT_BYTES_MAX = 350_000
const PHONE = 390

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}

async function settled(page: Page): Promise<void> {
  await page.locator('#content h1').waitFor()
  await page.locator('#content [aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** Violations that keep people out, with the first place of each. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const { violations } = (await page.evaluate('axe.run(document)')) as {
    readonly violations: readonly Violation[]
  }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

describe('every view', { skip, timeout: 170_000 }, () => {
  test('has no serious violation of accessibility, light or dark', async (t) => {
    const shop = await seededShop(t)
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openPage(t, shop, '/now', { colorScheme })
      for (const name of await viewsOf(page)) {
        await page.goto(`${shop.url}/${name}?range=all`)
        await settled(page)
        assert.deepEqual(await violationsOf(page), [], `${name}, ${colorScheme}`)
      }
    }
  })

  test('fits a phone: nothing is wider than the screen', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/now', { width: PHONE })
    for (const name of await viewsOf(page)) {
      await page.goto(`${shop.url}/${name}?range=all`)
      await settled(page)
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
      assert.ok(width <= PHONE, `${name} is ${width} wide`)
    }
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: 'Trust' }).click()
    await page.getByRole('heading', { name: 'Trust', level: 1 }).waitFor()
  })

  test(`the first one takes at most ${SCRIPT_BYTES_MAX / 1_000} kB of script`, async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/')
    await page.locator('canvas').first().waitFor()
    const sizes = (await page.evaluate(`performance.getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.js'))
      .map(({ encodedBodySize }) => encodedBodySize)`)) as readonly number[]
    const sum = sizes.reduce((total, size) => total + size, 0)
    assert.ok(sizes.length > 2 && sum > 50_000, `${sizes}`)
    assert.ok(sum <= SCRIPT_BYTES_MAX, `${sum} bytes in ${sizes.length} files`)
    t.diagnostic(`${sum} bytes of script in ${sizes.length} files`)
  })
})
