/**
 * What this collector has done since it started: counts for operators. The ledger does not use
 * them; it counts records of the log, which survive a kill.
 */
import { ERRORS, type ErrorCode } from '../std/errors.ts'
import { counter, type Family, gauge, Histogram } from '../std/metrics.ts'
import type { Outcomes } from './formats/format.ts'

export interface CollectMetrics {
  /** Events and rows made durable. */
  readonly accepted: number
  /** Invalid ones by reason, filtered ones by their step's reason; kept in the log, too. */
  readonly invalid: Readonly<Record<string, number>>
  readonly filtered: Readonly<Record<string, number>>
  /** Requests answered 200, by format. */
  readonly requests: Readonly<Record<string, number>>
  /** Requests refused whole, by error code: nothing of them was kept. */
  readonly refused: Readonly<Record<string, number>>
  readonly dropped_by_step: Readonly<Record<string, number>>
  readonly held_body_bytes: number
}

/** What is asked of its neighbours when somebody reads the counts. */
export interface CollectGauges {
  readonly dropped_by_step: ReadonlyMap<string, number>
  readonly held_body_bytes: number
  readonly body_bytes_max: number
  readonly waiting_bytes: number
  readonly waiting_bytes_max: number
  /** Why the log takes nothing now, else null. */
  readonly refusal: string | null
}

type Counts = Map<string, number>

/** Reasons of own steps are open words: beyond this many, further ones are counted as one. */
const WORDS_MAX = 100
/** From a good disk's sync to `sync_ms_max`. */
const APPEND_BOUNDS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Told before the first of them, or Prometheus would not see the step from none to one. */
const NONE_REFUSED = {
  ...{ LOG_FULL: 0, LOG_SLOW: 0, LOG_FAILED: 0, BUSY: 0, RATE_LIMITED: 0, UNKNOWN_KEY: 0 },
  ...{ BODY_TOO_LARGE: 0, BODY_UNREADABLE: 0, BAD_REQUEST: 0 },
} satisfies Partial<Record<ErrorCode, number>>

function add(counts: Counts, word: string): void {
  const known = counts.has(word) || counts.size < WORDS_MAX ? word : 'other'
  counts.set(known, (counts.get(known) ?? 0) + 1)
}

export class CollectCounters {
  #accepted = 0
  readonly #invalid: Counts = new Map()
  readonly #filtered: Counts = new Map()
  readonly #requests: Counts = new Map()
  readonly #refused: Counts = new Map()
  readonly #appends = new Histogram(APPEND_BOUNDS_S)

  /** Call when the outcomes are durable. */
  noteTaken(format: string, { accepted, refused }: Outcomes): void {
    this.#accepted += accepted
    add(this.#requests, format)
    for (const { dropped } of refused) {
      add(dropped.verdict === 'invalid' ? this.#invalid : this.#filtered, dropped.reason)
    }
  }

  noteRefused(code: string): void {
    add(this.#refused, code)
  }

  noteAppended(duration_ms: number): void {
    this.#appends.note(duration_ms)
  }

  read({ dropped_by_step, held_body_bytes }: CollectGauges): CollectMetrics {
    return {
      accepted: this.#accepted,
      invalid: Object.fromEntries(this.#invalid),
      filtered: Object.fromEntries(this.#filtered),
      requests: Object.fromEntries(this.#requests),
      refused: Object.fromEntries(this.#refused),
      dropped_by_step: Object.fromEntries(dropped_by_step),
      held_body_bytes,
    }
  }

  /** The same for Prometheus. */
  families(gauges: CollectGauges): readonly Family[] {
    const { accepted, invalid, filtered, requests, refused, dropped_by_step } = this.read(gauges)
    const name = (rest: string) => `clickpath_collect_${rest}`
    return [
      {
        name: name('accepted_total'),
        type: 'counter',
        help: 'Events and rows made durable.',
        samples: [{ value: accepted }],
      },
      counter(name('invalid_total'), 'Invalid events, kept with their reason.', 'reason', invalid),
      counter(
        name('filtered_total'),
        'Events that a step did not want, kept with its reason.',
        'reason',
        filtered,
      ),
      counter(name('requests_total'), 'Requests answered 200.', 'format', requests),
      {
        name: name('refused_requests_total'),
        type: 'counter',
        help: 'Requests refused whole, by error code; nothing of them was kept.',
        samples: Object.entries({ ...NONE_REFUSED, ...refused }).map(([code, value]) => ({
          value,
          labels: { code, status: statusOf(code) },
        })),
      },
      counter(name('dropped_total'), 'Events dropped, by step.', 'step', dropped_by_step),
      ...loadFamilies(gauges, name),
      this.#appends.family(
        name('append_duration_seconds'),
        'From handing records to the log until they are durable.',
      ),
    ]
  }
}

/** What HTTP answers with this code. */
function statusOf(code: string): string {
  return String(ERRORS[code as ErrorCode]?.[0] ?? '')
}

function loadFamilies(gauges: CollectGauges, name: (rest: string) => string): readonly Family[] {
  const { held_body_bytes, body_bytes_max, waiting_bytes, waiting_bytes_max, refusal } = gauges
  return [
    gauge(name('body_bytes'), 'Bytes of request bodies held now.', held_body_bytes),
    gauge(name('body_bytes_max'), 'Beyond it requests are answered 503.', body_bytes_max),
    gauge(name('queue_bytes'), 'Bytes that wait for the disk.', waiting_bytes),
    gauge(name('queue_bytes_max'), 'Beyond it requests are answered 503.', waiting_bytes_max),
    gauge(
      name('log_refuses'),
      '1 while the log takes nothing: disk reserve, silent disk, full queue.',
      refusal === null ? 0 : 1,
    ),
  ]
}
