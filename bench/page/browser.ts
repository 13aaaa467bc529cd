/** The system's Chromium, looking at the page as a reader does: nothing kept between visits. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../../test/web/browser.ts'
import { IN_PAGE } from './in_page.ts'

const WAIT_MS_MAX = 60_000
const LOOK_MS = 20

const SIZE = { width: 1_440, height: 900 }

/**
 * Scripts run as they are written. The heap holds compiled code too, which comes and goes by what
 * runs often: with it the figure says more of the compiler than of what the page keeps.
 */
export const UNCOMPILED = '--js-flags=--no-opt,--no-maglev,--no-sparkplug,--no-flush-bytecode'

export async function openBrowser(...more: readonly string[]): Promise<Browser> {
  const executablePath = chromiumPath()
  if (!executablePath) throw new Error('There is no Chromium on this machine.')
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...more] })
}

/** A visit of somebody who never was here; its cache, page and clock begin now. */
export async function visit<T>(
  browser: Browser,
  url: string,
  look: (page: Page, context: BrowserContext) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ viewport: SIZE })
  try {
    await context.addInitScript(IN_PAGE)
    const page = await context.newPage()
    await page.goto(url, { waitUntil: 'commit' })
    return await look(page, context)
  } finally {
    await context.close()
  }
}

/**
 * Waits until the script's value holds; fails when it does not come to that.
 * Tricky: asked from here each time, since the page's policy forbids a script that waits there.
 */
export async function until(page: Page, script: string): Promise<void> {
  const began_ms = performance.now()
  while (!(await page.evaluate(script))) {
    if (performance.now() - began_ms > WAIT_MS_MAX) throw new Error(`waited in vain: ${script}`)
    await sleep(LOOK_MS)
  }
}
