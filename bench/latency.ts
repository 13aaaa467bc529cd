/**
 * `npm run bench:latency`: how old is what an answer shows, at three rates; with everything in one
 * place (files, DuckDB), and over a cluster (Kafka, Spark) on the same machine.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Children } from './children.ts'
import { withCluster } from './cluster.ts'
import { fillTables } from './fill.ts'
import { putLog } from './history_file.ts'
import { runTraffic, SHOP, type Traffic } from './live_traffic.ts'
import { figuresOf } from './measure/sampler.ts'
import { readOptions, withFolder } from './options.ts'
import { Rests } from './rests.ts'
import { type Check, type Figures, finish } from './run.ts'

const RATES = [100, 1_000, 10_000]
const CONNECTIONS = 64
/** Beyond it a request brings several events, as an SDK's do. */
const REQUESTS_PER_SECOND_MAX = 1_000
const COMPILED = { events: 20_000, seed: 2 }
const MOST_MS = 600_000

const asked = readOptions({ seconds: 60, warmup: 5, 'rate-max': 10_000 })
const { seconds, warmup } = asked.numbers
const { directory } = asked
const children = new Children()
const rests = new Rests(asked.pause_s)

const stages: Record<string, Figures> = {}
const checks: Check[] = []

type Place = Required<Pick<Traffic, 'words' | 'pids'>>

async function measure(system: string, rate: number, { words, pids }: Place): Promise<void> {
  await rests.restWhenDue()
  const stage = `${system}_${rate}_per_second`
  process.stdout.write(`${stage}: ${warmup} s warm-up, ${seconds} s measured\n`)
  const batch = Math.ceil(rate / REQUESTS_PER_SECOND_MAX)
  const traffic = { rate, seconds, warmup, batch, connections: CONNECTIONS, words, pids }
  const outcome = await withFolder(children, directory, (folder) =>
    runTraffic(children, folder, traffic),
  )
  const { load, markers, engine, use } = outcome
  const { ackToVisible, sent, seen } = markers
  stages[stage] = {
    events_per_second: load.events / load.measured_s,
    visible_p50_ms: ackToVisible.p50_ms,
    visible_p99_ms: ackToVisible.p99_ms,
    visible_max_ms: ackToVisible.max_ms,
    markers: seen,
    markers_unseen: sent - seen,
    ack_p50_ms: load.acknowledgements.p50_ms,
    ack_p99_ms: load.acknowledgements.p99_ms,
    refused: load.refused,
    ...engine,
    ...figuresOf(use),
    generator_cores: load.generator_cores,
  }
  // What has fallen behind for good is told as such; whether it lost anything shows when it is not.
  if (engine.caught_up_after_ms === null) return
  checks.push(...outcome.checks.map((one) => ({ ...one, what: `${stage}: ${one.what}` })))
}

/** Java compiles as it goes: a server is measured after some work. */
async function warmUp(spark: string): Promise<void> {
  await withFolder(children, directory, async (folder) => {
    const warm = join(folder, 'warm')
    mkdirSync(warm)
    await putLog(children, { ...COMPILED, directory, most_ms: MOST_MS }, warm)
    await fillTables(children, warm, { words: ['--engine', spark], most_ms: MOST_MS })
  })
}

async function run(): Promise<0 | 1> {
  const rates = RATES.filter((rate) => rate <= asked.numbers['rate-max'])
  for (const rate of rates) await measure('embedded', rate, { words: [], pids: [] })
  await withCluster(children, directory, {}, async ({ brokers, spark, pids }) => {
    await warmUp(spark)
    for (const rate of rates) {
      const log = `kafka://${brokers}/rate_${rate}`
      await measure('cluster', rate, { words: ['--log', log, '--engine', spark], pids })
    }
  })
  const { size, history, numbers } = asked
  const options = { ...numbers, ...SHOP, connections: CONNECTIONS }
  return finish({ bench: 'latency', size, options, stages, targets: [], checks }, history)
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
