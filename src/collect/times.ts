/**
 * Reads the times that clients send: ISO 8601, without a regular expression, since every event
 * passes here. A time without an offset is UTC. Years before 1970 and anything else: unreadable.
 */

const DAY_MS = 86_400_000
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/**
 * So far below zero that no sum with it comes above. Tricky: small integers are faster than NaN.
 */
const NO_DIGITS = -1_000_000

/** Two digits at `at`; `NO_DIGITS` where they are not digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_DIGITS
}

/** Whether two digits that were read lie between 0 and `most`. */
function isWithin(number: number, most: number): boolean {
  return number >= 0 && number <= most
}

/** Days since 1970-01-01 of a day of the proleptic Gregorian calendar. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** The day `YYYY-MM-DD` at the start of the text, in ms since 1970; NaN when it is none. */
function dayMs(text: string): number {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const days = MONTH_DAYS[month - 1]
  if (text[4] !== '-' || text[7] !== '-' || days === undefined) return Number.NaN
  if (!(year >= 1970 && day >= 1 && day <= days)) return Number.NaN
  if (month === 2 && day === 29 && !isLeap(year)) return Number.NaN
  return daysSince1970(year, month, day) * DAY_MS
}

/** Where the digits that begin at `at` end. */
function digitsEnd(text: string, at: number): number {
  let end = at
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
  return end
}

/** The first three digits of a second's fraction, as ms. */
function fractionMs(text: string, from: number, end: number): number {
  let ms = 0
  let unit = 100
  for (let at = from; at < end && unit >= 1; at++) {
    ms += (text.charCodeAt(at) - 48) * unit
    unit /= 10
  }
  return ms
}

/** The offset from UTC that begins at `at` and ends the text, in ms; NaN when it is none. */
function offsetMs(text: string, at: number): number {
  if (at === text.length) return 0
  const rest = text.length - at
  const mark = text[at]
  if (mark === 'Z' || mark === 'z') return rest === 1 ? 0 : Number.NaN
  if (mark === ' ') return text.endsWith(' UTC') && rest === 4 ? 0 : Number.NaN
  if (mark !== '+' && mark !== '-') return Number.NaN
  const colon = text[at + 3] === ':' ? 1 : 0
  const hours = twoDigits(text, at + 1)
  const minutes = rest === 3 ? 0 : twoDigits(text, at + 3 + colon)
  const lengthFits = rest === 3 || rest === 5 + colon
  if (!lengthFits || !isWithin(hours, 23) || !isWithin(minutes, 59)) return Number.NaN
  return (hours * 60 + minutes) * (mark === '-' ? -60_000 : 60_000)
}

/** Milliseconds since 1970 of an ISO 8601 text, further digits cut off; NaN when unreadable. */
export function epochMs(text: string): number {
  const day = dayMs(text)
  if (text.length === 10) return day
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const separator = text[10]
  if (separator !== 'T' && separator !== ' ' && separator !== 't') return Number.NaN
  if (!isWithin(hour, 23) || !isWithin(minute, 59) || text[13] !== ':') return Number.NaN
  let ms = day + hour * 3_600_000 + minute * 60_000
  let at = 16
  if (text[at] === ':') {
    const second = twoDigits(text, 17)
    if (!isWithin(second, 59)) return Number.NaN
    ms += second * 1_000
    at = 19
    if (text[at] === '.' || text[at] === ',') {
      const end = digitsEnd(text, at + 1)
      if (end === at + 1 || end > at + 10) return Number.NaN
      ms += fractionMs(text, at + 1, end)
      at = end
    }
  }
  ms -= offsetMs(text, at)
  return ms >= 0 ? ms : Number.NaN
}

/**
 * The same moment `shift_ms` later as the record wants it: UTC, `Z`, at most six digits of a
 * second. Undefined when the text is no time or leaves the years 1970 to 9999.
 */
export function isoTime(text: string, shift_ms = 0): string | undefined {
  const ms = epochMs(text) + shift_ms
  if (!(ms >= 0 && ms < 253_402_300_800_000)) return undefined
  const last = text.length - 1
  const isCanonical = last >= 19 && last <= 26 && text[last] === 'Z' && text[10] === 'T'
  if (isCanonical && shift_ms === 0 && text[19] !== ',') return text
  const canonical = new Date(ms).toISOString()
  const micros = /[.,]\d{3}(\d{1,3})/.exec(text)?.[1]
  return micros ? `${canonical.slice(0, -1)}${micros}Z` : canonical
}
