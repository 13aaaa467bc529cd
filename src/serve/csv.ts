/**
 * Rows as CSV (RFC 4180) that a spreadsheet opens without running anything. It imports nothing: the
 * page saves its tables with it too.
 */

export interface CsvColumn {
  readonly name: string
  /** As /api/tables says it. */
  readonly type: string
}

type CsvRow = Readonly<Record<string, unknown>>

/**
 * Spreadsheets take text that begins like this for a formula; an apostrophe keeps it text. The wide
 * forms of the four signs count too, where the keyboard writes them.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i
const IS_NUMBER: ReadonlySet<string> = new Set(['integer', 'wide', 'decimal', 'double'])

const quoted = (text: string): string =>
  /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

function cell(value: unknown, type: string): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const isPlain = IS_NUMBER.has(type) && NUMBER.test(text)
  return quoted(!isPlain && FORMULA.test(text) ? `'${text}` : text)
}

export function csvOf(columns: readonly CsvColumn[], rows: readonly CsvRow[]): string {
  const head = columns.map(({ name }) => cell(name, 'text')).join(',')
  const lines = rows.map((row) => columns.map(({ name, type }) => cell(row[name], type)).join(','))
  return `${[head, ...lines].join('\r\n')}\r\n`
}
