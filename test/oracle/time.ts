/**
 * Event times as whole microseconds since 1970 in UTC, and the starts of windows. A number holds
 * them exactly until the year 2255.
 */
export type Micros = number

export const MINUTE_US = 60_000_000
export const HOUR_US = 60 * MINUTE_US
export const DAY_US = 24 * HOUR_US
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00(?::?00)?)?$/

/** Reads ISO 8601 in UTC, with a `T` or a space, at most six digits of a second. */
export function micros(time: string): Micros {
  const [, date, clock, fraction = ''] = ISO.exec(time) ?? []
  const milliseconds = Date.parse(`${date}T${clock}Z`)
  if (Number.isNaN(milliseconds)) throw new Error(`"${time}" is no time in UTC.`)
  return milliseconds * 1_000 + Number(fraction.padEnd(6, '0'))
}

/** ISO 8601 with three digits of a second, or six where three would lose something. */
export function isoTime(time: Micros): string {
  const below_ms = ((time % 1_000) + 1_000) % 1_000
  const text = new Date((time - below_ms) / 1_000).toISOString()
  return below_ms === 0 ? text : text.replace('Z', `${String(below_ms).padStart(3, '0')}Z`)
}

/** The start of the window of `size_us`, counted from 1970, that the time falls into. */
export function windowStart(time: Micros, size_us: number): Micros {
  return Math.floor(time / size_us) * size_us
}

const QUARTER_US = 15 * MINUTE_US

/**
 * The start of the calendar day in a time zone: the first quarter of an hour of that local date,
 * found by walking back. Every offset of today's zones is a whole number of quarters.
 */
export function dayStarts(time_zone: string): (time: Micros) => Micros {
  if (time_zone === 'UTC') return (time) => windowStart(time, DAY_US)
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, dateStyle: 'short' })
  const dateOf = (time: Micros) => format.format(Math.floor(time / 1_000))
  const known = new Map<string, Micros>()
  return (time) => {
    const date = dateOf(time)
    let start = known.get(date) ?? windowStart(time, QUARTER_US)
    while (dateOf(start - QUARTER_US) === date) start -= QUARTER_US
    known.set(date, start)
    return start
  }
}
