/**
 * The events that Spark has written, as files that outlive a batch:
 *
 *   DIR/silver/FIRST-LAST/year=/month=/day=/*.parquet   the events of these batches, by client day
 *   DIR/attempts/WORD/                                  what one try of a batch writes
 *
 * A try writes to a folder that no other try has had, so that a query which goes on after its
 * driver was killed can spoil nothing. Before the store commits, the try's events are made durable
 * and get their place with one rename; a folder of a batch that was not committed is removed at
 * the start.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import type { Connection } from '../duckdb/database.ts'
import { SILVER_COLUMNS } from '../duckdb/schema.ts'
import { readRegistry } from '../duckdb/store.ts'

const ROWS = 'spark_silver_rows'

export interface SilverFolder {
  readonly name: string
  readonly first: number
  readonly last: number
}

export const silverName = (first: number, last: number) =>
  [first, last].map((batch) => String(batch).padStart(10, '0')).join('-')

const holds = (one: SilverFolder, other: SilverFolder) =>
  one.name !== other.name && one.first <= other.first && other.last <= one.last

export class SilverFiles {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  get path(): string {
    return join(this.#directory, 'silver')
  }

  /** A folder of its own for one try. */
  async attempt(): Promise<string> {
    const folder = join(this.#directory, 'attempts', randomUUID())
    await mkdir(folder, { recursive: true })
    return folder
  }

  /** What tries have left; one that still runs somewhere fails, and is nobody's. */
  async removeAttempts(): Promise<void> {
    await rm(join(this.#directory, 'attempts'), { recursive: true, force: true })
  }

  /** In order; what a merged folder has taken the place of is none of them. */
  async folders(): Promise<readonly SilverFolder[]> {
    const all = await this.#allFolders()
    return all.filter((folder) => !all.some((other) => holds(other, folder)))
  }

  async #allFolders(): Promise<readonly SilverFolder[]> {
    const names = await readdir(this.path).catch(() => [])
    return names.sort().flatMap((name) => {
      const [, first, last] = /^(\d{10})-(\d{10})$/.exec(name) ?? []
      return first === undefined ? [] : [{ name, first: Number(first), last: Number(last) }]
    })
  }

  async bytesOf({ name }: SilverFolder): Promise<number> {
    const folder = join(this.path, name)
    const sizes = (await filesBelow(folder)).map(
      async (file) => (await stat(join(folder, file))).size,
    )
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  }

  /** The folders that hold its files. */
  async daysOf({ name }: SilverFolder): Promise<readonly string[]> {
    const folder = join(this.path, name)
    const files = await filesBelow(folder)
    return [...new Set(files.map((file) => dirname(join(folder, file))))]
  }

  /** Gives the events of a batch their place, durably. */
  async keep(written: string, batch: number): Promise<void> {
    await mkdir(this.path, { recursive: true })
    const place = join(this.path, silverName(batch, batch))
    await rm(place, { recursive: true, force: true })
    await syncAll(written)
    await rename(written, place)
    await syncOne(this.path)
  }

  /** Removes folders of batches that the store knows nothing of, and what a merge has left. */
  async settle(batch: number): Promise<void> {
    const kept = new Set(
      (await this.folders()).filter(({ last }) => last <= batch).map(({ name }) => name),
    )
    for (const { name } of await this.#allFolders()) {
      if (!kept.has(name)) await rm(join(this.path, name), { recursive: true, force: true })
    }
  }

  /** Folders of events of these client days (ISO 8601), of batches up to this one. */
  async ofDays(days: readonly string[], batch: number): Promise<readonly string[]> {
    const found: string[] = []
    for (const { name, last } of await this.folders()) {
      if (last > batch) continue
      for (const day of days) {
        const [year, month, date] = day.split('-').map(Number)
        const path = join(this.path, name, `year=${year}`, `month=${month}`, `day=${date}`)
        if (await stat(path).catch(() => null)) found.push(path)
      }
    }
    return found
  }

  /** Why the files are not those that the store speaks of, in one clause; null when they are. */
  async fault(connection: Connection, batch: number): Promise<string | null> {
    const told = Number((await readRegistry(connection)).get(ROWS) ?? 0)
    const own = (await this.folders()).filter(({ last }) => last <= batch)
    const found = await rowsIn(
      connection,
      own.map(({ name }) => join(this.path, name)),
    )
    return found === told ? null : `Spark's files hold ${found} events, and it knows of ${told}`
  }

  /**
   * Defines `stored_events` over the files; where there are none, a view needs one to know its
   * columns by, and it stays as it is. What was not committed is not seen.
   */
  async createView(connection: Connection): Promise<'made' | 'no files'> {
    if ((await this.folders()).length === 0) return 'no files'
    const columns = Object.entries(SILVER_COLUMNS).map(
      ([name, type]) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
    )
    const files = quoteText(join(this.path, '*', '*', '*', '*', '*.parquet'))
    await connection.script([
      `CREATE OR REPLACE VIEW stored_events AS SELECT ${columns.join(', ')}
        FROM read_parquet(${files}, hive_partitioning = false)
        WHERE batch <= (SELECT coalesce(max(batch), 0) FROM batches)`,
      'CHECKPOINT',
    ])
    return 'made'
  }
}

/** Within the batch's transaction: so many events more stand in the files. */
export async function noteRows(connection: Connection, more: number): Promise<void> {
  const rows = Number((await readRegistry(connection)).get(ROWS) ?? 0) + more
  await connection.script([
    `DELETE FROM registry WHERE name = ${quoteText(ROWS)}`,
    `INSERT INTO registry VALUES (${quoteText(ROWS)}, '${rows}')`,
  ])
}

/** Rows of all files below the folders, by what the files say of themselves. */
export async function rowsIn(connection: Connection, folders: readonly string[]): Promise<number> {
  let rows = 0
  for (const folder of folders) {
    if ((await filesBelow(folder)).length === 0) continue
    const glob = quoteText(join(folder, '**', '*.parquet'))
    const [row] = await connection.rows(
      `SELECT coalesce(sum(num_rows), 0) AS n FROM parquet_file_metadata(${glob})`,
    )
    rows += Number(row?.n)
  }
  return rows
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return names.filter((name) => name.endsWith('.parquet'))
}

async function syncOne(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Files first, then what names them. */
export async function syncAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await syncAll(path)
    else await syncOne(path)
  }
  await syncOne(folder)
}
