/** Rows whose cells are set apart by any number of blanks, as old tables for print are. */
import { quoteText } from '../../std/duckdb.ts'
import { keep, withWholeCharacters } from './cells.ts'
import { cellName } from './flat_columns.ts'
import type { Piece } from './pieces.ts'
import type { Scratch } from './scratch.ts'

export interface SpacedShape {
  readonly columns: number
  readonly raw_bytes_max: number
}

/** How many rows the piece has; empty lines are none. */
export async function loadSpaced(
  scratch: Scratch,
  { file }: Piece,
  { columns, raw_bytes_max }: SpacedShape,
): Promise<number> {
  await withWholeCharacters(file)
  const cells = Array.from(
    { length: columns },
    (_, index) => `CASE WHEN fits THEN parts[${index + 1}] END AS ${cellName(index)}`,
  )
  return keep(
    scratch,
    `SELECT ${cells.join(', ')},
      CASE WHEN NOT fits THEN left(line, ${raw_bytes_max}) END AS unreadable,
      CASE WHEN NOT fits THEN 'the row has ' || len(parts) || ' cells; it must have ${columns}'
        END AS trouble
    FROM (SELECT *, len(parts) = ${columns} AS fits FROM (
      SELECT line, string_split_regex(line, '\\s+') AS parts FROM (
        SELECT trim(unnest(string_split(content, chr(10))), ' \t\r') AS line
        FROM read_text(${quoteText(file)})) WHERE line <> ''))`,
    'mended',
  )
}
