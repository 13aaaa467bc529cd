/**
 * What turns the log into tables, put together: log reader, plan, engine, views. The processor role
 * runs it under a server; commands run it alone when no server is up.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { DuckdbEngine } from './engine/duckdb/engine.ts'
import type { DuckdbEngineOptions } from './engine/duckdb/engine_options.ts'
import { Housekeeping } from './engine/duckdb/housekeeping.ts'
import { requireDuckdb, sparkFolder, sparkOf, storeFolder } from './engine/place.ts'
import { loadSparkEngine } from './engine/spark/load.ts'
import { ErasureBook } from './erase/book.ts'
import { Erasures, sweeping } from './erase/erasures.ts'
import { Sweeper } from './erase/sweep.ts'
import type { Log } from './log/contract.ts'
import { ArchiveFolder } from './log/files/archive_folder.ts'
import { openLog, openWriter, topicOf } from './log/open_log.ts'
import type { Table } from './model/table.ts'
import { shippedTables } from './model/tables/registry.ts'
import { type Plan, planTables } from './plan/plan.ts'
import { createViews } from './present/views.ts'
import type { Clock } from './std/clock.ts'
import { causeOf, type Say, tell } from './std/notices.ts'
import type { Settings } from './std/settings.ts'

export interface ProcessorOptions {
  /** The data folder. */
  readonly directory: string
  readonly settings: Settings
  readonly config: Config
  readonly clock: Clock
  /** Told of what an operator should know. */
  readonly say: Say
}

export interface Processor {
  readonly engine: DuckdbEngine
  readonly log: Log
  readonly plan: Plan
  readonly housekeeping: Housekeeping
  readonly erasures: Erasures
  close(): Promise<void>
}

/** Our tables and the user's; one of the same name takes the place of ours. */
export function tablesOf(config: Config, settings: Settings): readonly Table[] {
  const own = config.tables ?? []
  const replaced = new Set(own.map(({ name }) => name))
  return [...shippedTables(settings).filter(({ name }) => !replaced.has(name)), ...own]
}

/** Throws `USAGE` where Spark is asked for and its packages are missing. */
async function createEngine(
  directory: string,
  options: Omit<DuckdbEngineOptions, 'directory'>,
): Promise<DuckdbEngine> {
  const { settings, log, plan, clock, prologue, say } = options
  const address = sparkOf(settings)
  if (!address) return new DuckdbEngine({ ...options, directory: storeFolder(directory, settings) })
  const { sparkEngine, sparkSource } = await loadSparkEngine()
  const source = sparkSource(log, topicOf(settings))
  // Nothing of the archive nor of erasures: its events are files already, and nobody was erased.
  const parts = { settings, log, plan, clock, prologue, say }
  return sparkEngine({ ...parts, directory: sparkFolder(directory), address, source })
}

/** Batches on Spark leave nobody out, so people who were erased would come back. */
function requireNobodyErased(book: ErasureBook, settings: Settings): void {
  if (book.receipts().length + book.pending().length === 0) return
  const instead = 'People were erased from this shop: leave the setting engine at duckdb.'
  requireDuckdb(settings, 'A log with erasures', instead)
}

/**
 * Opens the store, building it where it must be. Throws STORE_LOCKED when another process has it.
 */
export async function openProcessor(options: ProcessorOptions): Promise<Processor> {
  const { directory, settings, config, clock, say } = options
  const log_directory = join(directory, 'log')
  const log_archive = new ArchiveFolder(join(directory, 'archive', 'log'))
  const events_directory = join(directory, 'archive', 'events')
  const log = await openLog({ directory, settings }, join(directory, 'run', 'spool'), log_archive)
  const plan = planTables(tablesOf(config, settings))
  const sweeper = new Sweeper({ directory, archive: log_archive })
  const book = new ErasureBook({ directory, random: randomBytes, sweeper })
  const prologue = () => createViews(plan, settings)
  const engine = await createEngine(directory, {
    ...{ log, plan, settings, clock, prologue, say },
    archive: events_directory,
    erasing: sweeping(book, sweeper, say),
  })
  const housekeeping = new Housekeeping({
    ...{ engine, log_directory, log_archive, events_directory, settings, clock, say },
    spool: join(directory, 'run', 'archive'),
  })
  const openLane = (lane: string) => openWriter({ directory, settings, clock }, lane)
  const parts = { directory, clock, random: randomBytes, book, sweeper, engine, openLane, settings }
  const erasures = new Erasures({ ...parts, say })
  const close = async () => {
    await housekeeping.close()
    await erasures.close()
    await engine.close()
    await log.close()
  }
  try {
    await engine.open()
    await sweeper.finishInterrupted()
    await book.load(log)
    requireNobodyErased(book, settings)
    if (book.receipts().length > 0) await sweeper.removeLeftovers('start')
    // What a kill has interrupted; where it cannot be done now, all else goes on.
    await erasures.finish().catch((thrown) => tell(say, 'ERASURE_UNFINISHED', causeOf(thrown)))
  } catch (thrown) {
    await close()
    throw thrown
  }
  return { engine, log, plan, housekeeping, erasures, close }
}
