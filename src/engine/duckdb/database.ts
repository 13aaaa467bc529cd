/** One DuckDB instance: how it is opened, spoken to and closed. Knows no table. */
import { rmdirSync, rmSync } from 'node:fs'
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBValue,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api'
import { jsonValue, quoteText } from '../../std/duckdb.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import type { Row } from '../contract.ts'
import type { StoreFiles } from '../place.ts'

/** What a connection writes, and reads first; the writer of the store reads nothing else. */
export type Home = 'store' | 'sessions' | 'none'

/** The names by which an instance knows its files. */
const CATALOGS = { store: 'store', sessions: 'session_store' } as const

export type DatabaseSettings = Pick<Settings, 'memory_limit_mb' | 'threads'>

/** A statement failed in a way that leaves the instance unusable: the process must reopen it. */
export function isFatal(thrown: unknown): boolean {
  return /FATAL|database has been invalidated|Could not write|No space left/i.test(
    messageOf(thrown),
  )
}

/**
 * Less at once may fit: into memory, or what of the disk may be used in its place. A COMMIT that
 * falls short says so in other words.
 */
export const isShortage = (thrown: unknown): boolean =>
  /^Out of Memory|^TransactionContext.*Failed to commit.*(allocate|pin|offload)/s.test(
    messageOf(thrown),
  )

export interface SqlAnswer {
  /** Types as DuckDB writes them, such as `DECIMAL(18,4)`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly Row[]
}

export class Connection {
  readonly #connection: DuckDBConnection

  constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  /** Runs statements one after another in one call; the first failure stops the rest. */
  async script(statements: readonly string[]): Promise<void> {
    if (statements.length > 0) await this.#connection.run(statements.join(';\n'))
  }

  /** Runs one statement; how many rows it changed. */
  async run(sql: string): Promise<number> {
    return (await this.#connection.run(sql)).rowsChanged
  }

  async rows(sql: string, params: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.answer(sql, params)).rows
  }

  /**
   * Rows as JSON-ready values, at most `rows_max` of them, and what their columns are. Throws
   * SQL_STOPPED when they hold more than about `bytes_max`.
   */
  async answer(
    sql: string,
    params: readonly unknown[] = [],
    rows_max = Number.MAX_SAFE_INTEGER,
    bytes_max = Number.MAX_SAFE_INTEGER,
  ): Promise<SqlAnswer> {
    const result = await this.#connection.run(sql, params as DuckDBValue[])
    const names = result.deduplicatedColumnNames()
    // JSON is text with an alias; only the alias tells it apart.
    const types = result.columnTypes().map((type) => type.alias ?? String(type))
    const rows: Row[] = []
    let bytes = 0
    while (rows.length < rows_max) {
      const chunk = await result.fetchChunk()
      if (!chunk || chunk.rowCount === 0) break
      const due = Math.min(chunk.rowCount, rows_max - rows.length)
      // Row by row, so that an answer that is too large never stands in memory whole.
      for (let at = 0; at < due; at += 1) {
        const values = chunk.convertRowValues(at, JsonDuckDBValueConverter)
        if (bytes_max < Number.MAX_SAFE_INTEGER) bytes += sizeOf(values)
        if (bytes > bytes_max) {
          const most = `its answer is larger than ${Math.round(bytes_max / 1_000_000)} MB`
          throw new ClickpathError('SQL_STOPPED', most)
        }
        rows.push(
          Object.fromEntries(
            names.map((name, column) => [
              name,
              jsonValue(values[column], types[column] ?? 'VARCHAR'),
            ]),
          ),
        )
      }
    }
    const columns = names.map((name, column) => ({ name, type: types[column] ?? 'VARCHAR' }))
    return { columns, rows }
  }

  interrupt(): void {
    this.#connection.interrupt()
  }

  close(): void {
    this.#connection.closeSync()
  }
}

/** Bytes of a value, roughly: text by its length, all else by its parts. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  return Object.values(value).reduce<number>((sum, part) => sum + sizeOf(part), 8)
}

/**
 * Whole row groups of a batch go to the file at once, compressed; the rest goes through the
 * write-ahead log, uncompressed, and is written again by a checkpoint. At DuckDB's own 122,880 rows
 * most of a batch would. Each part of a column in a row group is remembered in memory for good,
 * beside the limit: at 16,384 rows that came to five bytes a stored event.
 */
const ROW_GROUP_ROWS = 65_536

/**
 * DuckDB writes files that its oldest versions read too, unless it is told. In those of this
 * version texts are packed in less than half the time, which is most of what a checkpoint takes,
 * and read several times faster.
 */
const STORAGE_VERSION = 'v1.5.0'

/** Of the disk that is free when the instance is opened. */
const SPILL_SHARE_MAX = 0.5

export class Database {
  readonly #instance: DuckDBInstance
  readonly #files: StoreFiles
  /** Its own folder for what does not fit into memory; none of who only reads. */
  readonly #spill: string | null

  private constructor(instance: DuckDBInstance, files: StoreFiles, spill: string | null) {
    this.#instance = instance
    this.#files = files
    this.#spill = spill
  }

  /**
   * Opens the files; to write, makes them and their folder where missing. Throws STORE_LOCKED,
   * STORE_BROKEN.
   */
  static async open(
    files: StoreFiles,
    settings: DatabaseSettings,
    access: 'write' | 'read' = 'write',
  ): Promise<Database> {
    const file = files.store
    if (access === 'write') await mkdir(path.dirname(file), { recursive: true })
    const spills = `${file}.spill`
    // Tricky: DuckDB makes the folder once and never looks whether it is still there; so it is one
    // of this process alone. Who only reads makes none.
    const spill = access === 'write' ? path.join(spills, String(process.pid)) : spills
    try {
      if (access === 'write') {
        await rm(spill, { recursive: true, force: true })
        await mkdir(spill, { recursive: true })
      }
      const { bavail, bsize } = await statfs(path.dirname(file))
      const instance = await DuckDBInstance.create(':memory:', {
        threads: String(settings.threads),
        memory_limit: `${settings.memory_limit_mb}MB`,
        // The write-ahead log is replayed in memory at the next start, so it is kept short.
        checkpoint_threshold: '128MB',
        // Tricky: keeping the order of inserted rows reserves memory per column, and wide tables
        // are then written by one thread. No table of ours depends on it.
        preserve_insertion_order: 'false',
        // Freed memory goes back to the system soon: else a third more stays with the process.
        allocator_background_threads: 'true',
        // What does not fit into memory goes beside the file, not into the folder that somebody
        // started in, and never takes the disk from the log.
        temp_directory: spill,
        max_temp_directory_size: `${Math.floor(bavail * bsize * SPILL_SHARE_MAX)}B`,
        autoload_known_extensions: 'false',
        autoinstall_known_extensions: 'false',
        allow_community_extensions: 'false',
      })
      const database = new Database(instance, files, access === 'write' ? spill : null)
      try {
        await database.#attach(access)
        // Left by processes that were killed; only now is it sure that no other one uses them.
        if (access === 'write') await removeOthers(spills, spill)
      } catch (thrown) {
        database.close()
        throw thrown
      }
      return database
    } catch (thrown) {
      const message = messageOf(thrown)
      if (/lock/i.test(message)) throw new ClickpathError('STORE_LOCKED', file, message)
      throw new ClickpathError('STORE_BROKEN', message)
    }
  }

  async #attach(access: 'write' | 'read'): Promise<void> {
    const connection = await this.#instance.connect()
    const layout = `ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, STORAGE_VERSION '${STORAGE_VERSION}'`
    const how = access === 'read' ? 'READ_ONLY' : layout
    for (const home of ['store', 'sessions'] as const) {
      const file = this.#files[home]
      if (file === null) continue
      await connection.run(`ATTACH ${quoteText(file)} AS ${CATALOGS[home]} (${how})`)
    }
    connection.closeSync()
  }

  /** Names mean the tables of its home, then those of the other file. */
  async connect(home: Home): Promise<Connection> {
    const connection = await this.#instance.connect()
    const { store, sessions } = CATALOGS
    const one = home === 'store' || this.#files.sessions === null
    const both = home === 'sessions' ? [sessions, store] : [store, sessions]
    const path = (one ? [store] : both).map((name) => `${name}.main`).join(',')
    await connection.run(`SET search_path = ${quoteText(path)}`)
    return new Connection(connection)
  }

  close(): void {
    this.#instance.closeSync()
    if (this.#spill === null) return
    rmSync(this.#spill, { recursive: true, force: true })
    try {
      rmdirSync(path.dirname(this.#spill))
    } catch {
      // What others left in it goes when the file is opened next.
    }
  }
}

async function removeOthers(folder: string, own: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const other = path.join(folder, name)
    if (other !== own) await rm(other, { recursive: true, force: true })
  }
}

/**
 * Tricky: where memory is short a ROLLBACK can fail too, and leaves a broken transaction open in
 * which everything later would fail. Without one open this fails, and that is well.
 */
export async function rollback(connection: Connection): Promise<void> {
  await connection.run('ROLLBACK').catch(() => undefined)
}

/** Runs `work` in a transaction that is kept or, for a trial, rolled back. */
export async function transaction<T>(
  connection: Connection,
  ending: 'COMMIT' | 'ROLLBACK',
  work: () => Promise<T>,
): Promise<T> {
  await connection.run('BEGIN')
  try {
    const result = await work()
    await connection.run(ending)
    return result
  } catch (thrown) {
    // Tricky: after a failed statement a COMMIT may answer OK and keep half of it; always roll
    // back.
    await rollback(connection)
    throw thrown
  }
}

/** Lets go of all that a work which failed has put aside. */
export async function dropTemporary(connection: Connection): Promise<void> {
  const tables = await connection.rows('SELECT table_name FROM duckdb_tables() WHERE temporary')
  await connection.script(tables.map(({ table_name }) => `DROP TABLE temp."${table_name}"`))
}

/** Leaves nothing of a closed store, nor of one that was set aside. */
export async function removeStore(files: StoreFiles): Promise<void> {
  const { store } = files
  await removeSessions(files)
  // Tricky: what is not folded in yet goes first; it must never be taken for a new store's.
  for (const ending of ['.wal', '', '.broken.wal', '.broken', '.spill']) {
    await rm(`${store}${ending}`, { recursive: true, force: true })
  }
}

/** They are made anew of what the store holds. */
export async function removeSessions({ sessions }: StoreFiles): Promise<void> {
  if (sessions === null) return
  for (const ending of ['.wal', '']) await rm(`${sessions}${ending}`, { force: true })
}

/** Sets an unusable store aside, so that nothing is destroyed while a new one is built. */
export async function setAside(files: StoreFiles): Promise<void> {
  const { store } = files
  await removeSessions(files)
  await rm(`${store}.broken`, { force: true })
  await rename(store, `${store}.broken`).catch(() => undefined) // Missing: nothing to set aside.
  await rm(`${store}.wal`, { force: true })
}
