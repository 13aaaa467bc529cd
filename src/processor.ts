/**
 * What turns the log into tables, put together: log reader, plan, engine, views. The processor role
 * runs it under a server; commands run it alone when no server is up.
 */
import { join } from 'node:path'
import type { Config } from './config.ts'
import { DuckdbEngine } from './engine/duckdb/engine.ts'
import type { Log } from './log/contract.ts'
import { openFileLog } from './log/files/reader.ts'
import type { Table } from './model/table.ts'
import { shippedTables } from './model/tables/registry.ts'
import { type Plan, planTables } from './plan/plan.ts'
import { createViews } from './present/views.ts'
import type { Clock } from './std/clock.ts'
import type { Settings } from './std/settings.ts'

export interface ProcessorOptions {
  /** The data folder. */
  readonly directory: string
  readonly settings: Settings
  readonly config: Config
  readonly clock: Clock
  /** Told in one sentence of what an operator should know. */
  readonly say: (sentence: string) => void
}

export interface Processor {
  readonly engine: DuckdbEngine
  readonly log: Log
  readonly plan: Plan
  close(): Promise<void>
}

/** Our tables and the user's; one of the same name takes the place of ours. */
export function tablesOf(config: Config, settings: Settings): readonly Table[] {
  const own = config.tables ?? []
  const replaced = new Set(own.map(({ name }) => name))
  return [...shippedTables(settings).filter(({ name }) => !replaced.has(name)), ...own]
}

/**
 * Opens the store, building it where it must be. Throws STORE_LOCKED when another process has it.
 */
export async function openProcessor(options: ProcessorOptions): Promise<Processor> {
  const { directory, settings, config, clock, say } = options
  const log = openFileLog({
    directory: join(directory, 'log'),
    spool: join(directory, 'run', 'spool'),
  })
  const plan = planTables(tablesOf(config, settings))
  const engine = new DuckdbEngine({
    directory: join(directory, 'engine'),
    log,
    plan,
    settings,
    clock,
    prologue: () => createViews(plan, settings),
    say,
  })
  await engine.open()
  const close = async () => {
    await engine.close()
    await log.close()
  }
  return { engine, log, plan, close }
}
