/**
 * Parquet segments of the log without the records of erased people: the same rows in the same
 * places, of which nothing but source, time and kind is left.
 */
import type { Slice } from '../../log/contract.ts'
import type { ParquetFile } from '../../log/files/erase_log.ts'
import type { Erased, Erasure } from '../../model/erasure.ts'
import { isoTime, quoteName, quoteText } from '../../std/duckdb.ts'
import { PARQUET_OPTIONS } from './archive_records.ts'
import type { Connection } from './database.ts'
import { findErased } from './erase.ts'
import { createRaw } from './silver.ts'

/** What takes the place of a column of an erased record; null where nothing is said. */
const LEFT: Readonly<Record<string, string>> = {
  record: "'erased'",
  source: 'source',
  received_at: 'received_at',
  reason: 'record',
}
/** Types of columns that may hold a text. */
const TEXTS = /VARCHAR|JSON/

/**
 * Counts what a file holds of erased people, told to `note` by kind; with a draft it writes the
 * file without them, where there are any.
 */
export async function rewriteParquet(
  connection: Connection,
  { lane, file, rows: count }: ParquetFile,
  draft: string | null,
  erased: Erased,
  note: (record: string, records: number) => void,
): Promise<number> {
  const place = { lane, file, count, first_position: 0, row_first: 0, bytes: 0 }
  const slices: readonly Slice[] = [{ ...place, format: 'parquet' }]
  await connection.script(createRaw(slices))
  const found = await findErased(connection, slices, erased)
  if (found === 0) return 0
  const kinds = await connection.rows(`SELECT record, count(*) AS n FROM raw
    WHERE line IN (SELECT line FROM erased_lines) GROUP BY record`)
  for (const { record, n } of kinds) note(String(record), Number(n))
  if (draft !== null) await copy(connection, file, draft, count)
  return found
}

async function copy(
  connection: Connection,
  file: string,
  draft: string,
  rows: number,
): Promise<void> {
  const names = (await columnsOf(connection, file)).map(({ name }) => name)
  const kept = names.map((name) => {
    const left = LEFT[name] ?? 'NULL'
    return `CASE WHEN is_erased THEN ${left} ELSE ${quoteName(name)} END AS ${quoteName(name)}`
  })
  // A file leaves out columns in which none of its records says anything.
  const added = Object.entries(LEFT)
    .filter(([name]) => !names.includes(name))
    .map(([name, left]) => `CASE WHEN is_erased THEN ${left} END AS ${name}`)
  const isErased = 'file_row_number + 1 IN (SELECT line FROM erased_lines)'
  // Their order is their positions: a join promises none.
  const written = await connection.run(`COPY (
    SELECT ${[...kept, ...added].join(', ')} FROM (
      SELECT *, ${isErased} AS is_erased
      FROM read_parquet(${quoteText(file)}, file_row_number = true)) ORDER BY file_row_number)
    TO ${quoteText(draft)} (${PARQUET_OPTIONS})`)
  if (written !== rows) throw new Error(`${written} of ${rows} rows of ${file} were written`)
}

async function columnsOf(connection: Connection, file: string) {
  const rows = await connection.rows(
    `DESCRIBE SELECT * FROM read_parquet(${quoteText(file)}, hive_partitioning = false)`,
  )
  return rows.map(({ column_name, column_type }) => {
    return { name: String(column_name), type: String(column_type) }
  })
}

/** The erasures among the records of slices. */
export async function erasuresIn(
  connection: Connection,
  slices: readonly Slice[],
): Promise<readonly Erasure[]> {
  await connection.script(createRaw(slices))
  const rows = await connection.rows(`SELECT "key" AS id, updated_at,
      CAST(json_extract("row", '$.hashes') AS VARCHAR[]) AS hashes
    FROM raw WHERE record = 'erasure' ORDER BY updated_at, id`)
  return rows.map(({ id, updated_at, hashes }) => ({
    id: String(id),
    until: isoTime(String(updated_at)),
    hashes: hashes as readonly string[],
  }))
}

/** In how many rows of a file some text matches. */
export async function matchingRows(
  connection: Connection,
  file: string,
  pattern: string,
): Promise<number> {
  const texts = (await columnsOf(connection, file)).filter(({ type }) => TEXTS.test(type))
  if (texts.length === 0) return 0
  const matches = texts.map(({ name }) => {
    return `regexp_matches(CAST(${quoteName(name)} AS VARCHAR), $1)`
  })
  const [row] = await connection.rows(
    `SELECT count(*) AS n FROM read_parquet(${quoteText(file)}, hive_partitioning = false)
      WHERE ${matches.join(' OR ')}`,
    [pattern],
  )
  return Number(row?.n)
}
