/** Whether two data folders, each with its own engine, answer the same: every table and stream. */
import { compareStores } from '../src/present/comparison.ts'
import { openProcessor, type Processor } from '../src/processor.ts'
import { systemClock as clock } from '../src/std/clock.ts'
import { readSettings, type SettingValues } from '../src/std/settings.ts'
import { type Check, check } from './run.ts'

export interface Side {
  readonly folder: string
  readonly values: SettingValues
}

/** Comparing sorts and hashes whole tables; nothing of it is measured. */
const ROOM = { memory_limit_mb: 10_000 }

function open({ folder, values }: Side): Promise<Processor> {
  const settings = readSettings(ROOM, values)
  const say = () => undefined
  return openProcessor({ directory: folder, settings, config: {}, clock, say })
}

/** No process may run on the folders. One check for all tables, which names those that differ. */
export async function sameTables(left: Side, right: Side): Promise<Check> {
  const one = await open(left)
  const other = await open(right).catch(async (thrown) => {
    await one.close()
    throw thrown
  })
  try {
    const stores = [one.engine.store, other.engine.store] as const
    const different: string[] = []
    let [tables, rows] = [0, 0]
    for await (const compared of compareStores(stores, one.plan, readSettings(left.values))) {
      tables += 1
      rows += compared.rows
      if (compared.verdict === 'different') {
        different.push(`${compared.table} (${compared.difference})`)
      }
    }
    const what =
      different.length === 0
        ? `${tables} tables and streams are equal, ${rows} rows`
        : `${different.length} of ${tables} tables differ: ${different.join('; ')}`
    return check(what, different.length === 0 && tables > 0)
  } finally {
    await one.close()
    await other.close()
  }
}
