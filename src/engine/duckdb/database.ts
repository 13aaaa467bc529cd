/** One DuckDB instance: how it is opened, spoken to and closed. Knows no table. */
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { jsonValue } from '../../std/duckdb.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import type { Row } from '../contract.ts'

export type DatabaseSettings = Pick<Settings, 'memory_limit_mb' | 'threads'>

/** A statement failed in a way that leaves the instance unusable: the process must reopen it. */
export function isFatal(thrown: unknown): boolean {
  return /FATAL|database has been invalidated|Could not write|No space left/i.test(
    messageOf(thrown),
  )
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

  /** Rows as JSON-ready values, at most `rows_max` of them. */
  async rows(
    sql: string,
    params: readonly unknown[] = [],
    rows_max = Number.MAX_SAFE_INTEGER,
  ): Promise<readonly Row[]> {
    const reader = await this.#connection.runAndReadUntil(sql, rows_max, params as DuckDBValue[])
    const names = reader.deduplicatedColumnNames()
    // JSON is text with an alias; only the alias tells it apart.
    const types = reader.columnTypes().map((type) => type.alias ?? String(type))
    return reader
      .getRowsJson()
      .slice(0, rows_max)
      .map((row) =>
        Object.fromEntries(
          names.map((name, at) => [name, jsonValue(row[at], types[at] ?? 'VARCHAR')]),
        ),
      )
  }

  interrupt(): void {
    this.#connection.interrupt()
  }

  close(): void {
    this.#connection.closeSync()
  }
}

export class Database {
  readonly #instance: DuckDBInstance

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance
  }

  /** Opens the file, making it and its folder where missing. Throws STORE_LOCKED, STORE_BROKEN. */
  static async open(file: string, settings: DatabaseSettings): Promise<Database> {
    await mkdir(path.dirname(file), { recursive: true })
    try {
      const instance = await DuckDBInstance.create(file, {
        threads: String(settings.threads),
        memory_limit: `${settings.memory_limit_mb}MB`,
        // The write-ahead log is replayed in memory at the next start, so it is kept short.
        checkpoint_threshold: '256MB',
        // Tricky: keeping the order of inserted rows reserves memory per column, and wide tables
        // are then written by one thread. No table of ours depends on it.
        preserve_insertion_order: 'false',
        autoload_known_extensions: 'false',
        autoinstall_known_extensions: 'false',
        allow_community_extensions: 'false',
      })
      return new Database(instance)
    } catch (thrown) {
      const message = messageOf(thrown)
      if (/lock/i.test(message)) throw new ClickpathError('STORE_LOCKED', file, message)
      throw new ClickpathError('STORE_BROKEN', message)
    }
  }

  async connect(): Promise<Connection> {
    return new Connection(await this.#instance.connect())
  }

  close(): void {
    this.#instance.closeSync()
  }
}

/** Sets an unusable store aside, so that nothing is destroyed while a new one is built. */
export async function setAside(file: string): Promise<void> {
  await rm(`${file}.broken`, { force: true })
  await rename(file, `${file}.broken`).catch(() => undefined) // Missing: nothing to set aside.
  await rm(`${file}.wal`, { force: true })
}
