/**
 * How long somebody who builds a funnel waits: from the key or click until the page shows that it
 * noticed, and until the new answer is drawn. Each thing is done once in a visit: the page keeps
 * answers, and what was asked before would be there at once.
 */
import type { Browser, Page } from 'playwright-core'
import { Latencies } from '../measure/latencies.ts'
import type { Figures } from '../run.ts'
import { until, visit } from './browser.ts'
import { IS_SETTLED } from './in_page.ts'

interface Interaction {
  readonly name: string
  /** The event that the page takes it by. */
  readonly event: 'click' | 'change'
  readonly act: (page: Page) => Promise<unknown>
}

const chosen = (field: string, value: string) => (page: Page) =>
  page.getByLabel(field, { exact: true }).selectOption(value)

const INTERACTIONS: readonly Interaction[] = [
  { name: 'breakdown', event: 'change', act: chosen('Breakdown', 'channel') },
  {
    ...({ name: 'optional_step', event: 'click' } as const),
    act: (page) => page.locator('[data-step="1"] .small-button[aria-pressed]').click(),
  },
  {
    ...({ name: 'step_removed', event: 'click' } as const),
    act: (page) => page.locator('[data-step="1"] [data-act="remove"]').click(),
  },
  {
    ...({ name: 'step_added', event: 'click' } as const),
    act: (page) => page.locator('fieldset.add .add-button').first().click(),
  },
  { name: 'bound', event: 'change', act: chosen('Time from the first step', '1h') },
]

interface Waited {
  readonly seen_ms: number
  readonly answered_ms: number
}

export async function measureFunnel(
  browser: Browser,
  url: string,
  visits: number,
): Promise<Readonly<Record<string, Figures>>> {
  const seen = new Latencies()
  const each = new Map(INTERACTIONS.map(({ name }) => [name, new Latencies()]))
  const all = new Latencies()
  for (let at = 0; at < visits; at++) {
    await visit(browser, new URL('/funnel?range=all', url).href, async (page) => {
      for (const { name, event, act } of INTERACTIONS) {
        await until(page, IS_SETTLED)
        await page.evaluate(`bench.expect('${event}')`)
        await act(page)
        const waited = (await page.evaluate('bench.interaction')) as Waited
        seen.add(waited.seen_ms)
        all.add(waited.answered_ms)
        each.get(name)?.add(waited.answered_ms)
      }
    })
  }
  const byName = [...each].map(([name, took]) => [`${name}_p50_ms`, took.summary().p50_ms])
  const figures = (of: Latencies) => ({ p50_ms: of.summary().p50_ms, max_ms: of.summary().max_ms })
  return {
    funnel_noticed: figures(seen),
    funnel_answered: { ...figures(all), ...Object.fromEntries(byName) },
  }
}
