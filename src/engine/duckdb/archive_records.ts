/**
 * Segments of the log as Parquet: typed columns, the same rows in the same places. Read back and
 * compared before anybody may rely on it. Each time in an instance of its own, so that neither
 * batches nor questions wait for it, and its memory is given back.
 */
import { mkdir, rm } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Received, RecordFiles } from '../../log/files/log_archive.ts'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import { Connection } from './database.ts'
import { RECORD_TYPES } from './silver.ts'

/** Enough for a segment; beyond it DuckDB spills to the disk. */
const MEMORY_LIMIT_MB = 256
/** The rest of the machine is left to batches and questions. */
const THREADS = 1

export const PARQUET_OPTIONS = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3,
  ROW_GROUP_SIZE 30720, WRITE_BLOOM_FILTER false`

/** `spill_directory` is its own: gone after each call. */
export function recordFiles(spill_directory: string): RecordFiles {
  const alone = <T>(work: (connection: Connection) => Promise<T>) =>
    withInstance(spill_directory, work)
  return {
    received: (file, format) => alone((connection) => received(connection, file, format)),
    toParquet: (lines, parquet) => alone((connection) => toParquet(connection, lines, parquet)),
  }
}

/** An instance in memory for as long as `work` takes; rows stay in their order. */
export async function withInstance<T>(
  spill_directory: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  await rm(spill_directory, { recursive: true, force: true })
  await mkdir(spill_directory, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(THREADS),
    memory_limit: `${MEMORY_LIMIT_MB}MB`,
    temp_directory: spill_directory,
    // Rows stay in their places: those are the positions of the log.
    preserve_insertion_order: 'true',
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = new Connection(await instance.connect())
  try {
    return await work(connection)
  } finally {
    connection.close()
    instance.closeSync()
    await rm(spill_directory, { recursive: true, force: true })
  }
}

async function received(
  connection: Connection,
  file: string,
  format: 'ndjson' | 'parquet',
): Promise<Received | null> {
  // Commit lines have no such key, and count as nothing.
  const rows =
    format === 'ndjson'
      ? `read_ndjson(${quoteText(file)}, columns = {'received_at': 'TIMESTAMP'})`
      : `read_parquet(${quoteText(file)})`
  const [row] = await connection.rows(
    `SELECT epoch_ms(min(received_at)) AS first, epoch_ms(max(received_at)) AS last FROM ${rows}`,
  )
  if (!row || row.first === null) return null
  return { first_ms: Number(row.first), last_ms: Number(row.last) }
}

async function toParquet(connection: Connection, lines: string, parquet: string): Promise<number> {
  const types = await typesIn(connection, lines)
  const columns = Object.entries(types).map(([name, type]) => `${quoteText(name)}: '${type}'`)
  const told = `read_ndjson(${quoteText(lines)}, columns = {${columns.join(', ')}})`
  const names = Object.keys(types).map(quoteName)
  const written = await connection.run(
    `COPY (SELECT ${names.join(', ')} FROM ${told}) TO ${quoteText(parquet)} (${PARQUET_OPTIONS})`,
  )
  const due = await contentOf(connection, names, `SELECT *, row_number() OVER () AS n FROM ${told}`)
  const kept = `read_parquet(${quoteText(parquet)}, file_row_number = true)`
  const read = await contentOf(connection, names, `SELECT *, file_row_number + 1 AS n FROM ${kept}`)
  if (due !== read)
    throw new Error(`${parquet} reads other records than were written: ${due} and ${read}`)
  return written
}

/**
 * The keys that the records have, with their types. One that nobody knows any more is kept as JSON,
 * so that nothing that a record says is lost.
 */
async function typesIn(
  connection: Connection,
  lines: string,
): Promise<Readonly<Record<string, string>>> {
  const rows = await connection.rows(
    `SELECT DISTINCT unnest(json_keys(json)) AS key FROM read_ndjson_objects(${quoteText(lines)})`,
  )
  const present = new Set(rows.map(({ key }) => String(key)))
  const known = Object.entries(RECORD_TYPES).filter(([name]) => present.delete(name))
  return Object.fromEntries([...known, ...[...present].sort().map((name) => [name, 'JSON'])])
}

/** Says the same of the same rows in the same order only. */
async function contentOf(
  connection: Connection,
  names: readonly string[],
  rows: string,
): Promise<string> {
  const [row] = await connection.rows(
    `SELECT count(*) || ' rows, ' || coalesce(sum(hash(n, ${names.join(', ')})), 0) AS said FROM (${rows})`,
  )
  return String(row?.said)
}
