/** Rows of REES46 as messages: a line of its CSV, with or without the header's, or JSON. */
import { cellsOfLine } from './files/csv_rows.ts'
import type { Parts } from './formats/format.ts'
import { jsonParts, unreadableParts } from './formats/json_body.ts'

const COLUMNS = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
] as const
const NOTHING: Parts = Object.freeze({ values: [], raw: () => '' })

/** Some files have a first column that only counts the rows. */
function withoutIndex(cells: readonly string[]): readonly string[] {
  return cells.length === COLUMNS.length + 1 ? cells.slice(1) : cells
}

export function readRees46(text: string, values_max: number): Parts {
  if (/^\s*[{[]/.test(text)) return jsonParts(text, values_max)
  const cells = withoutIndex(cellsOfLine(text.replace(/\r?\n$/, ''), ',') ?? [])
  if (cells[0] === COLUMNS[0]) return NOTHING
  if (cells.length !== COLUMNS.length) {
    return unreadableParts(
      text,
      `the row has ${cells.length} cells; it must have ${COLUMNS.length}`,
    )
  }
  const row = Object.fromEntries(COLUMNS.map((name, at) => [name, cells[at] ?? '']))
  return { values: [row], raw: () => text }
}
