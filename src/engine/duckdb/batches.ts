/**
 * Where batches are computed: in this process, from the log's files, or on a cluster. The store
 * takes what they come to, either way in one transaction with the position.
 */
import type { Log } from '../../log/contract.ts'
import type { Settings } from '../../std/settings.ts'
import { type BatchDone, runBatch } from './batch.ts'
import type { Connection } from './database.ts'
import type { BatchContext, Position } from './position.ts'

export interface Batches {
  /** The store has been opened: whatever else it needs in order to read what batches leave. */
  opened(writer: Connection, position: Position): Promise<void>
  /** Moves the next records into the store; null when nothing is durable beyond `before`. */
  next(writer: Connection, context: BatchContext, before: Position): Promise<BatchDone | null>
  close(): Promise<void>
}

/** A live batch reads at most this much, so that one batch never outgrows the memory limit. */
const BATCH_BYTES_MAX = 256_000_000

/** The store computes them itself. */
export class LocalBatches implements Batches {
  readonly #log: Log
  readonly #settings: Pick<Settings, 'batch_records_max'>

  constructor(log: Log, settings: Pick<Settings, 'batch_records_max'>) {
    this.#log = log
    this.#settings = settings
  }

  async opened(): Promise<void> {}

  async next(
    writer: Connection,
    context: BatchContext,
    before: Position,
  ): Promise<BatchDone | null> {
    const limits = { records_max: this.#settings.batch_records_max, bytes_max: BATCH_BYTES_MAX }
    const slices = await this.#log.read(before.offsets, limits)
    return slices.length === 0 ? null : runBatch(writer, context, before, slices)
  }

  async close(): Promise<void> {}
}
