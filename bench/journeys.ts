/**
 * `npm run bench:journeys`: how long a shop waits for a funnel, its paths and its cohorts over a
 * long history, while traffic keeps flowing in.
 */
import { Children } from './children.ts'
import { madeHistory } from './history_file.ts'
import { startLoad } from './load/start_load.ts'
import { untilCaughtUp } from './measure/lag.ts'
import { Latencies } from './measure/latencies.ts'
import { figuresOf, Sampler } from './measure/sampler.ts'
import { readOptions, withFolder } from './options.ts'
import { runCommand, startUp } from './product.ts'
import { type Check, check, type Figures, finish, type Target } from './run.ts'

const IMPORT_MS_MAX = 1_800_000
const ANSWER_MS_MAX = 300

const asked = readOptions({ events: 5_000_000, seed: 1, rate: 1_000, times: 21 })
const { events, seed, rate, times } = asked.numbers
const children = new Children()

/** Each is asked as the page would; what stands first in a line is the name of the stage. */
const QUESTIONS: Readonly<Record<string, string>> = {
  funnel: '/api/funnel?steps=view,cart,purchase',
  funnel_by_channel: '/api/funnel?steps=view,cart,purchase&by=channel',
  funnel_filtered:
    '/api/funnel?steps=view,cart:category=electronics.smartphone,purchase&by=device_type&where=bounced=false',
  funnel_within_an_hour: '/api/funnel?steps=view,cart,purchase&within=1%20hour',
  paths: '/api/paths?by=event_type',
  paths_by_category: '/api/paths?by=category&start=view',
  retention: '/api/retention?cohort=visit&period=week&periods=8',
  journeys: '/api/journeys',
}
/** The others are shown beside them. */
const PROMISED = ['funnel_filtered', 'funnel_by_channel', 'paths', 'retention']

const TARGETS: readonly Target[] = PROMISED.map((stage) => {
  return { stage, figure: 'p50_ms', bound: 'at most', value: ANSWER_MS_MAX }
})

async function answer(url: string, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(new URL(path, url))
  const body = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${body.message}`)
  return body
}

async function timed(url: string, path: string): Promise<Figures> {
  const latencies = new Latencies()
  for (let time = 0; time < times; time++) {
    const began_ms = performance.now()
    await answer(url, path)
    latencies.add(performance.now() - began_ms)
  }
  const { p50_ms, p99_ms, max_ms } = latencies.summary()
  return { p50_ms, p99_ms, max_ms }
}

async function rowsOf(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const response = await fetch(new URL('/api/query', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
  })
  return ((await response.json()) as { rows: readonly Record<string, unknown>[] }).rows
}

async function measure(folder: string): Promise<{
  readonly stages: Readonly<Record<string, Figures>>
  readonly checks: readonly Check[]
}> {
  const file = await madeHistory(children, {
    ...{ events, seed, directory: asked.directory, most_ms: IMPORT_MS_MAX },
  })
  tell(`importing ${events.toLocaleString('en-US')} events`)
  const words = ['import', file, '--format', 'rees46', '--data', folder, '--json']
  await runCommand(children, IMPORT_MS_MAX, words)
  const up = await startUp(children, folder)
  const sampler = new Sampler(up.pid)
  const load = startLoad(children, {
    ...{ kind: 'paced', url: up.url, events_per_second: rate, batch: 10, connections: 16 },
    ...{ users: 50_000, products: 10_000, warmup_s: 5, measured_s: 600 },
  })
  await load.measuring
  const stages: Record<string, Figures> = {}
  for (const [stage, path] of Object.entries(QUESTIONS)) {
    tell(`${stage}: ${path}`)
    stages[stage] = await timed(up.url, path)
  }
  load.stop()
  await untilCaughtUp(up.url)
  const [counted] = await rowsOf(
    up.url,
    'SELECT count(*) AS sessions, count(DISTINCT visitor_id) AS visitors FROM sessions',
  )
  const sessions = Number(counted?.sessions)
  stages.history = { events, sessions, visitors: Number(counted?.visitors) }
  stages.memory_and_cores = figuresOf(await sampler.stop())
  const enough = check(
    `there is a session to every ten events: ${sessions}`,
    sessions > events / 10,
  )
  return { stages, checks: [enough] }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function run(): Promise<0 | 1> {
  const { stages, checks } = await withFolder(children, asked.directory, measure)
  const { size, history, numbers: options } = asked
  return finish({ bench: 'journeys', size, options, stages, targets: TARGETS, checks }, history)
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
