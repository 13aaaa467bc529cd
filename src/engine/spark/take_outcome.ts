/**
 * How the store takes what Spark has left: the files' rows, the offsets and the watermark in one
 * transaction. The store holds states and facts; events stay in silver's files, which it reads.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import { type Connection, transaction } from '../duckdb/database.ts'
import { type BatchContext, insertPosition, type Position } from '../duckdb/position.ts'
import { partsOf, stateTable } from '../duckdb/render_states.ts'
import { SILVER_COLUMNS } from '../duckdb/schema.ts'
import { settling } from '../duckdb/settle.ts'
import { isSession } from '../duckdb/state_inserts.ts'
import { horizonOf } from '../duckdb/watermark.ts'
import type { SparkOutcome } from './spark_batch.ts'

const filesIn = (folder: string) => `read_parquet(${quoteText(join(folder, '*.parquet'))})`

export async function takeOutcome(
  connection: Connection,
  context: BatchContext,
  { position, records, tables }: SparkOutcome,
): Promise<Position> {
  const { plan, settings } = context
  const taken = new Set<string>()
  const insert = (table: string) => {
    const folder = tables.get(table)
    if (!folder) throw new Error(`Spark left nothing for ${table}.`)
    taken.add(table)
    return `INSERT INTO ${quoteName(table)} BY NAME SELECT * FROM ${filesIn(folder)}`
  }
  const states = plan.groups.flatMap((group) => {
    const parts = partsOf(group).map((part) => [part, stateTable(group, part).replaceAll('"', '')])
    const rows = parts.map(([part, table = '']) => ({ part, table }))
    if (!isSession(group)) return rows.map(({ table }) => insert(table))
    const main = rows.find(({ part }) => part === 'main')?.table ?? ''
    taken.add(main)
    return [
      ...rows.filter(({ part }) => part !== 'main').map(({ table }) => insert(table)),
      ...settling(group, group.pane, `SELECT * FROM ${filesIn(tables.get(main) ?? '')}`),
    ]
  })
  const facts = [...tables.keys()].filter((table) => !taken.has(table)).map(insert)
  const horizon_us = horizonOf(position.sources, settings.idle_source_ms)
  const settled = { ...position, settled: { batch: position.batch, horizon_us } }
  return transaction(connection, 'COMMIT', async () => {
    await connection.script([...states, ...facts])
    await connection.run(insertPosition(settled, records, context))
    return settled
  })
}

/**
 * Defines `stored_events` over silver's files. A folder of a batch that was not committed is not
 * seen. Nothing is defined before there is a file: a view needs one to know its columns by.
 */
export async function createStoredEvents(connection: Connection, silver: string): Promise<void> {
  const rounds = await readdir(silver).catch(() => [])
  if (rounds.length === 0) return
  const columns = Object.entries(SILVER_COLUMNS).map(
    ([name, type]) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
  )
  const files = quoteText(join(silver, '*', '*', '*', '*', '*.parquet'))
  await connection.script([
    `CREATE OR REPLACE VIEW stored_events AS SELECT ${columns.join(', ')}
      FROM read_parquet(${files}, hive_partitioning = false)
      WHERE batch <= (SELECT coalesce(max(batch), 0) FROM batches)`,
    'CHECKPOINT',
  ])
}
