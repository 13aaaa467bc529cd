/**
 * When sessions take in what is stored. At rest with each batch; under load after the delay that is
 * asked for, and so seldom that joining them takes a share of the time only. What is joined at once
 * has a bound.
 */
import type { Settings } from '../../std/settings.ts'

/** While so few records wait in the log, the engine is at rest. */
const PENDING_FEW = 100
/** A batch of so few is joined in its own transaction, where one thread reads it. */
const STORED_FEW = 1_000
/** Of what the last time took, before the next one. */
const REST_SHARE = 4
const REST_MS_MAX = 20_000
/** So many records do not wait for more. */
const WAITING_MAX = 200_000

export class SessionPace {
  readonly #delay_ms: number
  #settled_ms = 0
  #took_ms = 0
  #waiting = 0

  constructor({ session_delay_ms }: Pick<Settings, 'session_delay_ms'>) {
    this.#delay_ms = session_delay_ms
  }

  /** Whether a batch of so many records levels them itself; `pending` are not stored yet. */
  isDueWithin(records: number, pending: number): boolean {
    return this.#waiting === 0 && pending < PENDING_FEW && records < STORED_FEW
  }

  /** Whether they take in now what was stored without them. */
  isDue(now_ms: number, pending: number): boolean {
    if (pending < PENDING_FEW || this.#waiting >= WAITING_MAX) return true
    const rest_ms = Math.min(REST_SHARE * this.#took_ms, REST_MS_MAX)
    // Tricky: a clock that was set back does not stop them.
    return Math.abs(now_ms - this.#settled_ms) >= Math.max(this.#delay_ms, rest_ms)
  }

  /** A batch was stored; if sessions took it in, `noteSettled` follows. */
  noteStored(records: number): void {
    this.#waiting += records
  }

  noteSettled(now_ms: number, took_ms: number): void {
    this.#settled_ms = now_ms
    this.#took_ms = Math.max(0, took_ms)
    this.#waiting = 0
  }
}
