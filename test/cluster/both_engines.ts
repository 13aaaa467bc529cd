/** Whether a data folder's tables on Spark are those that this process makes of the same log. */
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { compareStores } from '../../src/present/comparison.ts'
import { openProcessor, type Processor } from '../../src/processor.ts'
import { systemClock as clock } from '../../src/std/clock.ts'
import { readSettings, type SettingValues } from '../../src/std/settings.ts'
import { temporaryFolder } from './kafka_broker.ts'

const SMALL = { log_reserve_mb: 0, store_reserve_mb: 0, threads: 1, memory_limit_mb: 400 }

function openAs(directory: string, values: SettingValues): Promise<Processor> {
  const settings = readSettings(SMALL, values)
  return openProcessor({ directory, settings, config: {}, clock, say: () => undefined })
}

/**
 * The differences, a line a table, empty where there are none; and how many tables were compared.
 * No server may run on the folder; whatever it has not taken yet, it takes now.
 */
export async function differencesOf(
  t: TestContext,
  directory: string,
  values: { readonly log: string; readonly engine: string },
): Promise<{ readonly tables: number; readonly differences: readonly string[] }> {
  const other = await temporaryFolder(t)
  // A log of files is read by both, each with a reader and a spool of its own.
  if (existsSync(join(directory, 'log'))) {
    cpSync(join(directory, 'log'), join(other, 'log'), { recursive: true })
  }
  const embedded = await openAs(other, { ...values, engine: 'duckdb' })
  const onSpark = await openAs(directory, values)
  try {
    await embedded.engine.catchUp()
    await onSpark.engine.catchUp()
    const stores = [embedded.engine.store, onSpark.engine.store] as const
    const differences: string[] = []
    let tables = 0
    for await (const compared of compareStores(stores, embedded.plan, readSettings(values))) {
      tables += 1
      const { table, verdict, difference } = compared
      if (verdict === 'different') differences.push(`${table}: ${difference}`)
    }
    return { tables, differences }
  } finally {
    await embedded.close()
    await onSpark.close()
  }
}
