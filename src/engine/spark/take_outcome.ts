/**
 * How the store takes what Spark has left: the files' rows, the offsets and the watermark in one
 * transaction. The store holds states and facts; events stay in silver's files, which it reads.
 */
import { join } from 'node:path'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import { ClickpathError } from '../../std/errors.ts'
import { type Connection, transaction } from '../duckdb/database.ts'
import { insertLost } from '../duckdb/ledger.ts'
import { type BatchContext, insertPosition, type Position } from '../duckdb/position.ts'
import { partsOf, stateTable } from '../duckdb/render_states.ts'
import { settling } from '../duckdb/settle.ts'
import { isSession } from '../duckdb/state_inserts.ts'
import { horizonOf } from '../duckdb/watermark.ts'
import { noteRows, rowsIn } from './silver_files.ts'
import type { SparkOutcome } from './spark_batch.ts'

const filesIn = (folder: string) => `read_parquet(${quoteText(join(folder, '*.parquet'))})`

/** The statements that add the rows of all tables. */
function inserts({ plan }: BatchContext, { tables }: SparkOutcome): readonly string[] {
  const taken = new Set<string>()
  const insert = (table: string) => {
    const folder = tables.get(table)
    if (!folder) throw new Error(`Spark left nothing for ${table}.`)
    taken.add(table)
    return `INSERT INTO ${quoteName(table)} BY NAME SELECT * FROM ${filesIn(folder)}`
  }
  const states = plan.groups.flatMap((group) => {
    const rows = partsOf(group).map((part) => {
      return { part, table: stateTable(group, part).replaceAll('"', '') }
    })
    if (!isSession(group)) return rows.map(({ table }) => insert(table))
    const main = rows.find(({ part }) => part === 'main')?.table ?? ''
    taken.add(main)
    const parts = `SELECT * FROM ${filesIn(tables.get(main) ?? '')}`
    const { find, store } = settling(group, group.pane, parts)
    return [
      ...rows.filter(({ part }) => part !== 'main').map(({ table }) => insert(table)),
      ...find,
      ...store,
    ]
  })
  return [...states, ...[...tables.keys()].filter((table) => !taken.has(table)).map(insert)]
}

/**
 * `beforeCommit` gives the events their place. Throws `SPARK_UNFIT` where what Spark has written is
 * not here: `address` names it then.
 */
export async function takeOutcome(
  connection: Connection,
  context: BatchContext,
  outcome: SparkOutcome,
  how: { readonly address: string; readonly ending: 'COMMIT' | 'ROLLBACK' },
  beforeCommit: () => Promise<void> = async () => {},
): Promise<Position> {
  const { position, records, lost, silver, stored } = outcome
  const found = await rowsIn(connection, [silver])
  if (found !== stored) {
    const wrote = `it wrote ${stored} events, of which ${found} are in ${silver}`
    const cure = 'its driver, its workers and this process must see that folder by the same path'
    throw new ClickpathError('SPARK_UNFIT', how.address, `${wrote}; ${cure}`)
  }
  const { batch, sources } = position
  const horizon_us = horizonOf(sources, context.settings.idle_source_ms)
  const settled = { ...position, settled: { batch, horizon_us } }
  return transaction(connection, how.ending, async () => {
    await connection.script([
      ...inserts(context, outcome),
      ...insertLost(batch, lost, context.now_ms),
    ])
    await noteRows(connection, stored)
    await connection.run(insertPosition(settled, records, context))
    await beforeCommit()
    return settled
  })
}
