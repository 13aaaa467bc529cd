/**
 * Keeps the store's bookkeeping small: the ledger's counts, which every batch appends to, become
 * one row per source and hour again, and of what was refused only the newest records stay.
 */
import type { Settings } from '../../std/settings.ts'
import type { Row } from '../contract.ts'
import { type Connection, transaction } from './database.ts'
import { FIXED_TABLES } from './schema.ts'

/** So many rows beyond one per source and hour are worth a rewriting. */
const WORN_ROWS = 2_000
/** The oldest are forgotten some at a time, not one with each that comes. */
const FORGOTTEN_SHARE = 0.1

const KEYS = ['source', 'hour']

export async function tidySmallTables(
  writer: Connection,
  { refused_records_max }: Pick<Settings, 'refused_records_max'>,
): Promise<'worked' | 'idle'> {
  const merged = await mergeLedger(writer)
  const forgotten = await forgetRefused(writer, refused_records_max)
  return merged === 'worked' || forgotten === 'worked' ? 'worked' : 'idle'
}

async function mergeLedger(writer: Connection): Promise<'worked' | 'idle'> {
  const [worn] = await writer.rows(
    `SELECT count(*) - count(DISTINCT (${KEYS.join(', ')})) AS n FROM ledger_counts`,
  )
  if (numberIn(worn) < WORN_ROWS) return 'idle'
  const columns = (FIXED_TABLES.ledger_counts ?? []).map((column) => column.split(' ')[0] ?? '')
  const merged = columns.map((name) => {
    if (KEYS.includes(name)) return name
    return name === 'batch' ? 'max(batch) AS batch' : `CAST(sum(${name}) AS BIGINT) AS ${name}`
  })
  await transaction(writer, 'COMMIT', () =>
    writer.script([
      `CREATE OR REPLACE TEMP TABLE merged_counts AS
        SELECT ${merged.join(', ')} FROM ledger_counts GROUP BY ALL`,
      'DELETE FROM ledger_counts',
      'INSERT INTO ledger_counts BY NAME FROM merged_counts',
      'DROP TABLE merged_counts',
    ]),
  )
  return 'worked'
}

/** Whole batches are forgotten, so that what is left does not depend on any order within one. */
async function forgetRefused(writer: Connection, rows_max: number): Promise<'worked' | 'idle'> {
  const [counted] = await writer.rows('SELECT count(*) AS n FROM refused_records')
  if (numberIn(counted) <= rows_max) return 'idle'
  const kept = Math.floor(rows_max * (1 - FORGOTTEN_SHARE))
  const forgotten = await writer.run(`DELETE FROM refused_records WHERE batch < (
    SELECT min(batch) FROM (SELECT batch FROM refused_records ORDER BY batch DESC LIMIT ${kept}))`)
  return forgotten > 0 ? 'worked' : 'idle'
}

const numberIn = (row: Row | undefined) => Number(row?.n ?? 0)
