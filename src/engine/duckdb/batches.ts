/**
 * Where batches are computed: in this process, from the log's files, or on a cluster. The store
 * takes what they come to, either way in one transaction with the position.
 */
import type { Log } from '../../log/contract.ts'
import { type BatchDone, runBatch } from './batch.ts'
import type { Connection } from './database.ts'
import type { BatchContext, Position } from './position.ts'

/** What computes batches, as people know it. */
export interface Computer {
  /** `duckdb`, or sc://host:port. */
  readonly engine: string
  /** Spark's version; null where there is none, or before it was asked. */
  readonly spark: string | null
}

export interface Batches {
  readonly computer: Computer
  /**
   * Sessions are written `within` a batch's transaction, and so in the store's own file; or they
   * come `after`, in a file of their own.
   */
  readonly sessions: 'within' | 'after'
  /** Why what earlier batches left beside the store is not theirs; null when it is. */
  fault(writer: Connection, position: Position): Promise<string | null>
  /** The store has been opened: whatever else it needs in order to read what batches leave. */
  opened(writer: Connection, position: Position): Promise<void>
  /** Moves the next records into the store; null when nothing is durable beyond `before`. */
  next(writer: Connection, context: BatchContext, before: Position): Promise<BatchDone | null>
  /**
   * Keeps small what batches leave beside the store; called between them. `quietly` does a work
   * while no query reads.
   */
  tidy(quietly: (work: () => Promise<void>) => Promise<void>): Promise<void>
  /** A batch that is under way elsewhere ends soon, and fails. */
  interrupt(): void
  close(): Promise<void>
}

/** A live batch reads at most this much, so that one batch never outgrows the memory limit. */
const BATCH_BYTES_MAX = 256_000_000
/** Of a record: fewer of them are to be less, also where they are large. */
const RECORD_BYTES = 512

/** The store computes them itself. */
export class LocalBatches implements Batches {
  readonly computer = { engine: 'duckdb', spark: null }
  readonly sessions = 'after'
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  async fault(): Promise<null> {
    return null
  }

  async opened(): Promise<void> {}

  async next(
    writer: Connection,
    context: BatchContext,
    before: Position,
  ): Promise<BatchDone | null> {
    const records_max = context.settings.batch_records_max
    const bytes_max = Math.min(records_max * RECORD_BYTES, BATCH_BYTES_MAX)
    const limits = { records_max, bytes_max }
    const slices = await this.#log.read(before.offsets, limits)
    return slices.length === 0 ? null : runBatch(writer, context, before, slices)
  }

  async tidy(): Promise<void> {}

  interrupt(): void {}

  async close(): Promise<void> {}
}
