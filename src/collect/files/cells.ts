/**
 * Brings one piece of a file into the table of cells, as it stands there and without judging it:
 *
 *   cells(row_at, c0, c1, ..., unreadable, trouble)      row_at counts from 0 within the piece
 *
 * CSV: a cell a column. NDJSON and Parquet: the whole row as one JSON text in c0. Of a row that is
 * broken only `unreadable` (its text) and `trouble` (why) are there.
 */
import { isUtf8 } from 'node:buffer'
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { quoteText } from '../../std/duckdb.ts'
import { type CsvShape, type MendOptions, mendRows } from './csv_rows.ts'
import { cellName } from './flat_columns.ts'
import type { Piece } from './pieces.ts'
import type { Scratch } from './scratch.ts'

const WHOLE = 'NULL::VARCHAR AS unreadable, NULL::VARCHAR AS trouble'

const viewOf = (broken: string) =>
  `CREATE OR REPLACE TEMP VIEW cells AS SELECT rowid AS row_at, *${broken} FROM cell_rows`

/**
 * Makes the rows of `select` the table of cells; how many they are. `mended` ones bring their own
 * `unreadable` and `trouble`.
 */
export async function keep(
  scratch: Scratch,
  select: string,
  kind: 'whole' | 'mended',
): Promise<number> {
  await scratch.run('DROP VIEW IF EXISTS cells')
  await scratch.run(`CREATE OR REPLACE TEMP TABLE cell_rows AS ${select}`)
  await scratch.run(viewOf(kind === 'whole' ? `, ${WHOLE}` : ''))
  return scratch.number('SELECT count(*) FROM cell_rows')
}

function readCsv(file: string, delimiter: string, columns: readonly string[]): string {
  const types = columns.map((name) => `'${name}': 'VARCHAR'`).join(', ')
  return `SELECT * FROM read_csv(${quoteText(file)}, auto_detect = false, header = false,
    delim = ${quoteText(delimiter)}, quote = '"', escape = '"', columns = {${types}})`
}

export interface CsvCells {
  readonly shape: CsvShape
  readonly raw_bytes_max: number
  readonly isWhole?: MendOptions['isWhole']
}

/** How many rows the piece has. A piece with a broken row is read by hand, row by row. */
export async function loadCsv(scratch: Scratch, piece: Piece, options: CsvCells): Promise<number> {
  const { shape, isWhole, raw_bytes_max } = options
  const names = Array.from({ length: shape.columns }, (_, index) => cellName(index))
  const judge = piece.ending === 'none' ? isWhole : undefined
  if (!judge) {
    try {
      return await keep(scratch, readCsv(piece.file, shape.delimiter, names), 'whole')
    } catch {
      // DuckDB names one broken row and refuses the piece; the reader below knows them all.
    }
  }
  const mended = `${piece.file}.mended`
  const mend = { shape, raw_bytes_max, ...(judge ? { isWhole: judge } : {}) }
  await pipeline(mendRows(await readFile(piece.file), mend), createWriteStream(mended))
  const all = [...names, 'unreadable', 'trouble']
  return keep(scratch, readCsv(mended, shape.delimiter, all), 'mended')
}

/** As in a request: what is not UTF-8 becomes U+FFFD. */
export async function withWholeCharacters(file: string): Promise<void> {
  const bytes = await readFile(file)
  if (!isUtf8(bytes)) await writeFile(file, bytes.toString('utf8'))
}

/** What a line is stripped of: where cells may be empty, tabs at its ends are cells. */
export type Stripped = 'white space' | 'carriage return'
const STRIPPED: Readonly<Record<Stripped, string>> = {
  'white space': ' \t\r',
  'carriage return': '\r',
}

/** How many lines the piece has; empty ones are none. */
export async function loadLines(
  scratch: Scratch,
  { file }: Piece,
  stripped: Stripped,
): Promise<number> {
  await withWholeCharacters(file)
  return keep(
    scratch,
    `SELECT c0 FROM (SELECT trim(unnest(string_split(content, chr(10))),
        '${STRIPPED[stripped]}') AS c0
      FROM read_text(${quoteText(file)})) WHERE c0 <> ''`,
    'whole',
  )
}

/** Rows [first_row, first_row + count) of a Parquet file. */
export function loadParquet(
  scratch: Scratch,
  file: string,
  first_row: number,
  count: number,
): Promise<number> {
  const rows = `SELECT * FROM read_parquet(${quoteText(file)}, file_row_number = true)
    WHERE file_row_number >= ${first_row} AND file_row_number < ${first_row + count}
    ORDER BY file_row_number`
  return keep(
    scratch,
    `SELECT CAST(to_json(row) AS VARCHAR) AS c0
      FROM (SELECT * EXCLUDE (file_row_number) FROM (${rows})) AS row`,
    'whole',
  )
}
