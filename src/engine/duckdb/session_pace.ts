/**
 * When sessions take in what is stored. At rest after each batch; under load after the delay that
 * is asked for, and so seldom that joining them takes a share of the time only. What is joined at
 * once has a bound.
 */
import type { Settings } from '../../std/settings.ts'
import { isBacklog } from './batch_pace.ts'

/** While so few records wait in the log, the engine is at rest. */
const PENDING_FEW = 100
/** A batch of so few is shown when its sessions hold it too: it takes them no time. */
const STORED_FEW = 1_000
/**
 * Of what the last time took, before the next one: so they take a tenth of the time. The longer
 * they wait, the fewer times a session is written: three times as long halves the work.
 */
const REST_SHARE = 9
const REST_MS_MAX = 60_000
/** So many records do not wait for more. */
const WAITING_MAX = 600_000
/** Of a full batch: while more wait in the log, batches are to catch up before the next share. */
const CALM_SHARE = 1 / 50
/** But it waits no longer than this for them. */
const PATIENCE_MS_MAX = 5_000
/** Of a full batch: what is joined while nobody waits for more. */
const QUIET_SHARE = 1 / 4
/** Of a full batch: what is joined beside those that come. */
const BESIDE_SHARE = 1 / 4

export class SessionPace {
  readonly #settings: Pick<Settings, 'session_delay_ms' | 'batch_records_max'>
  /** When the last share ended. */
  #ended_ms = 0
  /** What all shares of the last round took. */
  #took_ms = 0
  /** Of the round that goes on, so far. */
  #taking_ms = 0
  #waiting = 0

  constructor(settings: Pick<Settings, 'session_delay_ms' | 'batch_records_max'>) {
    this.#settings = settings
  }

  /** Whether they take in a batch of so many records at once; `pending` are not stored yet. */
  isDueAtOnce(records: number, pending: number): boolean {
    return this.#waiting === 0 && pending < PENDING_FEW && records < STORED_FEW
  }

  /** Whether they take in a share now: of a round that goes on, or the first of a new one. */
  isDue(now_ms: number, pending: number, round: 'goes on' | 'none'): boolean {
    const { batch_records_max, session_delay_ms } = this.#settings
    if (pending < PENDING_FEW || this.#waiting >= WAITING_MAX) return true
    // Tricky: a clock that was set back does not stop them.
    const since_ms = Math.abs(now_ms - this.#ended_ms)
    if (pending > batch_records_max * CALM_SHARE && since_ms < PATIENCE_MS_MAX) return false
    const rest_ms = Math.min(REST_SHARE * this.#took_ms, REST_MS_MAX)
    return round === 'goes on' || since_ms >= Math.max(session_delay_ms, rest_ms)
  }

  /** How many events are joined at once before anything else is done. */
  eventsPerShare(pending: number): number {
    const { batch_records_max } = this.#settings
    if (isBacklog(pending, batch_records_max)) return Number.POSITIVE_INFINITY
    return batch_records_max * QUIET_SHARE
  }

  /** How many while batches go on. */
  get events_beside(): number {
    return this.#settings.batch_records_max * BESIDE_SHARE
  }

  /** A batch was stored. */
  noteStored(records: number): void {
    this.#waiting += records
  }

  /** A round begins, with all that waits. */
  noteBegun(): void {
    this.#waiting = 0
    this.#taking_ms = 0
  }

  /** A share was joined. */
  noteShare(now_ms: number, took_ms: number, isLast: boolean): void {
    this.#ended_ms = now_ms
    this.#taking_ms += Math.max(0, took_ms)
    if (isLast) this.#took_ms = this.#taking_ms
  }
}
