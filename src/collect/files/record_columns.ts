/** The columns of a record as a Parquet segment holds them: names and types as the engine reads. */
import { events, LINE_COLUMNS } from '../../model/events.ts'
import { ENVELOPE_COLUMNS, RECORD_EVENT_COLUMNS } from '../../model/record.ts'
import type { Columns } from '../../model/stream.ts'
import { DUCKDB_TYPES, quoteName, quoteText, structType } from '../../std/duckdb.ts'

const eventColumns: Columns = events.declaration.columns

const typesOf = (columns: Columns, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, DUCKDB_TYPES[columns[name]?.type ?? 'text']]))

/** Every column of a record, in the order in which it is written. */
export const RECORD_TYPES: Readonly<Record<string, string>> = Object.freeze({
  record: DUCKDB_TYPES[ENVELOPE_COLUMNS.record],
  ...typesOf(eventColumns, RECORD_EVENT_COLUMNS),
  ...Object.fromEntries(
    Object.entries(ENVELOPE_COLUMNS).map(([name, type]) => [name, DUCKDB_TYPES[type]]),
  ),
  items: `${structType(typesOf(LINE_COLUMNS, Object.keys(LINE_COLUMNS)))}[]`,
})

/**
 * A SELECT list of record columns. One without an expression is left out, for readers take a column
 * that is not there as absent: half of the time went into writing nothing.
 */
export function recordList(expressions: Readonly<Record<string, string>>): string {
  return Object.entries(RECORD_TYPES)
    .filter(([name]) => expressions[name] !== undefined)
    .map(([name, type]) => `CAST(${expressions[name]} AS ${type}) AS ${quoteName(name)}`)
    .join(', ')
}

/** Reads records that stand as lines of JSON in a file. */
export function recordsIn(file: string): string {
  const columns = Object.entries(RECORD_TYPES).map(
    ([name, type]) => `${quoteText(name)}: ${quoteText(type)}`,
  )
  const names = Object.keys(RECORD_TYPES).map(quoteName).join(', ')
  return `SELECT ${names} FROM read_ndjson(${quoteText(file)}, columns = {${columns.join(', ')}})`
}

/** Writes rows as a Parquet segment. */
export function copyToSegment(select: string, file: string): string {
  return `COPY (${select}) TO ${quoteText(file)}
    (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 30720,
      WRITE_BLOOM_FILTER false)`
}
