/**
 * `npm run bench:live`: a shop's traffic at a steady rate against everything `clickpath up` starts.
 * How old is what an answer shows, does the engine keep up, what does it need.
 */
import { Children } from './children.ts'
import { MARKERS_PER_SECOND, runTraffic, SHOP } from './live_traffic.ts'
import type { LoadResult } from './load/plan.ts'
import type { MarkerResult } from './measure/markers.ts'
import { figuresOf } from './measure/sampler.ts'
import { readOptions, withFolder } from './options.ts'
import { type Check, type Figures, finish, type Target } from './run.ts'

const asked = readOptions({ rate: 10_000, seconds: 60, warmup: 10, batch: 10, connections: 64 })
const { rate, seconds, warmup } = asked.numbers
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
  const { load, markers, engine, use, checks } = await runTraffic(children, folder, asked.numbers)
  return {
    stages: {
      front_door: frontDoor(load),
      ack_to_visible: visible(markers),
      engine,
      questions: figures(markers.questions),
      memory_and_cores: { ...figuresOf(use), generator_cores: load.generator_cores },
    },
    checks,
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
