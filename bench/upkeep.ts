/**
 * `npm run bench:upkeep`: what it costs a shop's live traffic that sessions are kept up to date.
 * The traffic of `live`, in turn with sessions as they are and with sessions that wait until it is
 * over; medians of several turns, since one checkpoint more or less in a minute decides what the
 * slowest hundredth is.
 */
import { Children } from './children.ts'
import { runTraffic, SHOP, type TrafficOutcome } from './live_traffic.ts'
import { readOptions, withFolder } from './options.ts'
import type { Words } from './product.ts'
import { Rests } from './rests.ts'
import { type Check, type Figures, finish, type Target } from './run.ts'

/** The longest delay there is: longer than warm-up and measuring together. */
const DELAY_MS_MAX = 60_000

const asked = readOptions({
  ...{ rate: 10_000, seconds: 45, warmup: 10, batch: 10, connections: 64, turns: 3 },
})
const { turns, ...traffic } = asked.numbers
const children = new Children()
const rests = new Rests(asked.pause_s)

const TARGETS: readonly Target[] = ['p50', 'p99'].map((figure) => ({
  ...{ stage: 'upkeep', figure: `${figure}_ratio`, bound: 'at most', value: 1.25 },
}))

const WAYS: Readonly<Record<'kept' | 'waiting', Words>> = {
  kept: [],
  waiting: ['--session-delay-ms', String(DELAY_MS_MAX)],
}
type Way = keyof typeof WAYS

const outcomes: Record<Way, TrafficOutcome[]> = { kept: [], waiting: [] }
const checks: Check[] = []

async function measure(way: Way, turn: number): Promise<void> {
  await rests.restWhenDue()
  const outcome = await withFolder(children, asked.directory, (folder) =>
    runTraffic(children, folder, { ...traffic, words: WAYS[way] }),
  )
  outcomes[way].push(outcome)
  checks.push(...outcome.checks.map((one) => ({ ...one, what: `${way} ${turn}: ${one.what}` })))
  const { p50_ms, p99_ms } = outcome.markers.ackToVisible
  const shown = [p50_ms, p99_ms].map((ms) => Math.round(ms ?? Number.NaN))
  process.stdout.write(`turn ${turn}, sessions ${way}: p50 and p99 ${shown.join(', ')} ms\n`)
}

function median(numbers: readonly (number | null)[]): number {
  const known = numbers.map((one) => one ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
  return known[Math.floor(known.length / 2)] ?? Number.POSITIVE_INFINITY
}

/** Medians over the turns. */
function figuresOf(way: Way): { readonly p50_ms: number; readonly p99_ms: number } & Figures {
  const of = (pick: (outcome: TrafficOutcome) => number | null | undefined) =>
    median(outcomes[way].map((outcome) => pick(outcome) ?? null))
  return {
    p50_ms: of(({ markers }) => markers.ackToVisible.p50_ms),
    p99_ms: of(({ markers }) => markers.ackToVisible.p99_ms),
    p99_ms_min: Math.min(...outcomes[way].map(({ markers }) => markers.ackToVisible.p99_ms ?? 0)),
    p99_ms_max: Math.max(...outcomes[way].map(({ markers }) => markers.ackToVisible.p99_ms ?? 0)),
    batch_p50_ms: of(({ engine }) => engine.batch_p50_ms),
    pending_growth: of(({ engine }) => engine.pending_growth),
  }
}

async function run(): Promise<0 | 1> {
  const { rate, seconds, warmup } = asked.numbers
  process.stdout.write(`${turns} turns of ${rate} events/s: ${warmup} s warm-up, ${seconds} s\n`)
  for (let turn = 1; turn <= turns; turn += 1) {
    // Who comes first changes, so that what the machine does in between falls on both.
    const order: readonly Way[] = turn % 2 === 1 ? ['waiting', 'kept'] : ['kept', 'waiting']
    for (const way of order) await measure(way, turn)
  }
  const [kept, waiting] = [figuresOf('kept'), figuresOf('waiting')]
  const upkeep = {
    p50_ratio: kept.p50_ms / waiting.p50_ms,
    p99_ratio: kept.p99_ms / waiting.p99_ms,
  }
  const options = { ...asked.numbers, ...SHOP }
  const stages = { kept, waiting, upkeep }
  const { size, history } = asked
  return finish({ bench: 'upkeep', size, options, stages, targets: TARGETS, checks }, history)
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
