/**
 * Looks for identifiers everywhere in a data folder: the bytes of every file, and the values of
 * Parquet files and of the database, whose bytes are packed. It changes nothing.
 */
import { open, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Connection } from '../engine/duckdb/database.ts'
import { matchingRows } from '../engine/duckdb/erase_parquet.ts'
import { quoteName } from '../std/duckdb.ts'
import { type BytePattern, bytePatterns, occurrences, valuePattern } from './patterns.ts'
import type { Ask } from './person.ts'

export interface FoundPlace {
  /** A file of the folder, or a table of the database. */
  readonly where: string
  readonly how: 'bytes' | 'values'
  readonly found: number
}

export interface SearchAnswer {
  readonly found: number
  readonly files: number
  readonly bytes: number
  /** Tables of the database. */
  readonly tables: number
  /** At most `PLACES_MAX`. */
  readonly places: readonly FoundPlace[]
}

const PLACES_MAX = 1_000
const CHUNK_BYTES = 4_000_000
const BINARY = /\.(parquet|duckdb|wal|tmp|broken)$|\.spill\//
/** Types of columns that may hold a text. */
const TEXTS = /VARCHAR|JSON/

export async function searchFolder(
  directory: string,
  identifiers: readonly string[],
  connection: Connection,
  ask: Ask,
): Promise<SearchAnswer> {
  const pattern = valuePattern(identifiers)
  const places: FoundPlace[] = []
  let [files, bytes, found] = [0, 0, 0]
  const note = (where: string, how: FoundPlace['how'], many: number) => {
    found += many
    if (many > 0 && places.length < PLACES_MAX) places.push({ where, how, found: many })
  }
  for (const file of await filesIn(directory)) {
    const where = relative(directory, file)
    const kind = BINARY.test(where) ? 'binary' : 'text'
    const searched = await searchFile(file, bytePatterns(identifiers, kind))
    if (!searched) continue
    files += 1
    bytes += searched.bytes
    note(where, 'bytes', searched.found)
    if (file.endsWith('.parquet')) {
      note(where, 'values', await matchingRows(connection, file, pattern))
    }
  }
  const tables = await textColumns(ask)
  for (const [table, columns] of tables) {
    note(table, 'values', await matchesIn(ask, table, columns, pattern))
  }
  return { found, files, bytes, tables: tables.size, places }
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}

/** Null where the file is gone by now. */
async function searchFile(
  path: string,
  patterns: readonly BytePattern[],
): Promise<{ readonly bytes: number; readonly found: number } | null> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (!file) return null
  try {
    // A chunk begins a byte early and ends late, so that what lies across its edges is seen whole.
    const overlap = 1 + Math.max(0, ...patterns.map(({ bytes }) => bytes.length))
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES + 2 * overlap)
    let found = 0
    for (let at = 0; ; at += CHUNK_BYTES) {
      const from = Math.max(0, at - 1)
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES + overlap + (at - from), from)
      const bytes = chunk.subarray(0, bytesRead)
      const before = CHUNK_BYTES + (at - from)
      for (const pattern of patterns) {
        found += occurrences(bytes, before, pattern)
        // What begins with the byte before the chunk has been counted with the one before.
        if (at > from) found -= occurrences(bytes, 1, pattern)
      }
      if (bytesRead < before) return { bytes: from + bytesRead, found }
    }
  } finally {
    await file.close()
  }
}

/** Tables of the database's files, as SQL, with their columns that hold texts. */
async function textColumns(ask: Ask): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await ask(`SELECT database_name, table_name, column_name, data_type
    FROM duckdb_columns() WHERE NOT internal AND database_name NOT IN ('system', 'temp', 'memory')
    ORDER BY ALL`)
  const texts = rows.filter(({ data_type }) => TEXTS.test(String(data_type)))
  const byTable = Map.groupBy(texts, ({ database_name, table_name }) =>
    [String(database_name), 'main', String(table_name)].map(quoteName).join('.'),
  )
  return new Map(
    [...byTable].map(([name, columns]) => [
      name,
      columns.map(({ column_name }) => String(column_name)),
    ]),
  )
}

async function matchesIn(
  ask: Ask,
  table: string,
  columns: readonly string[],
  pattern: string,
): Promise<number> {
  const matches = columns.map((name) => `regexp_matches(CAST(${quoteName(name)} AS VARCHAR), $1)`)
  const [row] = await ask(`SELECT count(*) AS n FROM ${table} WHERE ${matches.join(' OR ')}`, [
    pattern,
  ])
  return Number(row?.n)
}
