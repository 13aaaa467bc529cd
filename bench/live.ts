/**
 * `npm run bench:live`: a shop's traffic at a steady rate against everything `clickpath up` starts.
 * How old is what an answer shows, does the engine keep up, what does it need.
 */
import { Children } from './children.ts'
import type { LoadPlan, LoadResult } from './load/plan.ts'
import { startLoad } from './load/start_load.ts'
import { LagSampler, untilCaughtUp } from './measure/lag.ts'
import { type MarkerResult, Markers } from './measure/markers.ts'
import { figuresOf, Sampler } from './measure/sampler.ts'
import { readOptions, withFolder } from './options.ts'
import { startUp } from './product.ts'
import { type Check, check, type Figures, finish, type Target } from './run.ts'

const MARKERS_PER_SECOND = 10
/** Of people and products as many as a shop with so much traffic has. */
const SHOP = { users: 200_000, products: 10_000 }

const asked = readOptions({ rate: 10_000, seconds: 60, warmup: 10, batch: 10, connections: 64 })
const { rate, seconds, warmup, batch, connections } = asked.numbers
const children = new Children()

const TARGETS: readonly Target[] = [
  { stage: 'ack_to_visible', figure: 'p99_ms', bound: 'at most', value: 1_000 },
  // Less than a second's traffic more at the end than at the beginning.
  { stage: 'engine', figure: 'pending_growth', bound: 'at most', value: rate },
  { stage: 'memory_and_cores', figure: 'resident_mb_max', bound: 'at most', value: 1_500 },
  { stage: 'front_door', figure: 'events_per_second', bound: 'at least', value: rate * 0.99 },
]

interface Outcome {
  readonly stages: Readonly<Record<string, Figures>>
  readonly checks: readonly Check[]
}

async function measure(folder: string): Promise<Outcome> {
  const up = await startUp(children, folder)
  const sampler = new Sampler(up.pid)
  const plan: LoadPlan = {
    ...{ kind: 'paced', url: up.url, events_per_second: rate, batch, connections, ...SHOP },
    ...{ warmup_s: warmup, measured_s: seconds },
  }
  const load = startLoad(children, plan)
  await load.measuring
  const lag = new LagSampler(up.url)
  const markers = new Markers(up.url, MARKERS_PER_SECOND)
  const loaded = load.result.finally(() => markers.stop())
  const caughtUp = loaded.then(() => untilCaughtUp(up.url))
  // Whatever fails first is told, and ends the bench.
  const [result, caught_up_ms, seen] = await Promise.all([loaded, caughtUp, markers.run()])
  const engine = await lag.stop()
  const use = await sampler.stop()
  const checks = await checksOf(up.url, result, seen)
  const stopped = await children.stop(up.process)
  return {
    stages: {
      front_door: frontDoor(result),
      ack_to_visible: visible(seen),
      engine: { ...engine, caught_up_after_ms: caught_up_ms },
      questions: figures(seen.questions),
      memory_and_cores: { ...figuresOf(use), generator_cores: result.generator_cores },
    },
    checks: [...checks, check('it stops in good order', stopped === 'stopped')],
  }
}

function frontDoor(result: LoadResult): Figures {
  return {
    events_per_second: result.events / result.measured_s,
    requests_per_second: result.requests / result.measured_s,
    slowest_second_events: Math.min(...result.events_by_second),
    ...figures(result.acknowledgements),
    refused: result.refused,
    unsent: result.unsent,
  }
}

function visible(seen: MarkerResult): Figures {
  return {
    ...figures(seen.ackToVisible),
    markers: seen.seen,
    marker_ack_p99_ms: seen.acknowledgements.p99_ms,
  }
}

function figures({ p50_ms, p99_ms, max_ms }: MarkerResult['questions']): Figures {
  return { p50_ms, p99_ms, max_ms }
}

async function checksOf(
  url: string,
  load: LoadResult,
  seen: MarkerResult,
): Promise<readonly Check[]> {
  const sql = `SELECT sum(received) AS received, sum(stored) AS stored,
    sum(duplicate) AS duplicate, (SELECT count(*) FROM events) AS silver FROM ledger`
  const response = await fetch(new URL('/api/query', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
  })
  const { rows } = (await response.json()) as { rows: readonly Record<string, unknown>[] }
  const [received, stored, duplicate, silver] = ['received', 'stored', 'duplicate', 'silver'].map(
    (name) => Number(rows[0]?.[name]),
  ) as [number, number, number, number]
  const sent = load.events_in_all + seen.sent
  return [
    check(`every marker became visible: ${seen.seen} of ${seen.sent}`, seen.seen === seen.sent),
    check(`the ledger has what was acknowledged: ${received} of ${sent}`, received === sent),
    check(`all of it is stored or a duplicate: ${silver}`, stored + duplicate === received),
    check('the stored events are there', silver === stored),
  ]
}

async function run(): Promise<0 | 1> {
  process.stdout.write(`${rate} events/s: ${warmup} s warm-up, ${seconds} s measured\n`)
  const { stages, checks } = await withFolder(children, asked.directory, measure)
  const options = { ...asked.numbers, ...SHOP, markers_per_second: MARKERS_PER_SECOND }
  const { size, history } = asked
  return finish({ bench: 'live', size, options, stages, targets: TARGETS, checks }, history)
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
