/** How batches follow one another. */
import { FEW_RECORDS } from './session_pace.ts'

/** While few records wait, the engine leaves the machine to questions most of the time. */
const REST_SHARE = 2
const REST_MS_MAX = 400

interface Pace {
  /** How long the last batch took. */
  readonly worked_ms: number
  readonly interval_ms: number
  /** Records that wait. */
  readonly pending: number
  readonly batch_records_max: number
}

/**
 * Before the next batch: they begin an interval apart, so that they are not too small; further
 * apart while little comes in, and at once under backlog.
 */
export function pauseAfter({ worked_ms, interval_ms, pending, batch_records_max }: Pace): number {
  if (pending >= batch_records_max / 10) return 0
  const rest_ms = pending < FEW_RECORDS ? Math.min(REST_SHARE * worked_ms, REST_MS_MAX) : 0
  // Tricky: after a clock was set back, the work seems to have taken less than nothing.
  return Math.max(Math.min(interval_ms - worked_ms, interval_ms), rest_ms)
}
