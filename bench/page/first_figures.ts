/** From the address to figures on screen, and how much the first view takes over the wire. */
import type { Browser } from 'playwright-core'
import { Latencies } from '../measure/latencies.ts'
import type { Figures } from '../run.ts'
import { until, visit } from './browser.ts'
import { FIGURES_MS, HAS_FIGURES, IS_SETTLED, SIZES } from './in_page.ts'

const WAIT_MS_MAX = 60_000

interface Sizes {
  readonly scripts: number
  readonly script: number
  readonly style: number
}

export async function measureFirstFigures(
  browser: Browser,
  url: string,
  visits: number,
): Promise<{ readonly first_route: Figures; readonly first_figures: Figures }> {
  const latencies = new Latencies()
  let sizes: Sizes = { scripts: 0, script: 0, style: 0 }
  for (let at = 0; at < visits; at++) {
    await visit(browser, new URL('/', url).href, async (page) => {
      await until(page, HAS_FIGURES)
      latencies.add(Number(await page.evaluate(FIGURES_MS)))
      await until(page, IS_SETTLED)
      await page.locator('#content canvas').first().waitFor({ timeout: WAIT_MS_MAX })
      sizes = (await page.evaluate(SIZES)) as Sizes
    })
  }
  const { p50_ms, max_ms } = latencies.summary()
  const { scripts, script, style } = sizes
  return {
    first_route: { script_kb: script / 1_000, style_kb: style / 1_000, scripts },
    first_figures: { p50_ms, max_ms, visits },
  }
}
