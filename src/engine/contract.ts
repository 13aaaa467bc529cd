/**
 * The engine: given the plan and a log, keep the states right. It reads everything right of the log
 * and nothing left of it; all it holds can be rebuilt from the log.
 */
import type { Offsets } from '../log/contract.ts'
import type { Histogram } from '../std/metrics.ts'

export type Row = Readonly<Record<string, unknown>>

export interface EngineProgress {
  /** The number of the last committed batch; the changelog's cursor counts in these. */
  readonly batch: number
  readonly offsets: Offsets
  /** Events at or after this time (ISO 8601, UTC) may still be on time; null before the first. */
  readonly watermark: string | null
  /** Records durable in the log and not yet in the tables. */
  readonly pending: number
  /** How long the last batch took, and how old its oldest record was when it became visible. */
  readonly batch_ms: number
  readonly visible_after_ms: number
  readonly state: 'opening' | 'rebuilding' | 'running' | 'failed'
  /** What stands in the way now; null once a batch has passed. */
  readonly last_error: string | null
  /** The last batch that failed, though others passed since; and how many did since the start. */
  readonly last_failure: { readonly at: string; readonly message: string } | null
  readonly failures: number
}

/** What a look-up may ask of the store: SQL over the presented tables and the silver ones. */
export interface Store {
  /** Runs one statement with positional parameters; rows as JSON-ready values. */
  rows(sql: string, params?: readonly unknown[]): Promise<readonly Row[]>
}

export interface Engine {
  /**
   * Opens or rebuilds the store, noticing changed declarations. Says in `progress` what it does.
   */
  open(): Promise<void>
  /** Takes everything that is durable now into the tables; resolves when it is visible. */
  catchUp(signal?: AbortSignal): Promise<void>
  /** Keeps catching up until the signal aborts. */
  run(signal: AbortSignal): Promise<void>
  progress(): EngineProgress
  /** Recomputes one table's states from silver, or, without a name, everything from the log. */
  rebuild(table?: string): Promise<void>
  /** How long batches took since the start. */
  readonly batch_durations: Histogram
  /** A connection of its own for reading; bounded in number, see `readers_max`. */
  readonly store: Store
  /** Called after each committed batch. Returns the call that unsubscribes. */
  onCommit(listener: (batch: number) => void): () => void
  close(): Promise<void>
}
