/** What a file says of its columns before its first row, or what a mapping says instead. */
import { open } from 'node:fs/promises'
import { type Identity, unreadable } from './content.ts'
import type { CsvHead } from './csv_rows.ts'
import { cellName, type NamedCell, namedCells } from './flat_columns.ts'
import {
  checkHeader,
  columnNames,
  FILE_FORMATS,
  type FileFormat,
  type FileFormatName,
  type ImportStream,
} from './formats.ts'
import { type Mapping, SPACES } from './mapping.ts'
import { checkColumns } from './mapping_checks.ts'
import { type ParquetColumn, parquetColumns } from './parquet_rows.ts'
import { headOf } from './parts.ts'

export interface FileHead {
  /** The cells of a row by their names; none where a row is one text. */
  readonly cells: readonly NamedCell[]
  readonly csv?: CsvHead
  /** Of a Parquet file whose columns a mapping reads. */
  readonly parquet?: readonly ParquetColumn[]
  readonly mapping?: Mapping
}

export interface HeadOptions {
  readonly file: string
  readonly format: FileFormatName
  readonly stream: ImportStream
  readonly mapping?: Mapping | undefined
}

const PARQUET_MAGIC = 'PAR1'

/** What a file that is read by a mapping is. Throws FILE_UNREADABLE. */
export async function mappedFormat(file: string): Promise<'csv' | 'parquet'> {
  const handle = await open(file).catch((thrown: unknown) => {
    throw unreadable(file, thrown)
  })
  try {
    const { buffer } = await handle.read(Buffer.alloc(PARQUET_MAGIC.length), 0)
    return buffer.toString('latin1') === PARQUET_MAGIC ? 'parquet' : 'csv'
  } catch (thrown) {
    throw unreadable(file, thrown)
  } finally {
    await handle.close()
  }
}

const LINES_NAME = /\.(?:ndjson|jsonl|json)(?:\.gz)?$/i

/** What a file of our own columns is, where nobody says it. Throws FILE_UNREADABLE. */
export async function ownFormat(file: string): Promise<'csv' | 'parquet' | 'ndjson'> {
  return LINES_NAME.test(file) ? 'ndjson' : mappedFormat(file)
}

const cellsOf = (names: readonly string[]) =>
  names.map((name, index): NamedCell => [name, cellName(index)])

async function mappedCsv(file: string, identity: Identity, { csv }: Mapping): Promise<CsvHead> {
  const { delimiter, header, columns } = csv ?? {}
  if (header === 'none') {
    // Without a delimiter the first row tells it, as a header would.
    const told = delimiter ?? (await headOf(file, identity.packing)).delimiter
    return { names: columns ?? [], delimiter: told, bytes: 0 }
  }
  if (delimiter !== SPACES) return headOf(file, identity.packing, delimiter)
  const { names, bytes } = await headOf(file, identity.packing, '\n')
  return { names: (names[0] ?? '').split(/\s+/), delimiter: SPACES, bytes }
}

/** Throws FILE_UNREADABLE and MAPPING_INVALID where the file has not the columns it needs. */
export async function readHeadOf(options: HeadOptions, identity: Identity): Promise<FileHead> {
  const { file, format, stream } = options
  const described: FileFormat = FILE_FORMATS[format]
  const mapping = options.mapping ?? described.mapping
  if (mapping && described.reads === 'parquet') {
    const parquet = await parquetColumns(file)
    const names = parquet.map(({ name }) => name)
    checkColumns(file, mapping, names)
    return { cells: cellsOf(names), parquet, mapping }
  }
  if (mapping) {
    const csv = await mappedCsv(file, identity, mapping)
    if (options.mapping) checkColumns(file, mapping, csv.names)
    else checkHeader(file, described, stream, csv.names)
    return { cells: cellsOf(csv.names), csv, mapping }
  }
  if (described.reads !== 'csv') return { cells: [] }
  const csv = await headOf(file, identity.packing)
  const names = columnNames(stream, csv.names)
  checkHeader(file, described, stream, names)
  return { cells: namedCells(names), csv: { ...csv, names } }
}
