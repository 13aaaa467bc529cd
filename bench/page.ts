/**
 * `npm run bench:page`: the page as a reader waits for it, over a long past: what it loads, when
 * figures are on screen, how fast a funnel follows; and whether it grows while it is looked at.
 */
import { Children } from './children.ts'
import { madeHistory } from './history_file.ts'
import { startLoad } from './load/start_load.ts'
import { untilCaughtUp } from './measure/lag.ts'
import { figuresOf, Sampler } from './measure/sampler.ts'
import { readOptions, withFolder } from './options.ts'
import { openBrowser, UNCOMPILED } from './page/browser.ts'
import { measureFirstFigures } from './page/first_figures.ts'
import { measureFunnel } from './page/funnel.ts'
import { type HeapResult, measureHeap } from './page/heap.ts'
import { sendLastHour } from './page/last_hour.ts'
import { runCommand, type Serving, startUp } from './product.ts'
import { type Check, check, type Figures, finish, type Target } from './run.ts'

const IMPORT_MS_MAX = 1_800_000
/** Some traffic before the heap is looked at, so that there is a shop even without a history. */
const WARMUP_S = 5

const asked = readOptions({
  ...{ events: 5_000_000, seed: 1, visits: 11, 'funnel-visits': 5, minutes: 60, rate: 100 },
})
const { events, seed, visits, minutes, rate } = asked.numbers
const children = new Children()

const TARGETS: readonly Target[] = [
  { stage: 'first_route', figure: 'script_kb', bound: 'at most', value: 350 },
  { stage: 'first_figures', figure: 'p50_ms', bound: 'at most', value: 1_000 },
  { stage: 'funnel_answered', figure: 'p50_ms', bound: 'at most', value: 300 },
  { stage: 'heap', figure: 'growth_ratio', bound: 'at most', value: 1.1 },
]

type Stages = Record<string, Figures>

/** The store of `up` is then what the import made. */
async function importHistory(folder: string): Promise<void> {
  if (events === 0) return
  const file = await madeHistory(children, {
    ...{ events, seed, directory: asked.directory, most_ms: IMPORT_MS_MAX },
  })
  tell(`importing ${events.toLocaleString('en-US')} events`)
  const words = ['import', file, '--format', 'rees46', '--data', folder, '--json']
  await runCommand(children, IMPORT_MS_MAX, words)
}

async function heapWithTraffic({ url }: Serving): Promise<HeapResult> {
  tell(`looking at it for ${minutes} minutes, with ${rate} events a second`)
  await sendLastHour(url)
  const measured_s = minutes * 60 + 120
  const load = startLoad(children, {
    ...{ kind: 'paced', url, events_per_second: rate, batch: 10, connections: 4 },
    ...{ users: 50_000, products: 10_000, warmup_s: WARMUP_S, measured_s },
  })
  await load.measuring
  const browser = await openBrowser(UNCOMPILED)
  try {
    return await measureHeap(browser, url, minutes)
  } finally {
    await browser.close()
    load.stop()
  }
}

async function measure(folder: string): Promise<{ stages: Stages; checks: readonly Check[] }> {
  await importHistory(folder)
  const up = await startUp(children, folder)
  const sampler = new Sampler(up.pid)
  const browser = await openBrowser()
  try {
    await untilCaughtUp(up.url)
    const stages: Stages = {}
    const checks: Check[] = []
    if (events > 0 && visits > 0) {
      tell(`${visits} first visits`)
      Object.assign(stages, await measureFirstFigures(browser, up.url, visits))
    }
    if (events > 0 && asked.numbers['funnel-visits'] > 0) {
      tell('a funnel, put together')
      Object.assign(stages, await measureFunnel(browser, up.url, asked.numbers['funnel-visits']))
    }
    stages.history = { events: await eventsOf(up.url) }
    checks.push(check('the history is there', (stages.history.events ?? 0) >= events))
    if (minutes > 0) {
      const { heap, updates } = await heapWithTraffic(up)
      stages.heap = { ...heap, updates }
      // Something moves at least every few seconds, or nothing was looked at.
      checks.push(check(`the page was live: ${updates} updates`, updates > minutes * 10))
    }
    stages.memory_and_cores = figuresOf(await sampler.stop())
    return { stages, checks }
  } finally {
    await browser.close()
  }
}

async function eventsOf(url: string): Promise<number> {
  const response = await fetch(new URL('/api/ledger', url))
  const { totals } = (await response.json()) as { readonly totals: { readonly stored: number } }
  return totals.stored
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function run(): Promise<0 | 1> {
  const { stages, checks } = await withFolder(children, asked.directory, measure)
  const { size, history, numbers: options } = asked
  return finish({ bench: 'page', size, options, stages, targets: TARGETS, checks }, history)
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
