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
import { insertSessionPosition, readSessionPosition } from '../duckdb/session_position.ts'
import { settling } from '../duckdb/settle.ts'
import { isSession } from '../duckdb/state_inserts.ts'
import { horizonOf } from '../duckdb/watermark.ts'
import { noteRows, rowsIn } from './silver_files.ts'
import type { SparkOutcome } from './spark_batch.ts'

/**
 * The statements that add the rows of all tables. Spark does not tell which batch they are of;
 * sessions count their own.
 */
function inserts(
  { plan }: BatchContext,
  { tables, position }: SparkOutcome,
  session_batch: number,
): readonly string[] {
  const taken = new Set<string>()
  const left = (table: string, columns = `*, ${position.batch}::BIGINT AS batch`) => {
    const folder = tables.get(table)
    if (!folder) throw new Error(`Spark left nothing for ${table}.`)
    taken.add(table)
    return `SELECT ${columns} FROM read_parquet(${quoteText(join(folder, '*.parquet'))})`
  }
  const insert = (table: string) => `INSERT INTO ${quoteName(table)} BY NAME ${left(table)}`
  const insertRows = (table: string) =>
    `INSERT INTO ${quoteName(table)} BY NAME ${left(table, '*')}`
  const states = plan.groups.flatMap((group) => {
    const rows = partsOf(group).map((part) => {
      return { part, table: stateTable(group, part).replaceAll('"', '') }
    })
    const main = rows.find(({ part }) => part === 'main')?.table ?? ''
    const others = rows.filter(({ part }) => part !== 'main').map(({ table }) => insertRows(table))
    if (!isSession(group)) return [insert(main), ...others]
    const { find, store } = settling(
      group,
      group.pane,
      left(main, `*, ${session_batch}::BIGINT AS batch`),
    )
    return [...others, ...find, ...store]
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
  const sessions = await readSessionPosition(connection)
  const settled = { batch: sessions.batch + 1, settled: { batch, horizon_us }, round: null }
  return transaction(connection, how.ending, async () => {
    await connection.script([
      ...inserts(context, outcome, settled.batch),
      ...insertLost(batch, lost, context.now_ms),
    ])
    await noteRows(connection, stored)
    await connection.script([
      insertPosition(position, records, context),
      insertSessionPosition(settled, context.now_ms),
    ])
    await beforeCommit()
    return position
  })
}
