/**
 * What scenarios run on: every engine on every log. A further engine or log is one line in a list;
 * it is known by its contract alone, and its tables by what is presented.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Engine } from '../../src/engine/contract.ts'
import { DuckdbEngine } from '../../src/engine/duckdb/engine.ts'
import { sparkSource } from '../../src/engine/spark/sources.ts'
import { sparkEngine } from '../../src/engine/spark/spark_engine.ts'
import type { Log } from '../../src/log/contract.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import { openLog, openWriter, topicOf } from '../../src/log/open_log.ts'
import { type Plan, planTables } from '../../src/plan/plan.ts'
import { createViews } from '../../src/present/views.ts'
import { tablesOf } from '../../src/processor.ts'
import { systemClock as clock } from '../../src/std/clock.ts'
import { readSettings, type Settings, type SettingValues } from '../../src/std/settings.ts'
import type { GoldenRecord } from './scenario.ts'

interface OpenLog {
  readonly log: Log
  /** Resolves when the `count` lines are durable. */
  append(lines: Buffer, count: number): Promise<unknown>
  close(): Promise<void>
}

interface LogKind {
  readonly name: string
  /** What names the log of the folder. */
  settings(directory: string): SettingValues
  open(directory: string, settings: Settings): Promise<OpenLog>
}

interface EngineOptions {
  readonly directory: string
  readonly log: Log
  readonly plan: Plan
  readonly settings: Settings
}

interface EngineKind {
  readonly name: string
  /** The engine, not yet opened. */
  create(options: EngineOptions): Engine
}

const files: LogKind = {
  name: 'files',
  settings: () => ({}),
  async open(data, settings) {
    const directory = join(data, 'log')
    const log = openFileLog({ directory, spool: join(data, 'run', 'spool') })
    const lane = await openLaneWriter({ directory, lane: 'live', settings, clock })
    return {
      log,
      append: (lines, count) => lane.append(lines, count),
      close: async () => {
        await lane.close()
        await log.close()
      },
    }
  },
}

const duckdb: EngineKind = {
  name: 'duckdb',
  create: ({ directory: data, log, plan, settings }) =>
    new DuckdbEngine({
      directory: join(data, 'engine'),
      log,
      plan,
      settings,
      clock,
      prologue: () => createViews(plan, settings),
      say: () => undefined,
    }),
}

/** A topic a folder: what a kill left in it is found again. */
const kafka = (broker: string): LogKind => ({
  name: 'kafka',
  settings: (directory) => {
    const topic = `golden_${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`
    // One partition, so that the order in which the records are told is that of the log.
    return { log: `kafka://${broker}/${topic}`, kafka_partitions: 1 }
  },
  async open(directory, settings) {
    const log = await openLog({ directory, settings }, join(directory, 'run', 'spool'))
    const lane = await openWriter({ directory, settings, clock }, 'live')
    return {
      log,
      append: (lines, count) => lane.append(lines, count),
      close: async () => {
        await lane.close()
        await log.close()
      },
    }
  },
})

/** host:port; without it nothing here needs a server. */
const BROKER = process.env.CLICKPATH_TEST_KAFKA

const LOGS: readonly LogKind[] = [files, ...(BROKER ? [kafka(BROKER)] : [])]
const ENGINES: readonly EngineKind[] = [duckdb]

const spark = (address: string): EngineKind => ({
  name: 'spark',
  create: ({ directory: data, log, plan, settings }) =>
    sparkEngine({
      ...{ directory: join(data, 'spark'), log, plan, settings, clock, address },
      source: sparkSource(log, topicOf(settings)),
      prologue: () => createViews(plan, settings),
      say: () => undefined,
    }),
})

/** Batches that a Spark server computes, on every log there is; from Kafka it reads by itself. */
export const sparkStacks = (address: string): readonly Stack[] =>
  LOGS.map((log) => stackOf(log, spark(address)))

/** An engine on a log, at work on a data folder. */
export interface OpenStack {
  readonly engine: Engine
  readonly settings: Settings
  append(records: readonly GoldenRecord[]): Promise<void>
  close(): Promise<void>
}

export interface Stack {
  readonly name: string
  /** Opens what the folder holds, which may have been left by a kill. */
  open(directory: string, settings: SettingValues): Promise<OpenStack>
}

/** One thread: the machine's others are for the tests beside. */
const TEST_SETTINGS = { log_reserve_mb: 0, threads: 1, memory_limit_mb: 300 }

function stackOf(logs: LogKind, engines: EngineKind): Stack {
  return {
    name: `${engines.name} on ${logs.name}`,
    async open(directory, values) {
      const settings = readSettings(TEST_SETTINGS, values, logs.settings(directory))
      const { log, append, close } = await logs.open(directory, settings)
      const plan = planTables(tablesOf({}, settings))
      const engine = engines.create({ directory, log, plan, settings })
      await engine.open()
      return {
        engine,
        settings,
        append: async (records) => {
          const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('')
          await append(Buffer.from(lines), records.length)
        },
        close: async () => {
          await engine.close()
          await close()
        },
      }
    },
  }
}

export const STACKS: readonly Stack[] = ENGINES.flatMap((engine) =>
  LOGS.map((log) => stackOf(log, engine)),
)
