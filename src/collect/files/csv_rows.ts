/**
 * CSV read by hand, row by row: the header, and the pieces that DuckDB refuses as a whole because
 * some row is broken. Each broken row is told apart from its neighbours; a quote that is never
 * closed costs its own line and no more.
 *
 * Tricky: it works on bytes as Latin-1 characters. What divides CSV is ASCII, so cells keep their
 * bytes, and each row can be asked by itself whether it is UTF-8.
 */
import { isUtf8 } from 'node:buffer'

/** A quoted cell that goes on for longer than this was never closed. */
const ROW_BYTES_MAX = 1_000_000

export interface CsvShape {
  readonly delimiter: string
  readonly columns: number
}

interface QuotedRow {
  readonly cells: readonly string[]
  /** Where the next row begins. */
  readonly next: number
}

/** Reads the row at `at`, which holds quotes; undefined where they are not as they should be. */
function quotedRow(text: string, at: number, delimiter: string): QuotedRow | undefined {
  const cells: string[] = []
  let from = at
  for (;;) {
    let cell = ''
    if (text[from] === '"') {
      let end = text.indexOf('"', from + 1)
      let start = from + 1
      while (end !== -1 && text[end + 1] === '"' && end - at < ROW_BYTES_MAX) {
        cell += text.slice(start, end + 1)
        start = end + 2
        end = text.indexOf('"', start)
      }
      if (end === -1 || end - at > ROW_BYTES_MAX) return undefined
      cell += text.slice(start, end)
      from = end + 1
      while (text[from] === ' ') from++
    } else {
      const start = from
      while (from < text.length && text[from] !== delimiter && text[from] !== '\n') from++
      cell = text.slice(start, from)
    }
    const isLast = from >= text.length || text[from] === '\n' || text.startsWith('\r\n', from)
    if (!isLast && text[from] !== delimiter) return undefined
    cells.push(isLast && cell.endsWith('\r') ? cell.slice(0, -1) : cell)
    if (isLast) return { cells, next: from + (text[from] === '\r' ? 2 : 1) }
    from++
  }
}

/** The cells of one line; undefined where its quotes are not as they should be. */
export function cellsOfLine(line: string, delimiter: string): readonly string[] | undefined {
  return line.includes('"') ? quotedRow(line, 0, delimiter)?.cells : line.split(delimiter)
}

type Row =
  | { readonly cells: readonly string[]; readonly text: string }
  | { readonly broken: string; readonly text: string }

/** Every row of the text; empty lines are none. */
function* rowsOf(text: string, { delimiter, columns }: CsvShape): Generator<Row> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end)
    const quoted = line.includes('"') ? quotedRow(text, at, delimiter) : undefined
    const cells = quoted?.cells ?? (line.includes('"') ? [] : line.split(delimiter))
    const isRow = cells.length === columns && line !== ''
    const next = isRow ? (quoted?.next ?? end + 1) : end + 1
    if (isRow) yield { cells, text: quoted ? text.slice(at, next) : line }
    else if (line !== '') yield { broken: mistakeIn(line, cells, columns), text: line }
    at = next
  }
}

function mistakeIn(line: string, cells: readonly string[], columns: number): string {
  if (line.length > ROW_BYTES_MAX) return `the row has more than ${ROW_BYTES_MAX} bytes`
  if (cells.length === 0) return 'a quote is not closed, or something follows it'
  return `the row has ${cells.length} cells; the header names ${columns}`
}

const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const MUST_BE_QUOTED = /["\r\n]/

/** Two cells more than the header has: what could not be read, and why. */
function mended(row: Row, shape: CsvShape, raw_bytes_max: number): string {
  const { delimiter, columns } = shape
  if ('broken' in row) {
    const raw = quote(storable(row.text.slice(0, raw_bytes_max)))
    return `${delimiter.repeat(columns)}${raw}${delimiter}${quote(row.broken)}\n`
  }
  const isPlain = !MUST_BE_QUOTED.test(row.text)
  const cells = isPlain ? row.text : row.cells.map(quote).join(delimiter)
  return `${cells}${delimiter}${delimiter}\n`
}

/** As UTF-8 in Latin-1 characters, whatever the bytes were. */
function storable(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  return isUtf8(bytes) ? text : Buffer.from(bytes.toString('utf8')).toString('latin1')
}

/** Whether the last cell of a file that ends without a line break is whole. */
export type IsWhole = (last_cell: string) => boolean

export interface MendOptions {
  readonly shape: CsvShape
  readonly raw_bytes_max: number
  /** Given for the last piece of a file that ends without a line break. */
  readonly isWhole?: IsWhole
}

/**
 * The same rows so that DuckDB reads them all: two more cells at each end, empty for a good row,
 * what was read and why it cannot be for a broken one, whose other cells are empty.
 */
export function* mendRows(bytes: Buffer, options: MendOptions): Generator<Buffer> {
  const { shape, raw_bytes_max, isWhole } = options
  const isAllUtf8 = isUtf8(bytes)
  let parts: string[] = []
  let last: Row | undefined
  const out = (row: Row) => parts.push(mended(row, shape, raw_bytes_max))
  for (const row of rowsOf(bytes.toString('latin1'), shape)) {
    if (last) out(last)
    const isGood = isAllUtf8 || isUtf8(Buffer.from(row.text, 'latin1'))
    last = isGood ? row : { broken: 'the text is not UTF-8', text: row.text }
    if (parts.length < 10_000) continue
    yield Buffer.from(parts.join(''), 'latin1')
    parts = []
  }
  const isCut = last && 'cells' in last && isWhole && !isWhole(last.cells.at(-1) ?? '')
  if (last && isCut) last = { broken: 'the file is cut off in this row', text: last.text }
  if (last) out(last)
  yield Buffer.from(parts.join(''), 'latin1')
}

export interface CsvHead {
  readonly names: readonly string[]
  readonly delimiter: string
  /** Bytes of the header with its line break. */
  readonly bytes: number
}

const DELIMITERS = [',', ';', '\t', '|'] as const

/**
 * The header of a CSV; undefined where the bytes hold no whole first line. Without a delimiter the
 * one that divides most is taken.
 */
export function readHead(bytes: Buffer, given?: string): CsvHead | undefined {
  const text = bytes.toString('latin1')
  const newline = text.indexOf('\n')
  if (newline === -1) return undefined
  const line = text.slice(0, newline)
  const [likely = ','] = DELIMITERS.toSorted(
    (one, other) => line.split(other).length - line.split(one).length,
  )
  const delimiter = given ?? likely
  const start = line.startsWith('\xef\xbb\xbf') ? 3 : 0
  const row = quotedRow(text.slice(start, newline + 1), 0, delimiter)
  if (!row) return undefined
  const names = row.cells.map((cell) => Buffer.from(cell, 'latin1').toString('utf8').trim())
  return { names, delimiter, bytes: newline + 1 }
}
