/**
 * Compares a table of the product with the oracle's, whatever the order of the rows. Only the
 * columns that the oracle knows count: window_end, final, version and joined ones are left alone.
 */
import assert from 'node:assert/strict'
import { COLUMNS, type ColumnKind, type OracleTable, type TableColumns } from './columns.ts'
import { isExact, units } from './money.ts'
import { micros } from './time.ts'

/** A row as the product gives it: JSON-ready values, or BigInts. */
export type AnyRow = Readonly<Record<string, unknown>>

const SHOWN_MAX = 8
const RELATIVE_MAX = 1e-9
const ABSOLUTE_MAX = 1e-12
const ESTIMATE_SHARE_MAX = 0.05
const ESTIMATE_MAX = 2

/** Money as ten-thousandths: a BigInt is that already. What is no exact decimal equals nothing. */
function moneyOf(value: unknown): bigint | string {
  if (typeof value === 'bigint') return value
  if (typeof value !== 'number' && typeof value !== 'string') return `not money: ${typeof value}`
  try {
    return isExact(value) ? units(value) : `more than four places: ${value}`
  } catch {
    return `not money: ${value}`
  }
}

function timeOf(value: unknown): number | string {
  if (value instanceof Date) return value.getTime() * 1_000
  try {
    return micros(String(value))
  } catch {
    return `not a time: ${value}`
  }
}

const shown = (value: unknown) =>
  value === undefined
    ? 'no such column'
    : JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))

/** A value such that equal values of the kind are equal texts; null stays null. */
function canonical(kind: ColumnKind, value: unknown): string | null {
  if (value === undefined) return shown(value)
  if (kind === 'list') return shown(value ?? [])
  if (value === null) return null
  if (kind === 'money') return String(moneyOf(value))
  if (kind === 'time') return String(timeOf(value))
  // Integers beyond 2^53 come as text, so the text `1` is a whole number; it is no double or flag.
  return kind === 'whole' ? String(value) : shown(value)
}

function within(kind: ColumnKind, actual: number, expected: number): boolean {
  const apart = Math.abs(actual - expected)
  if (kind === 'correlation') return apart <= RELATIVE_MAX
  if (kind === 'estimate') return apart <= ESTIMATE_MAX || apart <= ESTIMATE_SHARE_MAX * expected
  const size = Math.max(Math.abs(actual), Math.abs(expected))
  return apart <= RELATIVE_MAX * size || apart <= ABSOLUTE_MAX
}

const HAS_TOLERANCE: ReadonlySet<ColumnKind> = new Set(['double', 'correlation', 'estimate'])

function agrees(kind: ColumnKind, actual: unknown, expected: unknown): boolean {
  if (HAS_TOLERANCE.has(kind) && typeof expected === 'number') {
    // An estimate is a whole number and comes like one: also as BigInt or text.
    const number = kind === 'estimate' && actual !== null ? Number(actual) : actual
    return typeof number === 'number' && within(kind, number, expected)
  }
  return canonical(kind, actual) === canonical(kind, expected)
}

/** An all-time table may leave window_start out; any other column must be there. */
const cell = (row: AnyRow, name: string) =>
  name === 'window_start' ? (row[name] ?? null) : row[name]

const identityOf = ({ identity, columns }: TableColumns) =>
  identity === 'all' ? Object.keys(columns) : identity

/** Rows under the text that names them: more than one only where rows have no name. */
function byIdentity(rows: readonly AnyRow[], table: TableColumns): Map<string, AnyRow[]> {
  const names = identityOf(table)
  const nameOf = (row: AnyRow) =>
    JSON.stringify(names.map((name) => canonical(table.columns[name] ?? 'text', cell(row, name))))
  return Map.groupBy(rows, nameOf)
}

const describe = (row: AnyRow, table: TableColumns) =>
  identityOf(table)
    .map((name) => `${name}=${shown(cell(row, name))}`)
    .join(' ')

function rowDifferences(actual: AnyRow, expected: AnyRow, table: TableColumns): readonly string[] {
  return Object.entries(table.columns).flatMap(([name, kind]) => {
    const [given, due] = [cell(actual, name), cell(expected, name)]
    return agrees(kind, given, due) ? [] : [`${name} is ${shown(given)}, expected ${shown(due)}`]
  })
}

/** One sentence for each difference; empty where the tables agree. */
export function differences(
  name: OracleTable,
  actual: readonly AnyRow[],
  expected: readonly AnyRow[],
  table: TableColumns = COLUMNS[name],
): readonly string[] {
  const [given, due] = [byIdentity(actual, table), byIdentity(expected, table)]
  const found: string[] = []
  for (const identity of new Set([...due.keys(), ...given.keys()])) {
    const [given_rows, due_rows] = [given.get(identity) ?? [], due.get(identity) ?? []]
    for (let index = 0; index < Math.max(given_rows.length, due_rows.length); index++) {
      const [row, wanted] = [given_rows[index], due_rows[index]]
      if (!row && wanted) found.push(`missing: ${describe(wanted, table)}`)
      if (row && !wanted) found.push(`extra: ${describe(row, table)}`)
      if (!row || !wanted) continue
      const wrong = rowDifferences(row, wanted, table)
      if (wrong.length > 0) found.push(`${describe(row, table)}: ${wrong.join('; ')}`)
    }
  }
  return found
}

/** Throws an AssertionError that shows the first few differences. */
export function compareTable(
  name: OracleTable,
  actual: readonly AnyRow[],
  expected: readonly AnyRow[],
  table?: TableColumns,
): void {
  const found = differences(name, actual, expected, table)
  if (found.length === 0) return
  const more = found.length > SHOWN_MAX ? [`... and ${found.length - SHOWN_MAX} more`] : []
  const rows = `${actual.length} rows, ${expected.length} expected`
  const head = `${name}: ${found.length} differences in ${rows}`
  assert.fail([head, ...found.slice(0, SHOWN_MAX), ...more].join('\n  '))
}
