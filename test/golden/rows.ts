/** Compares rows by the columns that are expected, in whatever order they come. */
import assert from 'node:assert/strict'
import type { Row } from '../../src/engine/contract.ts'

const RELATIVE_MAX = 1e-9
const SHOWN_MAX = 6

/** The row with these columns only, in their order. Answers leave out what a row does not have. */
const cut = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))

/** Tricky: rows that differ in the last digits only must sort alike. */
const sortText = (row: Row) =>
  JSON.stringify(row, (_, value) => (typeof value === 'number' ? value.toPrecision(9) : value))

/** The rows with these columns, in the order in which they are compared and written down. */
export function inOrder(rows: readonly Row[], columns: readonly string[]): readonly Row[] {
  const missing = columns.find((column) => !rows.some((row) => column in row))
  if (rows.length > 0 && missing !== undefined) throw new Error(`there is no column ${missing}`)
  const keyed = rows.map((row) => cut(row, columns)).map((row) => ({ row, text: sortText(row) }))
  return keyed
    .sort((one, other) => (one.text < other.text ? -1 : Number(one.text > other.text)))
    .map(({ row }) => row)
}

function isClose(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const size = Math.max(Math.abs(actual), Math.abs(expected))
    return Math.abs(actual - expected) <= RELATIVE_MAX * size
  }
  return JSON.stringify(actual) === JSON.stringify(expected)
}

/** Throws with the first rows that are missing or too many; numbers may differ by 1e-9 of them. */
export function compareRows(table: string, actual: readonly Row[], expected: readonly Row[]): void {
  const columns = Object.keys(expected[0] ?? {})
  const [given, due] = [inOrder(actual, columns), inOrder(expected, columns)]
  const wrong = Array.from({ length: Math.max(given.length, due.length) }, (_, at) => at)
    .filter((at) => {
      const [row, wanted] = [given[at], due[at]]
      return !row || !wanted || columns.some((name) => !isClose(row[name], wanted[name]))
    })
    .map((at) => `- ${JSON.stringify(due[at] ?? null)}\n  + ${JSON.stringify(given[at] ?? null)}`)
  if (wrong.length === 0) return
  const rows = `${due.length} expected (-), ${given.length} given (+)`
  const head = `${table}: ${wrong.length} rows differ of ${rows}`
  assert.fail([head, ...wrong.slice(0, SHOWN_MAX)].join('\n  '))
}
