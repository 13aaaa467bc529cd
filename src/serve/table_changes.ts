/** What a table has to tell to somebody at a cursor: its changes, or all of it anew. */
import { type Change, changesAfter, cursorNow } from '../present/changelog.ts'
import type { Settings } from '../std/settings.ts'
import type { Catalogue } from './catalogue.ts'
import { batchOf, cursorOf } from './cursor.ts'
import type { LimitedStore } from './served_engine.ts'
import { queryTable, type TableRows } from './table_query.ts'

export interface Snapshot extends TableRows {
  /** Every change after this is yet to be told. */
  readonly cursor: string
}

/** The newest rows of the table, at most `limit`, with the cursor to go on from. */
export async function snapshotOf(
  store: LimitedStore,
  catalogue: Catalogue,
  name: string,
  limit: number,
  { query_ms_max }: Pick<Settings, 'query_ms_max'>,
): Promise<Snapshot> {
  // The cursor first: what commits in between is told again, never missed.
  const planned = catalogue.planned(name)
  const cursor = await cursorOf(store, planned, await cursorNow(store, planned))
  const info = await catalogue.table(store, name)
  const request = { limit, shape: 'as declared', filters: new Map() } as const
  return { ...(await queryTable(store, info, request, query_ms_max)), cursor }
}

/**
 * The changes since `cursor`; 'gap' where a snapshot must be taken instead: the cursor is unknown
 * or too old, or too much has changed. Throws UNKNOWN_TABLE for what is no gold table.
 */
export async function changesSince(
  store: LimitedStore,
  catalogue: Catalogue,
  name: string,
  cursor: string,
  settings: Settings,
): Promise<{ readonly changes: readonly Change[]; readonly cursor: string } | 'gap'> {
  const planned = catalogue.planned(name)
  const batch = await batchOf(store, planned, cursor)
  if (batch === 'gap') return 'gap'
  const found = await changesAfter(store, planned, settings, batch, settings.live_rows_max)
  if (found.kind === 'snapshot_needed') return 'gap'
  const next = found.cursor === batch ? cursor : await cursorOf(store, planned, found.cursor)
  return { changes: found.changes, cursor: next }
}
