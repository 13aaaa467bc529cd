/**
 * A file as parts that are converted one after another: each becomes one segment of the lane, so
 * that memory is bounded, a kill costs one part, and a running engine works while it goes on.
 */
import { rm } from 'node:fs/promises'
import { quoteText } from '../../std/duckdb.ts'
import { ClickpathError } from '../../std/errors.ts'
import { loadCsv, loadLines, loadParquet, type Stripped } from './cells.ts'
import { BLOCK_BYTES, type Identity, readContent } from './content.ts'
import { type CsvHead, readHead } from './csv_rows.ts'
import { SPACES } from './mapping.ts'
import { loadParquetCells, type ParquetColumn } from './parquet_rows.ts'
import { cutIntoPieces, type Piece, type Quoting } from './pieces.ts'
import type { Scratch } from './scratch.ts'
import { loadSpaced } from './spaced_rows.ts'

/**
 * Bytes of a part at most: as cells and as Parquet it must fit into the scratch's memory. Tricky:
 * not much less, since DuckDB scans a table by groups of 122,880 rows, each on one core.
 */
const PART_BYTES_MAX = 32_000_000
const HEAD_BYTES_MAX = 1_000_000

export interface FilePart {
  /** Bytes of the content that it covers. */
  readonly bytes: number
  /** Brings it into the table of cells; how many rows it has. */
  load(scratch: Scratch): Promise<number>
  remove(): Promise<void>
}

export interface PartOptions {
  readonly file: string
  readonly identity: Identity
  /** Where the first part begins: the rows and bytes before it, a header's among them. */
  readonly from: { readonly rows: number; readonly bytes: number }
  readonly rows_max: number
  /** A path for a part's own file, new at every call. */
  readonly draft: () => string
}

/** The first rows of the content: what its header and the size of its rows are told from. */
async function beginning(file: string, packing: Identity['packing']): Promise<Buffer> {
  const blocks: Buffer[] = []
  let bytes = 0
  for await (const block of readContent(file, packing)) {
    blocks.push(block)
    bytes += block.length
    if (bytes >= HEAD_BYTES_MAX) break
  }
  return Buffer.concat(blocks)
}

/** Throws FILE_UNREADABLE where the first line is no header. */
export async function headOf(
  file: string,
  packing: Identity['packing'],
  delimiter?: string,
): Promise<CsvHead> {
  const head = readHead(await beginning(file, packing), delimiter)
  if (head) return head
  throw new ClickpathError('FILE_UNREADABLE', file, 'its first line is no header of a CSV')
}

/** So many bytes that a part has at most `rows_max` rows, if all are as long as the first. */
async function partBytes({ file, identity, rows_max }: PartOptions): Promise<number> {
  const start = await beginning(file, identity.packing)
  let lines = 1
  for (let at = start.indexOf('\n'); at !== -1; at = start.indexOf('\n', at + 1)) lines++
  return Math.min(PART_BYTES_MAX, Math.max(1_000, Math.floor((start.length / lines) * rows_max)))
}

async function* pieceParts(
  options: PartOptions,
  quoting: Quoting,
  load: (scratch: Scratch, piece: Piece) => Promise<number>,
): AsyncGenerator<FilePart> {
  const { file, identity, from, draft } = options
  const piece_bytes = await partBytes(options)
  const block_bytes = Math.min(BLOCK_BYTES, piece_bytes)
  const content = readContent(file, identity.packing, { from_byte: from.bytes, block_bytes })
  for await (const piece of cutIntoPieces(content, { quoting, piece_bytes, file: draft })) {
    yield {
      bytes: piece.bytes,
      load: (scratch) => load(scratch, piece),
      remove: async () => {
        await rm(piece.file, { force: true })
        await rm(`${piece.file}.mended`, { force: true })
      },
    }
  }
}

export interface CsvParts {
  readonly head: CsvHead
  readonly raw_bytes_max: number
  readonly isWhole?: ((last_cell: string) => boolean) | undefined
}

export function csvParts(options: PartOptions, csv: CsvParts): AsyncGenerator<FilePart> {
  const { head, isWhole, raw_bytes_max } = csv
  const shape = { delimiter: head.delimiter, columns: head.names.length }
  if (head.delimiter === SPACES) {
    const spaced = { columns: head.names.length, raw_bytes_max }
    return pieceParts(options, 'none', (scratch, piece) => loadSpaced(scratch, piece, spaced))
  }
  const cells = { shape, raw_bytes_max, ...(isWhole ? { isWhole } : {}) }
  return pieceParts(options, 'quoted', (scratch, piece) => loadCsv(scratch, piece, cells))
}

export function lineParts(options: PartOptions, stripped: Stripped): AsyncGenerator<FilePart> {
  return pieceParts(options, 'none', (scratch, piece) => loadLines(scratch, piece, stripped))
}

/**
 * `columns`: each a cell of its own; else a row is one JSON text. Throws FILE_UNREADABLE where the
 * file is no Parquet.
 */
export async function* parquetParts(
  { file, identity, from, rows_max }: PartOptions,
  scratch: Scratch,
  columns?: readonly ParquetColumn[],
): AsyncGenerator<FilePart> {
  const count = `SELECT sum(num_rows) FROM parquet_file_metadata(${quoteText(file)})`
  const rows = await scratch.number(count).catch((thrown: Error) => {
    throw new ClickpathError('FILE_UNREADABLE', file, thrown.message.split('\n')[0] ?? '')
  })
  for (let first = from.rows; first < rows; first += rows_max) {
    const taken = Math.min(rows_max, rows - first)
    yield {
      bytes: Math.round((identity.bytes * taken) / rows),
      load: (scratchOfPart) =>
        columns
          ? loadParquetCells(scratchOfPart, file, { first, count: taken }, columns)
          : loadParquet(scratchOfPart, file, first, taken),
      remove: async () => {},
    }
  }
}
