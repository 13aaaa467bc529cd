/**
 * The in-memory DuckDB instance that an import converts with: bounded in memory, spilling to a
 * folder that the lane's next opening removes. It holds one piece of the file at a time.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** Enough for a piece and its Parquet file; beyond it DuckDB spills to the disk. */
const MEMORY_LIMIT_MB = 256

export interface ScratchOptions {
  readonly threads: number
  /** Where it spills what does not fit; need not exist. */
  readonly spill_directory: string
}

export class Scratch {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  static async open({ threads, spill_directory }: ScratchOptions): Promise<Scratch> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: `${MEMORY_LIMIT_MB}MB`,
      temp_directory: spill_directory,
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
      allow_community_extensions: 'false',
    })
    const connection = await instance.connect()
    // Times without an offset are UTC, whatever the machine's own zone.
    await connection.run("SET TimeZone = 'UTC'")
    return new Scratch(instance, connection)
  }

  /** How many rows it changed or wrote. */
  async run(sql: string): Promise<number> {
    return (await this.#connection.run(sql)).rowsChanged
  }

  /** The same where the order of rows does not matter: half as much work for a COPY. */
  async runUnordered(sql: string): Promise<number> {
    await this.run('SET preserve_insertion_order = false')
    try {
      return await this.run(sql)
    } finally {
      await this.run('SET preserve_insertion_order = true')
    }
  }

  /** The single number that a query answers. */
  async number(sql: string): Promise<number> {
    const rows = await (await this.#connection.run(sql)).getRowsJson()
    return Number(rows[0]?.[0])
  }

  /** Rows of texts, some thousand at a time, so that few stand in memory. */
  async *texts(sql: string): AsyncGenerator<readonly (readonly (string | null)[])[]> {
    const result = await this.#connection.stream(sql)
    for await (const rows of result.yieldRowsJson()) yield rows as (string | null)[][]
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }
}
