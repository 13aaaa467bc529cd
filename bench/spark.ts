/**
 * `npm run bench:spark`: how long Spark takes for every table of one log, by cores, memory and
 * workers, and with settings of its own other than ours.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Children } from './children.ts'
import { type Cluster, withCluster } from './cluster.ts'
import { fillTables } from './fill.ts'
import { putLog } from './history_file.ts'
import { measurePruning } from './measure/pruning.ts'
import { readOptions, withFolder } from './options.ts'
import { Rests } from './rests.ts'
import { type Check, check, type Figures, finish } from './run.ts'

const MOST_MS = 900_000
const WARM_UP_SEED = 2

const asked = readOptions({ events: 200_000, batch: 100_000, seed: 1, warmup: 20_000, shapes: 8 })
const { events, batch, seed, warmup, shapes } = asked.numbers
const { directory } = asked
const children = new Children()
const rests = new Rests(asked.pause_s)

const local = (cores: number, memory: string, ...conf: readonly string[]) => ({
  ...{ 'spark-master': `local[${cores}]`, memory, conf },
})
const workers = (count: number) => ({ workers: String(count), cores: '1', memory: '1g' })
const ADAPTIVE_OFF = 'spark.sql.adaptive.enabled=false'
const PARTS_200 = 'spark.sql.shuffle.partitions=200'

/** As `cluster:up` starts it; the others differ from it in one thing each. */
const USUAL = 'local_2_cores_2g'
const SHAPES: Readonly<Record<string, Parameters<typeof withCluster>[2]>> = {
  [USUAL]: local(2, '2g'),
  local_1_core_2g: local(1, '2g'),
  one_worker_of_1_core: workers(1),
  two_workers_of_1_core: workers(2),
  adaptive_off: local(2, '2g', ADAPTIVE_OFF),
  shuffle_parts_200: local(2, '2g', PARTS_200),
  shuffle_parts_200_adaptive_off: local(2, '2g', PARTS_200, ADAPTIVE_OFF),
  local_2_cores_1g: local(2, '1g'),
}

const stages: Record<string, Figures> = {}
const checks: Check[] = []

async function measure(stage: string): Promise<void> {
  await rests.restWhenDue()
  tell(`${stage}: ${events.toLocaleString('en-US')} events`)
  const shape = { brokers: '0', ...SHAPES[stage] }
  await withFolder(children, directory, async (folder) => {
    const [warm, whole] = [join(folder, 'warm'), join(folder, 'whole')]
    for (const one of [warm, whole]) mkdirSync(one)
    const history = { events, seed, directory, most_ms: MOST_MS }
    await putLog(children, { ...history, events: warmup, seed: WARM_UP_SEED }, warm)
    await putLog(children, history, whole)
    await withCluster(children, directory, shape, (cluster) => fill(stage, cluster, warm, whole))
  })
}

/** Java compiles as it goes: what a server does first is no measure of it. */
async function fill(stage: string, cluster: Cluster, warm: string, whole: string): Promise<void> {
  const { spark, pids } = cluster
  const words = ['--engine', spark, '--batch-records-max', String(batch)]
  await fillTables(children, warm, { words, most_ms: MOST_MS })
  const filled = await fillTables(children, whole, { words, most_ms: MOST_MS, pids })
  stages[stage] = filled.figures
  const what = `${stage}: all ${events} events are stored: ${filled.events}`
  checks.push(check(what, filled.events === events))
  if (stage !== USUAL) return
  stages.pruning_by_day = await measurePruning(spark, join(whole, 'spark', 'silver'))
}

/** Of times: more is slower. */
function ratios(): Figures {
  const between = (stage: string, other: string) => {
    const [one, two] = [stages[stage]?.duration_s, stages[other]?.duration_s]
    return one && two ? one / two : null
  }
  const toUsual = (stage: string) => between(stage, USUAL)
  return {
    one_core_to_two: toUsual('local_1_core_2g'),
    memory_1g_to_2g: toUsual('local_2_cores_1g'),
    one_worker_to_two: between('one_worker_of_1_core', 'two_workers_of_1_core'),
    two_workers_to_one_process: toUsual('two_workers_of_1_core'),
    adaptive_off_to_on: toUsual('adaptive_off'),
    shuffle_parts_200_to_4: toUsual('shuffle_parts_200'),
    shuffle_parts_200_adaptive_off_to_4: toUsual('shuffle_parts_200_adaptive_off'),
  }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function run(): Promise<0 | 1> {
  for (const stage of Object.keys(SHAPES).slice(0, shapes)) await measure(stage)
  const { size, history, numbers: options } = asked
  const all = { ...stages, ratios: ratios() }
  return finish({ bench: 'spark', size, options, stages: all, targets: [], checks }, history)
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
