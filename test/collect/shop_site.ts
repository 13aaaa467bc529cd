/** A shop's web site with the tag on its pages, and a real browser that looks at them. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = PROGRAMS.find((path) => existsSync(path))
const WAIT_MS_MAX = 15_000

/** Why tests with a browser are left out; false where there is one. */
export const skip = executablePath ? false : 'there is no Chromium on this machine'

/**
 * What a browser calls itself that is not steered by a test; else it would be filtered as a bot.
 */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

let browser: Promise<Browser> | undefined
after(async () => (await browser)?.close(), { timeout: 10_000 })

/** A visitor of their own: no storage shared with others. Ends with the test. */
export async function openVisitor(t: TestContext): Promise<BrowserContext> {
  // Tricky: a user agent given to the context alone is not that of its beacons.
  browser ??= chromium.launch({
    executablePath: executablePath as string,
    args: ['--no-sandbox', `--user-agent=${USER_AGENT}`],
  })
  const context = await (await browser).newContext()
  t.after(() => context.close())
  return context
}

export interface SiteOptions {
  /** Where the collector is. */
  readonly url: string
  readonly tag_path?: string
  /** Attributes of the script element beside its `src`. */
  readonly attributes?: string
  /** Calls of the page before the script is there. */
  readonly early?: string
  readonly script?: 'async' | 'at once'
}

const QUEUE = 'window.clickpath ||= (...call) => (clickpath.early ||= []).push(call)'

function pageHtml(path: string, options: SiteOptions): string {
  const { url, tag_path = '/clickpath.js', attributes = '', early = '' } = options
  return `<!doctype html><title>Page ${path}</title><link rel="icon" href="data:,">
    <script>${QUEUE}\n${early}</script>
    <script ${options.script === 'at once' ? '' : 'async'} src="${url}${tag_path}" ${attributes}>
    </script><a id="next" href="/next">next</a>`
}

/** Serves any path as a page with the tag; answers its address. Ends with the test. */
export async function openSite(t: TestContext, options: SiteOptions): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(pageHtml(request.url ?? '/', options))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Calls `clickpath(...)` on the page. */
export function call(page: Page, ...call: readonly unknown[]): Promise<void> {
  return page.evaluate((words) => {
    const tag = Reflect.get(globalThis, 'clickpath') as (...words: readonly unknown[]) => void
    tag(...words)
  }, call)
}

/** Waits until `look` answers something; fails when it does not come to that. */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined>,
): Promise<T> {
  for (let waited_ms = 0; waited_ms < WAIT_MS_MAX; waited_ms += 20) {
    const seen = await look()
    if (seen) return seen
    await sleep(20)
  }
  throw new Error(`waited in vain for ${what}`)
}
