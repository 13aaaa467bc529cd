/** How batches follow one another. */
import { setTimeout as sleep } from 'node:timers/promises'

/** While few records wait, the engine leaves the machine to questions most of the time. */
const REST_SHARE = 2
const REST_MS_MAX = 400
/** As long as questions took since the last batch, they have the machine for themselves. */
const QUESTIONS_MS_MAX = 1_000
const FEW_RECORDS = 1_000

interface Pace {
  /** How long the last batch took. */
  readonly worked_ms: number
  readonly interval_ms: number
  /** Records that wait. */
  readonly pending: number
  readonly batch_records_max: number
  /** How long the questions took that were answered since the batch before. */
  readonly questions_ms: number
}

/** So many wait that nobody expects to see the latest. */
export const isBacklog = (pending: number, batch_records_max: number): boolean =>
  pending >= batch_records_max / 10

/**
 * Before the next batch: they begin an interval apart, so that they are not too small; further
 * apart while little comes in, and at once under backlog.
 */
export async function pauseAfter(pace: Pace, signal: AbortSignal): Promise<void> {
  const pause_ms = pauseOf(pace)
  if (pause_ms <= 0) return
  await sleep(pause_ms, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
}

function pauseOf(pace: Pace): number {
  const { worked_ms, interval_ms, pending, batch_records_max, questions_ms } = pace
  if (isBacklog(pending, batch_records_max)) return 0
  const longest_ms = Math.max(REST_MS_MAX, Math.min(questions_ms, QUESTIONS_MS_MAX))
  const rest_ms = pending < FEW_RECORDS ? Math.min(REST_SHARE * worked_ms, longest_ms) : 0
  // Tricky: after a clock was set back, the work seems to have taken less than nothing.
  return Math.max(Math.min(interval_ms - worked_ms, interval_ms), rest_ms)
}
