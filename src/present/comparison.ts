/**
 * Whether two engines say the same: every table and stream that people query, row by row. What may
 * differ is declared here with its reason; all else must be equal, doubles to 1e-9.
 */
import type { Row, Store } from '../engine/contract.ts'
import type { Plan } from '../plan/plan.ts'
import { quoteName } from '../std/duckdb.ts'
import type { Settings } from '../std/settings.ts'
import { viewsOf } from './views.ts'

export interface Compared {
  readonly table: string
  readonly rows: number
  readonly verdict: 'equal' | 'different'
  /** The first difference, for people; null where there is none. */
  readonly difference: string | null
}

/** Columns that say in which batch a row came, and what depends on it. */
const OF_BATCHES: Readonly<Record<string, string>> = {
  version: 'counts batches',
  batch: 'counts batches',
  late: 'an event is late by the batches before it',
  raw: 'a refused event is shown as its engine keeps it',
}

/** Larger tables are compared by their checksums, so that neither stands in memory. */
const ROWS_MAX = 200_000
const RELATIVE_MAX = 1e-9

interface Column {
  readonly name: string
  readonly type: string
}

/** What is left out of every comparison, with the reason. */
export const leftOut: readonly string[] = Object.entries(OF_BATCHES).map(
  ([column, reason]) => `${column} (${reason})`,
)

async function columnsOf(store: Store, table: string): Promise<readonly Column[]> {
  const rows = await store.rows(`SELECT column_name, column_type
    FROM (DESCRIBE SELECT * FROM ${quoteName(table)})`)
  return rows
    .map(({ column_name, column_type }) => ({
      name: String(column_name),
      type: String(column_type),
    }))
    .filter(({ name }) => !(name in OF_BATCHES))
}

const isDouble = ({ type }: Column) => type === 'DOUBLE'

const near = (left: unknown, right: unknown) => {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right
  const size = Math.max(Math.abs(left), Math.abs(right))
  return Math.abs(left - right) <= RELATIVE_MAX * size
}

/** The exact columns as text, in one order, each with its row. */
function ordered(rows: readonly Row[], columns: readonly Column[]) {
  const exact = columns.filter((column) => !isDouble(column)).map(({ name }) => name)
  const doubles = columns.filter(isDouble).map(({ name }) => name)
  return rows
    .map((row) => ({
      exact: JSON.stringify(exact.map((name) => row[name] ?? null)),
      doubles: doubles.map((name) => row[name] ?? null),
    }))
    .sort((a, b) => compareText(a.exact, b.exact) || compareText(`${a.doubles}`, `${b.doubles}`))
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const SHOWN_MAX = 300

async function rowDifference(
  [left, right]: readonly [Store, Store],
  table: string,
  columns: readonly Column[],
): Promise<string | null> {
  const names = columns.map(({ name }) => quoteName(name)).join(', ')
  const query = `SELECT ${names} FROM ${quoteName(table)}`
  const [one, other] = [
    ordered(await left.rows(query), columns),
    ordered(await right.rows(query), columns),
  ]
  for (const [at, row] of one.entries()) {
    const twin = other[at]
    const same =
      row.exact === twin?.exact && row.doubles.every((value, n) => near(value, twin.doubles[n]))
    if (same) continue
    const shown = (of: typeof twin) =>
      of ? `${of.exact} ${of.doubles.join(' ')}`.slice(0, SHOWN_MAX) : 'no such row'
    return `${shown(row)} against ${shown(twin)}`
  }
  return null
}

/** Of many rows: a sum of hashes over exact columns, and sums of doubles. */
async function checksumDifference(
  [left, right]: readonly [Store, Store],
  table: string,
  columns: readonly Column[],
): Promise<string | null> {
  const exact = columns.filter((column) => !isDouble(column)).map(({ name }) => quoteName(name))
  const doubles = columns.filter(isDouble).map(({ name }) => name)
  const sums = doubles.map((name) => `sum(${quoteName(name)}) AS ${quoteName(name)}`)
  const hash = `CAST(sum(CAST(hash(${exact.join(', ')}) AS HUGEINT)) AS VARCHAR) AS checksum`
  const query = `SELECT ${[hash, ...sums].join(', ')} FROM ${quoteName(table)}`
  const [[one = {}], [other = {}]] = [await left.rows(query), await right.rows(query)]
  if (one.checksum !== other.checksum) return `checksums ${one.checksum} and ${other.checksum}`
  const apart = doubles.find((name) => !near(one[name], other[name]))
  return apart ? `sums of ${apart}: ${one[apart]} and ${other[apart]}` : null
}

async function compareTable(stores: readonly [Store, Store], table: string): Promise<Compared> {
  const count = async (store: Store) => {
    const [row] = await store.rows(`SELECT count(*) AS n FROM ${quoteName(table)}`)
    return Number(row?.n)
  }
  const [rows, others] = [await count(stores[0]), await count(stores[1])]
  const columns = await columnsOf(stores[0], table)
  const differs =
    rows !== others
      ? `${rows} rows against ${others}`
      : await (rows > ROWS_MAX ? checksumDifference : rowDifference)(stores, table, columns)
  return { table, rows, verdict: differs === null ? 'equal' : 'different', difference: differs }
}

/** Compares every table and stream of the plan, one after another. */
export async function* compareStores(
  stores: readonly [Store, Store],
  plan: Plan,
  settings: Settings,
): AsyncGenerator<Compared> {
  for (const { name } of viewsOf(plan, settings)) yield await compareTable(stores, name)
}
