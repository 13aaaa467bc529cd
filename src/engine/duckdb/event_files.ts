/**
 * Stored events that lie in Parquet files instead of the table: which files those are, and the view
 * `stored_events` that reads as if all were in one place. Files and view change in the transaction
 * that deletes the rows, so that every query sees each event once.
 *
 *   DIR/archive/events/year=2026/month=01/day=31/events-BATCH-TIME-CRC32.parquet
 *
 * The day is that of `event_time`; the name tells the last batch whose events it holds, the time of
 * its first (in us since 1970), and its checksum.
 *
 * The store is a cache of the log, and so are these files: one that the store does not name is
 * removed when it is opened, and one that is missing has it built anew.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileChecksum } from '../../log/files/file_checksum.ts'
import { realFiles } from '../../log/files/file_system.ts'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import type { Connection } from './database.ts'
import { SILVER_COLUMNS } from './schema.ts'

export interface EventFile {
  /** Below the folder of all, so that a data folder may be moved. */
  readonly path: string
  /** ISO 8601. */
  readonly day: string
  readonly rows: number
  readonly bytes: number
}

export async function eventFiles(connection: Connection): Promise<readonly EventFile[]> {
  const rows = await connection.rows('SELECT * FROM event_files ORDER BY path')
  return rows.map(({ path, day, rows: count, bytes }) => ({
    path: String(path),
    day: String(day),
    rows: Number(count),
    bytes: Number(bytes),
  }))
}

/** Defines `stored_events`: the table alone where there are no files. */
export function createStoredEvents(directory: string, paths: readonly string[]): string {
  const columns = Object.entries(SILVER_COLUMNS)
  const names = columns.map(([name]) => quoteName(name)).join(', ')
  const view = `CREATE OR REPLACE VIEW stored_events AS SELECT ${names} FROM silver_events`
  if (paths.length === 0) return view
  const typed = columns.map(([name, type]) => `CAST(${quoteName(name)} AS ${type})`).join(', ')
  const files = paths.map((path) => quoteText(join(directory, path))).join(', ')
  // The folders' names are for others who read the files; here they are no columns.
  return `${view} UNION ALL SELECT ${typed}
    FROM read_parquet([${files}], hive_partitioning = false)`
}

/** Why the store's files cannot be read, in one clause; null when they can. */
export async function faultOfEventFiles(
  connection: Connection,
  directory: string,
): Promise<string | null> {
  for (const { path, bytes } of await eventFiles(connection)) {
    const found = await stat(join(directory, path)).catch(() => undefined)
    if (found?.size === bytes) continue
    const state = found ? `has ${found.size} of its ${bytes} bytes` : 'is missing'
    return `the archived events in ${path} cannot be read, since the file ${state}`
  }
  return null
}

const NAME = /^events-(\d+)--?\d+-(\d{10})\.parquet$/

export function eventFileName(batch: number, from_us: number, checksum: number): string {
  return `events-${batch}-${from_us}-${String(checksum).padStart(10, '0')}.parquet`
}

/** Events of later batches are all in the table; 0 where there are no files. */
export async function lastBatchIn(connection: Connection): Promise<number> {
  const files = await eventFiles(connection)
  const batches = files.map(({ path }) => Number(NAME.exec(basename(path))?.[1] ?? 0))
  return batches.reduce((last, batch) => Math.max(last, batch), 0)
}

/** Reads every file; those whose checksum is not the one in their name, by path. */
export async function damagedEventFiles(directory: string): Promise<readonly string[]> {
  const damaged: string[] = []
  for (const file of await filesBelow(directory)) {
    const [, , told] = NAME.exec(basename(file)) ?? []
    if (told === undefined) continue
    const open = await realFiles.open(file, 'read')
    try {
      if ((await fileChecksum(open, await open.size())) !== Number(told)) damaged.push(file)
    } finally {
      await open.close()
    }
  }
  return damaged
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}

/** Leaves nothing of any archived event; the log still has them all. */
export async function removeEventFiles(directory: string | undefined): Promise<void> {
  if (directory) await rm(directory, { recursive: true, force: true })
}

/**
 * When a store is opened: removes the files that it does not name, which a kill or another store
 * has left, and looks for the others where the data folder lies now.
 */
export async function settleEventFiles(connection: Connection, directory: string): Promise<void> {
  const files = await eventFiles(connection)
  const named = new Set(files.map(({ path }) => join(directory, path)))
  for (const file of await filesBelow(directory)) {
    if (!named.has(file)) await rm(file, { force: true })
  }
  const [view] = await connection.rows(
    "SELECT sql FROM duckdb_views() WHERE view_name = 'stored_events'",
  )
  const paths = files.map(({ path }) => path)
  if (paths.every((path) => String(view?.sql).includes(join(directory, path)))) return
  // A definition is checkpointed alone, at once: recovery replays none.
  await connection.script([createStoredEvents(directory, paths), 'CHECKPOINT'])
}
