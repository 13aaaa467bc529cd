/**
 * `npm run bench:collect`: how many events the collector makes durable, and how fast it says so,
 * with no engine running. Load and collector share the machine.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openFileLog } from '../src/log/files/reader.ts'
import { Children } from './children.ts'
import type { LoadPlan } from './load/plan.ts'
import type { Door } from './load/requests.ts'
import { startLoad } from './load/start_load.ts'
import { probeDisk } from './measure/disk.ts'
import { readProfile, spentIn } from './measure/profile.ts'
import { figuresOf, Sampler } from './measure/sampler.ts'
import { readOptions, withFolder } from './options.ts'
import { startCollector, startUp } from './product.ts'
import { type Check, check, type Figures, finish, type Target } from './run.ts'

const EVENT_BYTES = 300
const FUNCTIONS_SHOWN = 25

const asked = readOptions({ seconds: 30, warmup: 3, starts: 3, 'profile-seconds': 5 })
const { seconds, warmup, starts } = asked.numbers
const children = new Children()

interface Case {
  readonly stage: string
  readonly door: Door
  readonly batch: number
  readonly connections: number
}

const OWN = { door: 'native' } as const
const HUNDREDS = { batch: 100, connections: 16 }
const BATCHES: Case = { stage: 'batches_of_100_over_16', ...OWN, ...HUNDREDS }
const SEGMENT: Case = { stage: 'segment_batches_of_100_over_16', door: 'segment', ...HUNDREDS }
const SINGLES: Case = { stage: 'singles_over_64', ...OWN, batch: 1, connections: 64 }
const FEW_SINGLES: Case = { stage: 'singles_over_16', ...OWN, batch: 1, connections: 16 }
const CASES: readonly Case[] = [BATCHES, SEGMENT, SINGLES, FEW_SINGLES]

const TARGETS: readonly Target[] = [
  target('batches_of_100_over_16', 'events_per_second', 'at least', 150_000),
  target('batches_of_100_over_16', 'ack_p99_ms', 'at most', 50),
  target('segment_to_native', 'events_ratio', 'at least', 0.7),
  target('singles_over_64', 'requests_per_second', 'at least', 15_000),
  target('singles_over_64', 'ack_p99_ms', 'at most', 50),
  ...CASES.map(({ stage }) => target(stage, 'resident_mb_max', 'at most', 1_500)),
  target('start', 'idle_start_to_ready_ms_max', 'at most', 3_000),
]

function target(stage: string, figure: string, bound: Target['bound'], value: number): Target {
  return { stage, figure, bound, value }
}

function planOf({ door, batch, connections }: Case, url: string, measured_s: number): LoadPlan {
  const shape = { door, connections, batch, event_bytes: EVENT_BYTES }
  return { kind: 'full', url, ...shape, warmup_s: warmup, measured_s }
}

async function loggedIn(folder: string): Promise<{ events: number; bytes: number }> {
  const log = openFileLog({ directory: join(folder, 'log'), spool: join(folder, 'spool') })
  const lanes = await log.lanes()
  await log.close()
  return {
    events: lanes.reduce((sum, { durable_position }) => sum + durable_position, 0),
    bytes: lanes.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function measure(one: Case): Promise<{ figures: Figures; checks: readonly Check[] }> {
  tell(`${one.stage}: ${warmup} s warm-up, ${seconds} s measured`)
  return withFolder(children, asked.directory, async (folder) => {
    const collector = await startCollector(children, folder)
    const sampler = new Sampler(collector.pid)
    const result = await startLoad(children, planOf(one, collector.url, seconds)).result
    const use = await sampler.stop()
    await children.stop(collector.process)
    const logged = await loggedIn(folder)
    const { count: _, ...ack } = result.acknowledgements
    const figures = {
      ...(one.batch === 1 ? {} : { events_per_second: result.events / seconds }),
      requests_per_second: result.requests / seconds,
      slowest_second_events: Math.min(...result.events_by_second),
      ack_p50_ms: ack.p50_ms,
      ack_p99_ms: ack.p99_ms,
      ack_max_ms: ack.max_ms,
      refused: result.refused,
      ...figuresOf(use),
      generator_cores: result.generator_cores,
      log_mb: logged.bytes / 1e6,
    }
    const same = `the log holds what was acknowledged, no more: ${logged.events} events`
    return { figures, checks: [check(same, logged.events === result.events_in_all)] }
  })
}

/** A run of its own, since profiling slows what it looks at. */
async function profiled(one: Case, measured_s: number): Promise<Figures> {
  tell(`profile of ${one.stage}: ${measured_s} s`)
  return withFolder(children, asked.directory, async (folder) => {
    const profile = join(folder, 'profile')
    mkdirSync(profile)
    const collector = await startCollector(children, folder, profile)
    await startLoad(children, planOf(one, collector.url, measured_s)).result
    await children.stop(collector.process)
    const skipped_ms = collector.ready_ms + warmup * 1_000
    const spent = spentIn(readProfile(profile), skipped_ms, FUNCTIONS_SHOWN)
    tell(`the collector's main thread, busy ${spent.busy_percent.toFixed(0)} % of the time:`)
    for (const { name, percent } of spent.functions) tell(`  ${percent.toFixed(1)} %  ${name}`)
    return {
      ...Object.fromEntries([...spent.parts].map(([part, share]) => [`${part}_percent`, share])),
      busy_percent: spent.busy_percent,
    }
  })
}

/** Fresh data folders each time: the slowest start there is, but for a rebuild. */
async function measureStarts(): Promise<Figures> {
  const ready_ms: number[] = []
  let resident_mb: number | null = null
  for (let number = 0; number < starts; number++) {
    await withFolder(children, asked.directory, async (folder) => {
      const up = await startUp(children, folder)
      ready_ms.push(up.ready_ms)
      resident_mb = (await new Sampler(up.pid).stop()).resident_mb_last
      await children.stop(up.process)
    })
  }
  return {
    idle_start_to_ready_ms_max: Math.max(...ready_ms),
    idle_start_to_ready_ms_min: Math.min(...ready_ms),
    idle_resident_mb: resident_mb,
  }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function run(): Promise<0 | 1> {
  const disk = await probeDisk(asked.directory)
  if (disk.kind === 'memory')
    tell('This folder lies in memory: nothing here is durable. See --dir.')
  const stages: Record<string, Figures> = {
    disk_alone: { write_64kb_and_sync_p50_ms: disk.sync_p50_ms, sync_p99_ms: disk.sync_p99_ms },
  }
  if (starts > 0) stages.start = await measureStarts()
  const checks: Check[] = [check('the data folder lies on a disk', disk.kind === 'disk')]
  for (const one of CASES) {
    const measured = await measure(one)
    stages[one.stage] = measured.figures
    checks.push(...measured.checks)
  }
  const rate = ({ stage }: Case) => Number(stages[stage]?.events_per_second)
  stages.segment_to_native = { events_ratio: rate(SEGMENT) / rate(BATCHES) }
  const profile_s = asked.numbers['profile-seconds']
  for (const one of profile_s > 0 ? [BATCHES, SINGLES] : []) {
    stages[`main_thread_in_${one.stage}`] = await profiled(one, profile_s)
  }
  const options = { ...asked.numbers, event_bytes: EVENT_BYTES }
  const { size, history } = asked
  return finish({ bench: 'collect', size, options, stages, targets: TARGETS, checks }, history)
}

try {
  process.exitCode = await run()
} finally {
  await children.stopAll()
}
