/**
 * The changelog's cursor as clients hold it: the number of a batch and when it committed. A store
 * that was built anew counts its batches anew; the time tells its batch 7 from the former one.
 */
import type { Store } from '../engine/contract.ts'
import type { PlannedTable } from '../plan/plan.ts'
import { batchesOf } from '../present/table_sql.ts'

/** The beginning: before the first batch. */
const START = '0'

async function committedAt(
  store: Store,
  planned: PlannedTable,
  batch: number,
): Promise<string | undefined> {
  const sql = `SELECT epoch_ms(committed_at) AS at_ms FROM ${batchesOf(planned)} WHERE batch = ?`
  const [row] = await store.rows(sql, [batch])
  return row ? String(row.at_ms) : undefined
}

export async function cursorOf(
  store: Store,
  planned: PlannedTable,
  batch: number,
): Promise<string> {
  return batch === 0 ? START : `${batch}.${(await committedAt(store, planned, batch)) ?? ''}`
}

/** The batch to go on from; 'gap' when this store never told that cursor, or no longer knows it. */
export async function batchOf(
  store: Store,
  planned: PlannedTable,
  cursor: string,
): Promise<number | 'gap'> {
  if (cursor === START) return 0
  const [, batch, at_ms] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? []
  if (batch === undefined) return 'gap'
  return (await committedAt(store, planned, Number(batch))) === at_ms ? Number(batch) : 'gap'
}
