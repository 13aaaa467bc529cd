/** Every table of a data folder, as rows that two folders can be compared by. */
import type { Row } from '../../src/engine/contract.ts'
import { openProcessor, type Processor } from '../../src/processor.ts'
import { systemClock as clock } from '../../src/std/clock.ts'
import { readSettings } from '../../src/std/settings.ts'

/** What tells when and in which batches records came, and not what they say. */
const ARRIVAL = ['batch', 'version', 'received_at', 'source', 'origin']

export async function withTables<T>(
  directory: string,
  log: string,
  work: (processor: Processor) => Promise<T>,
): Promise<T> {
  const settings = readSettings({ log, log_reserve_mb: 0, threads: 1, memory_limit_mb: 400 })
  const say = () => undefined
  const processor = await openProcessor({ directory, settings, config: {}, clock, say })
  try {
    await processor.engine.catchUp()
    return await work(processor)
  } finally {
    await processor.close()
  }
}

/** By name; `without` columns that may differ. */
export function allTables(directory: string, log: string, without: readonly string[] = []) {
  return withTables(directory, log, async ({ engine, plan }) => {
    const tables: Record<string, readonly string[]> = {}
    for (const name of [...plan.tables.keys(), 'orders', 'events', 'items']) {
      const rows = await engine.store.rows(`SELECT * FROM ${name}`)
      tables[name] = rows.map((row) => JSON.stringify(cut(row, [...ARRIVAL, ...without]))).sort()
    }
    return tables
  })
}

const cut = (row: Row, without: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name)))
