/** The columns of a Parquet file as cells of text, for mappings, which speak of single columns. */
import { quoteName, quoteText } from '../../std/duckdb.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { keep } from './cells.ts'
import { cellName } from './flat_columns.ts'
import { Scratch } from './scratch.ts'

export interface ParquetColumn {
  readonly name: string
  /** As DuckDB calls it. */
  readonly type: string
}

/** The columns of the file, in their order. Throws FILE_UNREADABLE where it is no Parquet. */
export async function parquetColumns(file: string): Promise<readonly ParquetColumn[]> {
  const scratch = await Scratch.open({ threads: 1, spill_directory: `${file}.spill` })
  try {
    const columns: ParquetColumn[] = []
    const select = `SELECT column_name, column_type
      FROM (DESCRIBE SELECT * FROM read_parquet(${quoteText(file)}))`
    for await (const rows of scratch.texts(select)) {
      for (const [name, type] of rows) columns.push({ name: name ?? '', type: type ?? '' })
    }
    return columns
  } catch (thrown) {
    throw new ClickpathError('FILE_UNREADABLE', file, messageOf(thrown).split('\n')[0] ?? '')
  } finally {
    scratch.close()
  }
}

/** Tricky: data frames keep whole numbers with gaps as 17850.0; tiny ones are written as 1e-05. */
function textOf({ name, type }: ParquetColumn): string {
  const text = `CAST(${quoteName(name)} AS VARCHAR)`
  if (type === 'DOUBLE' || type === 'FLOAT') {
    const plain = `CAST(TRY_CAST(${quoteName(name)} AS DECIMAL(38, 12)) AS VARCHAR)`
    return `regexp_replace(CASE WHEN contains(${text}, 'e') THEN coalesce(${plain}, ${text})
      ELSE ${text} END, '[.]0$', '')`
  }
  const isNested = /[[(]/.test(type) && !type.startsWith('DECIMAL')
  return isNested ? `CAST(to_json(${quoteName(name)}) AS VARCHAR)` : text
}

export interface RowRange {
  readonly first: number
  readonly count: number
}

/** How many rows these are. */
export function loadParquetCells(
  scratch: Scratch,
  file: string,
  { first, count }: RowRange,
  columns: readonly ParquetColumn[],
): Promise<number> {
  const cells = columns.map((column, index) => `${textOf(column)} AS ${cellName(index)}`)
  return keep(
    scratch,
    `SELECT ${cells.join(', ')}
    FROM read_parquet(${quoteText(file)}, file_row_number = true)
    WHERE file_row_number >= ${first} AND file_row_number < ${first + count}
    ORDER BY file_row_number`,
    'whole',
  )
}
