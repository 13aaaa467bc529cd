/**
 * `npm run bench:kafka`: how many events a second the collector makes durable in Kafka, by
 * partitions, brokers and copies; and in files, as the measure of it.
 */
import { join } from 'node:path'
import { kafkaAddress } from '../src/log/kafka/address.ts'
import { openKafkaLog } from '../src/log/kafka/reader.ts'
import { Children } from './children.ts'
import { type Cluster, withCluster } from './cluster.ts'
import { startLoad } from './load/start_load.ts'
import { figuresOf, Sampler } from './measure/sampler.ts'
import { readOptions, withFolder } from './options.ts'
import { startCollector } from './product.ts'
import { Rests } from './rests.ts'
import { type Check, check, type Figures, finish } from './run.ts'

/** As `bench:collect` sends them. */
const LOAD = { door: 'native', connections: 16, batch: 100, event_bytes: 300 } as const

const asked = readOptions({ seconds: 8, warmup: 2 })
const { seconds, warmup } = asked.numbers
const { directory } = asked
const children = new Children()
const rests = new Rests(asked.pause_s)

const stages: Record<string, Figures> = {}
const checks: Check[] = []

interface Case {
  readonly partitions: number
  readonly copies: number
}

/** Partitions on one broker, where the disk decides; then what more brokers and copies change. */
const CASES: readonly (readonly [brokers: 1 | 3, cases: readonly Case[]])[] = [
  [1, [1, 2, 6, 12].map((partitions) => ({ partitions, copies: 1 }))],
  [
    3,
    [...[1, 6, 12].map((partitions) => ({ partitions, copies: 3 })), { partitions: 6, copies: 1 }],
  ],
]

async function load(stage: string, words: readonly string[], pids: readonly number[]) {
  await rests.restWhenDue()
  tell(`${stage}: ${warmup} s warm-up, ${seconds} s measured`)
  return withFolder(children, directory, async (folder) => {
    const collector = await startCollector(children, folder, undefined, words)
    const sampler = new Sampler(collector.pid, ...pids)
    const times = { warmup_s: warmup, measured_s: seconds }
    const result = await startLoad(children, {
      kind: 'full',
      url: collector.url,
      ...LOAD,
      ...times,
    }).result
    const use = await sampler.stop()
    await children.stop(collector.process)
    stages[stage] = {
      events_per_second: result.events / seconds,
      slowest_second_events: Math.min(...result.events_by_second),
      ack_p50_ms: result.acknowledgements.p50_ms,
      ack_p99_ms: result.acknowledgements.p99_ms,
      refused: result.refused,
      ...figuresOf(use),
      generator_cores: result.generator_cores,
    }
    return result.events_in_all
  })
}

async function loadKafka(stage: string, cluster: Cluster, { partitions, copies }: Case) {
  const url = `kafka://${cluster.brokers}/${stage}`
  const shape = ['--kafka-partitions', `${partitions}`, '--kafka-replication', `${copies}`]
  const acknowledged = await load(stage, ['--log', url, ...shape], cluster.pids)
  const held = await heldBy(url)
  const what = `${stage}: the topic holds what was acknowledged, no more: ${held}`
  checks.push(check(what, held === acknowledged))
}

async function heldBy(url: string): Promise<number> {
  return withFolder(children, directory, async (folder) => {
    const [spool, given_up] = [join(folder, 'spool'), join(folder, 'given_up')]
    const log = await openKafkaLog({ address: kafkaAddress(url), spool, given_up })
    const lanes = await log.lanes()
    await log.close()
    return lanes.reduce((sum, { durable_position }) => sum + durable_position, 0)
  })
}

/** Each against one broker with the partitions that a topic is made with, and against files. */
function ratios(): Figures {
  const rate = (stage: string) => Number(stages[stage]?.events_per_second)
  const usual = rate(nameOf(1, { partitions: 6, copies: 1 }))
  return {
    one_partition_to_six: rate(nameOf(1, { partitions: 1, copies: 1 })) / usual,
    twelve_partitions_to_six: rate(nameOf(1, { partitions: 12, copies: 1 })) / usual,
    three_brokers_to_one: rate(nameOf(3, { partitions: 6, copies: 1 })) / usual,
    three_brokers_and_copies_to_one: rate(nameOf(3, { partitions: 6, copies: 3 })) / usual,
    one_broker_to_files: usual / rate('files'),
  }
}

const counted = (count: number, what: string, plural = `${what}s`) =>
  `${count}_${count === 1 ? what : plural}`

function nameOf(brokers: number, { partitions, copies }: Case): string {
  return [
    counted(brokers, 'broker'),
    counted(copies, 'copy', 'copies'),
    counted(partitions, 'partition'),
  ].join('_')
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function run(): Promise<0 | 1> {
  await load('files', [], [])
  for (const [brokers, cases] of CASES) {
    const shape = { brokers: String(brokers), 'spark-master': 'none' }
    await withCluster(children, directory, shape, async (cluster) => {
      for (const one of cases) await loadKafka(nameOf(brokers, one), cluster, one)
    })
  }
  const { size, history, numbers } = asked
  const options = { ...numbers, ...LOAD }
  const all = { ...stages, ratios: ratios() }
  return finish({ bench: 'kafka', size, options, stages: all, targets: [], checks }, history)
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
