/**
 * When sessions are due to take in what is stored. At rest always; under load after the delay that
 * is asked for, and so seldom that joining them takes a share of the time only. What is joined at
 * once has a bound.
 */
import type { Offsets } from '../../log/contract.ts'
import type { Settings } from '../../std/settings.ts'

/** While so few records wait, the engine is at rest. */
const FEW_RECORDS = 100
/** Of what the last time took, before the next one. */
const REST_SHARE = 4
const REST_MS_MAX = 20_000
/** So many records do not wait for more. */
const WAITING_MAX = 200_000

const positions = (offsets: Offsets) => [...offsets.values()].reduce((sum, one) => sum + one, 0)

export class SessionPace {
  readonly #delay_ms: number
  #settled_ms = 0
  #took_ms = 0
  #waiting = 0

  constructor({ session_delay_ms }: Pick<Settings, 'session_delay_ms'>) {
    this.#delay_ms = session_delay_ms
  }

  /** At the end of a batch between offsets; `pending` records of the log are not stored yet. */
  isDue(now_ms: number, before: Offsets, after: Offsets, pending: number): boolean {
    const waiting = this.#waiting + positions(after) - positions(before)
    if (pending < FEW_RECORDS || waiting >= WAITING_MAX) return true
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
