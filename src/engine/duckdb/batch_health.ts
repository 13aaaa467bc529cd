/** How batches go: how long they take, which failed last, and what an operator is told of it. */
import type { Clock } from '../../std/clock.ts'
import { ClickpathError } from '../../std/errors.ts'
import { Histogram } from '../../std/metrics.ts'
import { causeOf, type NoticeCode, type Say, tell } from '../../std/notices.ts'
import type { EngineProgress } from '../contract.ts'
import type { BatchDone } from './batch.ts'

const BOUNDS_S = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export interface BatchHealthOptions {
  readonly clock: Clock
  readonly say: Say
  /** A batch that takes longer is told of. */
  readonly slow_batch_ms: number
}

type Told = Pick<EngineProgress, 'last_error' | 'last_failure' | 'failures' | 'batch_ms'>

export class BatchHealth {
  readonly durations = new Histogram(BOUNDS_S)
  readonly #options: BatchHealthOptions
  #told: Told = { last_error: null, last_failure: null, failures: 0, batch_ms: 0 }

  constructor(options: BatchHealthOptions) {
    this.#options = options
  }

  get told(): Told {
    return this.#told
  }

  noteDone({ position, records, culprits, lost }: BatchDone, batch_ms: number): void {
    const { say, slow_batch_ms } = this.#options
    const { batch } = position
    this.durations.note(batch_ms)
    this.#told = { ...this.#told, batch_ms, last_error: null }
    for (const { line } of culprits) tell(say, 'RECORD_REFUSED', line, batch)
    if (lost > 0) tell(say, 'RECORDS_LOST', lost)
    if (batch_ms <= slow_batch_ms) return
    tell(say, 'BATCH_SLOW', batch, (batch_ms / 1_000).toFixed(1), records)
  }

  noteFailed(thrown: unknown): void {
    const { clock, say } = this.#options
    const message = causeOf(thrown)
    const last_failure = { at: new Date(clock.now_ms()).toISOString(), message }
    const failures = this.#told.failures + 1
    this.#told = { ...this.#told, last_error: message, last_failure, failures }
    tell(say, noticeOf(thrown), message)
  }
}

function noticeOf(thrown: unknown): NoticeCode {
  const code = thrown instanceof ClickpathError ? thrown.code : ''
  if (code === 'LOG_CORRUPT' || code === 'LOG_GONE') return 'LOG_DAMAGED'
  return code === 'STORE_FULL' ? 'STORE_WAITS' : 'BATCH_RETRIED'
}
