/**
 * `npm run screenshots`: every view, light and dark, on a desktop and on a phone, into
 * screenshots/, to be looked at. `-- --url http://localhost:4000` looks at a shop that runs,
 * `--only funnel` at the pictures of that name. Without a URL a demo shop is started and given
 * half a minute.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { startUp } from '../cli/up_process.ts'
import { chromiumPath } from './browser.ts'

interface Picture {
  readonly name: string
  /** The view and what is chosen in it. */
  readonly path: string
  /** What to do before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<unknown>
}

/** Every answer is there, as far as it comes in time, and nothing moves any more. */
async function settled(page: Page): Promise<void> {
  await sleep(SETTLE_MS)
  const busy = page.locator('#content [aria-busy="true"]')
  for (let waited_ms = 0; waited_ms < ANSWERS_MS && (await busy.count()) > 0; waited_ms += 500) {
    await sleep(500)
  }
  await sleep(SETTLE_MS)
}

/** Goes where the first link of a table leads. */
const openFirst = (table: string) => async (page: Page) => {
  await page.getByRole('region', { name: table }).locator('tbody a').first().click()
  await settled(page)
}

const SQL = `SELECT date_trunc('hour', event_time) AS hour, event_type, count(*) AS events
FROM events
WHERE event_type IN ('view', 'cart', 'purchase')
GROUP BY ALL ORDER BY hour DESC LIMIT 200`
const WRONG_SQL = `SELECT category, count(*) AS views
FROM events
WHERE colour = 'red'
GROUP BY ALL`

/** A new view is a line here. */
const PICTURES: readonly Picture[] = [
  { name: 'now', path: '/now' },
  { name: 'funnel', path: '/funnel' },
  {
    name: 'funnel-compared',
    path: '/funnel?steps=view%3Acategory!%3Dtoys&steps=optional%3Awishlist&steps=cart&steps=purchase&by=channel&compare=previous&range=30d',
  },
  { name: 'journeys', path: '/journeys' },
  { name: 'journeys-pages', path: '/journeys?by=page&depth=4&range=90d&compare=previous' },
  { name: 'retention', path: '/retention' },
  { name: 'retention-days', path: '/retention?period=day&kind=rolling&compare=previous' },
  { name: 'attribution', path: '/attribution?range=30d&compare=previous' },
  { name: 'customers', path: '/customers?range=30d&compare=previous&by=first_channel' },
  { name: 'customer', path: '/customers', prepare: openFirst('Customers') },
  { name: 'products', path: '/products?compare=previous' },
  { name: 'product', path: '/products', prepare: openFirst('All products') },
  { name: 'explore', path: '/explore' },
  { name: 'table', path: '/explore/sessions' },
  { name: 'table_chart', path: '/explore/event_windows_5m?show=chart&range=24h&draw=areas' },
  { name: 'sql', path: `/explore/sql?sql=${encodeURIComponent(SQL)}` },
  { name: 'sql_chart', path: `/explore/sql?show=chart&sql=${encodeURIComponent(SQL)}` },
  { name: 'sql_wrong', path: `/explore/sql?sql=${encodeURIComponent(WRONG_SQL)}` },
  { name: 'trust', path: '/trust' },
  { name: 'connect', path: '/connect' },
]

const SCREENS = [
  { name: 'desktop', viewport: { width: 1440, height: 900 }, isMobile: false },
  { name: 'phone', viewport: { width: 390, height: 844 }, isMobile: true },
] as const
const THEMES = ['light', 'dark'] as const
const FOLDER = resolve(import.meta.dirname, '../../screenshots')
const TRAFFIC_MS = 30_000
/** Charts are drawn by then, and nothing moves any more. */
const SETTLE_MS = 1_500
/** On a busy machine answers take long. */
const ANSWERS_MS = 60_000

const { values } = parseArgs({
  options: { url: { type: 'string' }, only: { type: 'string', default: '' } },
})
mkdirSync(FOLDER, { recursive: true })
const pictures = PICTURES.filter(({ name }) => name.includes(values.only))
if (values.url) await takeAll(values.url)
else await takeOfDemo()

async function takeOfDemo(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'clickpath screenshots '))
  const demo = await startUp(data, ['--demo'])
  try {
    await sleep(TRAFFIC_MS)
    await takeAll(demo.url)
  } finally {
    demo.signal('SIGTERM')
    await demo.ended()
    rmSync(data, { recursive: true, force: true })
  }
}

async function takeAll(url: string): Promise<void> {
  const executablePath = chromiumPath()
  if (!executablePath) throw new Error('There is no Chromium on this machine.')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    for (const picture of pictures) await takeEach(browser, url, picture)
  } finally {
    await browser.close()
  }
}

async function takeEach(browser: Browser, url: string, picture: Picture): Promise<void> {
  for (const { name: screen, ...size } of SCREENS) {
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({ ...size, colorScheme, reducedMotion: 'reduce' })
      const page = await context.newPage()
      page.on('console', (line) => {
        if (line.type() === 'error') process.stderr.write(`${picture.path}: ${line.text()}\n`)
      })
      page.on('pageerror', (error) => process.stderr.write(`${picture.path}: ${error.stack}\n`))
      await page.goto(new URL(picture.path, url).href)
      await settled(page)
      await picture.prepare?.(page)
      const file = join(FOLDER, `${picture.name}-${screen}-${colorScheme}.png`)
      // As high as what is shown, so that what stays at the window's edge stands at the picture's.
      const height = await page.evaluate('document.documentElement.scrollHeight')
      await page.setViewportSize({ ...size.viewport, height: Number(height) })
      await page.screenshot({ path: file, fullPage: true })
      process.stdout.write(`${file}\n`)
      await context.close()
    }
  }
}
