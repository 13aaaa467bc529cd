/** Windows: which stretch of event time a row of a table speaks of. Pure data. */

const UNITS_MS = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const
type Unit = keyof typeof UNITS_MS

/** A length of time in words: `5 minutes`, `1 hour`, `30 days`. */
export type Duration = `${number} ${Unit}` | `${number} ${Unit}s`
export type CalendarUnit = 'day' | 'week' | 'month'

export type Window =
  /** Every `size`, counted from 1970 in UTC. */
  | { readonly kind: 'tumbling'; readonly size_ms: number }
  /** Windows of `size` that begin every `slide`; made from panes of one slide when presented. */
  | { readonly kind: 'sliding'; readonly size_ms: number; readonly slide_ms: number }
  /** By the shop's time zone (setting `time_zone`). */
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit }
  /**
   * Ends when its key was silent for `gap`; late events may bridge two into one. Rows whose key
   * `id` is not null are one session per key, however long the silence: the client says what a
   * visit is.
   */
  | { readonly kind: 'session'; readonly gap_ms: number; readonly id: string | null }
  /** All time: one row per key. */
  | { readonly kind: 'none' }

/** Milliseconds of a duration in words. Throws on words it does not know. */
export function durationMs(duration: Duration): number {
  const [amount = '', unit = ''] = duration.split(' ')
  const unit_ms = UNITS_MS[unit.replace(/s$/, '') as Unit]
  const result = Number(amount) * (unit_ms ?? Number.NaN)
  if (Number.isSafeInteger(result) && result > 0) return result
  throw new Error(`"${duration}" is no duration; write a number and a unit, such as "5 minutes".`)
}

export function tumbling(size: Duration): Window {
  return Object.freeze({ kind: 'tumbling', size_ms: durationMs(size) })
}

/** `size` must be a whole number of `slide`s, so that panes of one slide make every window. */
export function sliding(size: Duration, slide: Duration): Window {
  const [size_ms, slide_ms] = [durationMs(size), durationMs(slide)]
  if (size_ms % slide_ms !== 0) {
    throw new Error(`A sliding window of ${size} is no whole number of slides of ${slide}.`)
  }
  return Object.freeze({ kind: 'sliding', size_ms, slide_ms })
}

export function calendar(unit: CalendarUnit): Window {
  return Object.freeze({ kind: 'calendar', unit })
}

/** `id` names the key of the table, if any, by which clients tell their sessions apart. */
export function session(
  gap: Duration | number,
  { id = null }: { id?: string | null } = {},
): Window {
  const gap_ms = typeof gap === 'number' ? gap : durationMs(gap)
  return Object.freeze({ kind: 'session', gap_ms, id })
}

export function allTime(): Window {
  return Object.freeze({ kind: 'none' })
}
