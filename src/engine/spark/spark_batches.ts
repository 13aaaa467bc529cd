/**
 * Batches computed on a Spark cluster: events are parsed, deduplicated and reduced there, and stay
 * there as Parquet; the store takes states and facts. After a failure the session is opened anew,
 * and the engine tries the batch again. A record that Spark cannot compute with is found by halving
 * and kept as `engine_refused`.
 *
 * The folder must be one that this process, Spark's driver and all its workers see by one path.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import type { BatchDone } from '../duckdb/batch.ts'
import type { Batches, Computer } from '../duckdb/batches.ts'
import type { Connection } from '../duckdb/database.ts'
import type { BatchContext, Position } from '../duckdb/position.ts'
import { shownAddress } from '../place.ts'
import type { SparkSession } from './connect/session.ts'
import { findCulprit, type SparkCulprit, withoutCulprits } from './culprits.ts'
import { dataClass, sparkFailure } from './failures.ts'
import { foldersDue, mergeSilver } from './merge_silver.ts'
import { SilverFiles } from './silver_files.ts'
import type { SparkInput, SparkSource } from './sources.ts'
import { SparkBatch, type SparkOutcome } from './spark_batch.ts'
import { SparkSessions } from './spark_sessions.ts'
import { takeOutcome } from './take_outcome.ts'

export interface SparkBatchesOptions {
  /** sc://host:port */
  readonly address: string
  readonly directory: string
  readonly source: SparkSource
}

/** How many records one batch may lose to halving before it is taken for a fault of our own. */
const CULPRITS_MAX = 64

interface Task {
  readonly writer: Connection
  readonly context: BatchContext
  readonly before: Position
  readonly input: SparkInput
  readonly session: SparkSession
}

export class SparkBatches implements Batches {
  readonly sessions = 'within'
  readonly #options: SparkBatchesOptions
  readonly #sessions: SparkSessions
  readonly #silver: SilverFiles
  #view: 'made' | 'no files' = 'no files'

  constructor(options: SparkBatchesOptions) {
    this.#options = options
    this.#sessions = new SparkSessions(options.address, join(options.directory, 'session.json'))
    this.#silver = new SilverFiles(options.directory)
  }

  get computer(): Computer {
    const { address } = this.#options
    return { engine: shownAddress(address), spark: this.#sessions.version }
  }

  fault(writer: Connection, { batch }: Position): Promise<string | null> {
    return this.#silver.fault(writer, batch)
  }

  async opened(writer: Connection, { batch }: Position): Promise<void> {
    await this.#silver.removeAttempts()
    await this.#silver.settle(batch)
    this.#view = await this.#silver.createView(writer)
  }

  async next(
    writer: Connection,
    context: BatchContext,
    before: Position,
  ): Promise<BatchDone | null> {
    const { address, source } = this.#options
    const input = await source.next(before.offsets, context.settings.batch_records_max)
    if (!input) return null
    try {
      const session = await this.#sessions.current()
      return await this.#take({ writer, context, before, input, session })
    } catch (thrown) {
      if (!(thrown instanceof ClickpathError)) this.#sessions.forget()
      throw sparkFailure(address, thrown)
    }
  }

  async tidy(quietly: (work: () => Promise<void>) => Promise<void>): Promise<void> {
    const due = await foldersDue(this.#silver)
    if (due.length === 0) return
    try {
      await mergeSilver(await this.#sessions.current(), this.#silver, due, quietly)
    } catch (thrown) {
      this.#sessions.forget()
      throw sparkFailure(this.#options.address, thrown)
    }
  }

  /** What is under way at the server ends, and its batch fails. */
  interrupt(): void {
    this.#sessions.forget()
  }

  close(): Promise<void> {
    return this.#sessions.settled()
  }

  async #take(task: Task): Promise<BatchDone> {
    const culprits: SparkCulprit[] = []
    for (;;) {
      const lines = withoutCulprits(task.input.lines, culprits)
      try {
        const { position, records, lost, oldest_ms } = await this.#once(task, lines, 'COMMIT')
        await this.#see(task.writer)
        const found = culprits.map(({ position: line, detail }) => ({ line, detail }))
        return { position, records, oldest_ms, culprits: found, lost, unswept: [] }
      } catch (thrown) {
        if (dataClass(thrown) === null || culprits.length >= CULPRITS_MAX) throw thrown
        const trial = async (some: string) => void (await this.#once(task, some, 'ROLLBACK'))
        const culprit = await findCulprit(task.session, lines, trial)
        if (!culprit) throw thrown
        culprits.push(culprit)
      }
    }
  }

  async #once(
    { writer, context, before, input, session }: Task,
    lines: string,
    ending: 'COMMIT' | 'ROLLBACK',
  ): Promise<SparkOutcome> {
    const silver = this.#silver
    const attempt = await silver.attempt()
    const extent = ending === 'COMMIT' ? 'whole' : 'some'
    try {
      const work = { session, context, before, input, silver, attempt, lines, extent } as const
      const outcome = await new SparkBatch(work).run()
      const keep = async () => {
        if (ending === 'COMMIT' && outcome.stored > 0) {
          await silver.keep(outcome.silver, outcome.position.batch)
        }
      }
      const how = { address: shownAddress(this.#options.address), ending }
      const position = await takeOutcome(writer, context, outcome, how, keep)
      return { ...outcome, position }
    } finally {
      await rm(attempt, { recursive: true, force: true })
    }
  }

  /** Nothing is defined before there is a file. */
  async #see(writer: Connection): Promise<void> {
    if (this.#view === 'no files') this.#view = await this.#silver.createView(writer)
  }
}
