/**
 * The changelog: a cursor over changed rows. Not messages but a question, so that any number of
 * readers can ask it at their own pace: which rows are newer than my cursor, and what are they now?
 */
import type { Row, Store } from '../engine/contract.ts'
import { keyNames } from '../engine/duckdb/render_states.ts'
import type { PlannedTable } from '../plan/plan.ts'
import { quoteName } from '../std/duckdb.ts'
import type { Settings } from '../std/settings.ts'
import { dependsOnWindow } from './formula.ts'
import { ORDER_PLACES } from './orders_sql.ts'
import { batchesOf, partialKeys, windowEnd, windowed } from './table_sql.ts'

export type Change =
  | { readonly op: 'upsert'; readonly row: Row }
  /** Only the columns that name the row: window_start and the keys. */
  | { readonly op: 'delete'; readonly row: Row }

export type Changes =
  | { readonly kind: 'changes'; readonly changes: readonly Change[]; readonly cursor: number }
  /** Too many rows changed, or the cursor is older than what is kept: read the table anew. */
  | { readonly kind: 'snapshot_needed'; readonly cursor: number }

/** The columns that name a row of the table. */
export function rowIdentity({ table }: PlannedTable): readonly string[] {
  const keys = Object.keys(table.by)
  return table.window.kind === 'none' ? keys : ['window_start', ...keys]
}

export function identityOf(planned: PlannedTable, row: Row): string {
  return JSON.stringify(rowIdentity(planned).map((name) => row[name] ?? null))
}

/** The batch to start a cursor from: everything up to it is in a snapshot taken after this call. */
export async function cursorNow(store: Store, planned: PlannedTable): Promise<number> {
  const [row] = await store.rows(
    `SELECT coalesce(max(batch), 0) AS cursor FROM ${batchesOf(planned)}`,
  )
  return Number(row?.cursor ?? 0)
}

/** The names (window and keys) of rows that may have changed in batches (after, until]. */
function touchedSql(
  planned: PlannedTable,
  settings: Settings,
  after: number,
  until: number,
): string {
  const { table, group } = planned
  const names = ['window_start', ...keyNames(group)].join(', ')
  const range = `batch > ${after} AND batch <= ${until}`
  const places = ORDER_PLACES[group.from.name as keyof typeof ORDER_PLACES]
  const isSession = table.window.kind === 'session'
  const changedOrders = `order_id IN (SELECT order_id FROM order_copies WHERE ${range})`
  const all = places
    ? partialKeys(group, `(${places})`, settings)
    : windowed(group, 'main', table.window, settings)
  const changed = places
    ? partialKeys(group, `(SELECT * FROM (${places}) WHERE ${changedOrders})`, settings)
    : `${all} WHERE ${range}`
  const written = `SELECT DISTINCT ${names} FROM ${changed}`
  // A session that grew to the front or was bridged leaves the rows of its former names behind.
  const renamed = written.replace('window_start', 'unnest(formers) AS window_start')
  const former = isSession && !places ? [renamed] : []
  const horizon = (batch: number) =>
    `(SELECT arg_max(horizon, batch) FROM ${batchesOf(planned)} WHERE batch <= ${batch})`
  const end = `${windowEnd(planned, settings)} + to_milliseconds(${table.lateness_ms})`
  const closed = `SELECT DISTINCT ${names} FROM ${all} WHERE ${end} <= ${horizon(until)}
    AND ${end} > coalesce(${horizon(after)}, TIMESTAMP '1970-01-01')`
  return [written, ...former, closed].join(' UNION ')
}

/**
 * The rows of the table that changed after `cursor`, as they are now. Asking again with the
 * answer's cursor continues without a gap; a row may be given twice, which an upsert does not mind.
 */
export async function changesAfter(
  store: Store,
  planned: PlannedTable,
  settings: Settings,
  cursor: number,
  rows_max: number,
): Promise<Changes> {
  const [kept] = await store.rows(
    `SELECT min(batch) AS first, max(batch) AS last FROM ${batchesOf(planned)}`,
  )
  const until = Number(kept?.last ?? 0)
  if (cursor >= until) return { kind: 'changes', changes: [], cursor: until }
  if (cursor > 0 && cursor < Number(kept?.first ?? 0) - 1) {
    return { kind: 'snapshot_needed', cursor: until }
  }
  const touched = await store.rows(
    `${touchedSql(planned, settings, cursor, until)} LIMIT ${rows_max + 1}`,
  )
  if (touched.length > rows_max) return { kind: 'snapshot_needed', cursor: until }
  if (touched.length === 0) return { kind: 'changes', changes: [], cursor: until }
  return { kind: 'changes', changes: await presentTouched(store, planned, touched), cursor: until }
}

async function presentTouched(
  store: Store,
  planned: PlannedTable,
  touched: readonly Row[],
): Promise<readonly Change[]> {
  const { table } = planned
  const starts = touched.map(({ window_start }) => String(window_start)).sort()
  const range = table.window.kind === 'none' ? '' : 'WHERE window_start BETWEEN ? AND ?'
  const params = table.window.kind === 'none' ? [] : [starts[0], starts.at(-1)]
  const rows = await store.rows(`SELECT * FROM ${quoteName(table.name)} ${range}`, params)
  const whole = Object.values(table.measures).some(({ formula }) => dependsOnWindow(formula))
  const windows = new Set(starts)
  const wanted = new Set(touched.map((row) => identityOf(planned, row)))
  const present = new Set(rows.map((row) => identityOf(planned, row)))
  const upserts = rows.filter((row) =>
    whole ? windows.has(String(row.window_start)) : wanted.has(identityOf(planned, row)),
  )
  const deletes = touched.filter((row) => !present.has(identityOf(planned, row)))
  return [
    ...upserts.map((row) => ({ op: 'upsert', row }) as const),
    ...deletes.map((row) => ({ op: 'delete', row: named(planned, row) }) as const),
  ]
}

function named(planned: PlannedTable, row: Row): Row {
  return Object.fromEntries(rowIdentity(planned).map((name) => [name, row[name]]))
}
