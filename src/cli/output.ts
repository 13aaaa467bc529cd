/** Rows on standard output: a table for people, JSON and CSV for programs. */

import { csvOf as csvText } from '../serve/csv.ts'
import { ClickpathError } from '../std/errors.ts'
import type { Output } from './command.ts'

export type Row = Readonly<Record<string, unknown>>

const ROW_FORMATS = ['table', 'json', 'csv'] as const
export type RowFormat = (typeof ROW_FORMATS)[number]

/** Columns wider than this are cut in a table, so that one long text does not hide the others. */
const CELL_WIDTH_MAX = 60

/** The format somebody asked for; throws `USAGE` for another word. */
export function rowFormatOf(word: string): RowFormat {
  const found = ROW_FORMATS.find((format) => format === word)
  if (found) return found
  throw new ClickpathError(
    'USAGE',
    `There is no format ${word}. Formats: ${ROW_FORMATS.join(', ')}.`,
  )
}

/**
 * JSON is one array; CSV follows RFC 4180 with a header, and a spreadsheet runs nothing of it; null
 * is empty in both texts.
 */
export function printRows(output: Output, rows: readonly Row[], format: RowFormat): void {
  if (format === 'json') output.write(`${JSON.stringify(rows)}\n`)
  else output.write(format === 'csv' ? csvOf(rows) : tableOf(rows))
}

function csvOf(rows: readonly Row[]): string {
  const columns = namesOf(rows).map((name) => ({ name, type: 'double' }) as const)
  // As numbers: text that is none is kept from being a formula all the same.
  return csvText(columns, rows)
}

function tableOf(rows: readonly Row[]): string {
  const names = namesOf(rows)
  if (names.length === 0) return 'no rows\n'
  const cells = rows.map((row) => names.map((name) => cut(text(row[name]))))
  const widths = names.map((name, column) =>
    Math.max(name.length, ...cells.map((line) => line[column]?.length ?? 0)),
  )
  const isNumber = names.map((name) =>
    rows.every((row) =>
      ['number', 'bigint', 'undefined'].includes(typeof (row[name] ?? undefined)),
    ),
  )
  const line = (values: readonly string[]): string =>
    values
      .map((value, column) => {
        const width = widths[column] ?? 0
        return isNumber[column] ? value.padStart(width) : value.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return `${[line(names), rule, ...cells.map(line)].join('\n')}\n`
}

/** The columns of all rows, in the order in which they are first met. */
function namesOf(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))]
}

function text(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** One line, without control characters: a terminal obeys what stands in the data otherwise. */
function cut(value: string): string {
  const flat = value.replace(/\p{Cc}+/gu, ' ')
  return flat.length > CELL_WIDTH_MAX ? `${flat.slice(0, CELL_WIDTH_MAX - 1)}…` : flat
}
