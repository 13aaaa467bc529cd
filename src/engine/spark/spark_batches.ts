/**
 * Batches computed on a Spark cluster: events are parsed, deduplicated and reduced there, and stay
 * there as Parquet; the store takes states and facts. The session is opened when it is needed and
 * opened anew after a failure; the engine tries a failed batch again, which begins by removing what
 * the failed one left.
 *
 * The folder must be one that this process, Spark's driver and all its workers see by one path.
 */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../../std/settings.ts'
import type { BatchDone } from '../duckdb/batch.ts'
import type { Batches } from '../duckdb/batches.ts'
import type { Connection } from '../duckdb/database.ts'
import type { BatchContext, Position } from '../duckdb/position.ts'
import { connect } from './connect/connect.ts'
import type { SparkSession } from './connect/session.ts'
import type { SparkSource } from './sources.ts'
import { SparkBatch } from './spark_batch.ts'
import { createStoredEvents, takeOutcome } from './take_outcome.ts'

export interface SparkBatchesOptions {
  /** sc://host:port */
  readonly address: string
  readonly directory: string
  readonly source: SparkSource
  readonly settings: Pick<Settings, 'batch_records_max'>
}

const SESSION = {
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.parquet.compression.codec': 'zstd',
  // Nothing is lost by stopping at a value that does not fit: the batch fails, and says so.
  'spark.sql.ansi.enabled': 'true',
}

const PING_MS = 60_000

export class SparkBatches implements Batches {
  readonly #options: SparkBatchesOptions
  #session: Promise<SparkSession> | undefined
  #ping: Disposable | undefined

  constructor(options: SparkBatchesOptions) {
    this.#options = options
  }

  get #silver(): string {
    return join(this.#options.directory, 'silver')
  }

  async #open(): Promise<SparkSession> {
    const session = await connect(this.#options.address)
    await session.setConfig(SESSION)
    this.#ping = session.keepAlive(PING_MS, () => this.#forget())
    return session
  }

  #forget(): void {
    this.#ping?.[Symbol.dispose]()
    this.#ping = undefined
    const session = this.#session
    this.#session = undefined
    void session?.then((open) => open.close()).catch(() => undefined) // It is given up anyway.
  }

  async opened(writer: Connection, { batch }: Position): Promise<void> {
    const rounds = await readdir(this.#silver).catch(() => [])
    const left = rounds.filter((name) => Number(name.slice('round='.length)) > batch)
    for (const name of left) await rm(join(this.#silver, name), { recursive: true, force: true })
    await createStoredEvents(writer, this.#silver)
  }

  async next(
    writer: Connection,
    context: BatchContext,
    before: Position,
  ): Promise<BatchDone | null> {
    const { directory, source, settings } = this.#options
    const found = await source.next(before.offsets, settings.batch_records_max)
    if (!found) return null
    try {
      this.#session ??= this.#open()
      const session = await this.#session
      for (const statement of found.setup) await session.run(statement)
      const batch = new SparkBatch(session, directory, context, before)
      const outcome = await batch.run(found.input)
      const position = await takeOutcome(writer, context, outcome)
      await batch.removePartials()
      if (before.offsets.size === 0) await createStoredEvents(writer, this.#silver)
      const { records, oldest_ms } = outcome
      return { position, records, oldest_ms, culprits: [], lost: 0, unswept: [] }
    } catch (thrown) {
      this.#forget()
      throw thrown
    }
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    this.#ping?.[Symbol.dispose]()
    await session?.release().catch(() => undefined) // The server forgets it in time.
    await session?.close()
  }
}
