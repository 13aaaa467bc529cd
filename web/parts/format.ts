/**
 * Values as people read them, in the locale of the reader's browser. Times are UTC, as they are
 * stored. What is not there is a dash, never a zero.
 */

export const NOTHING = '–'

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const brief = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })
const fine = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 })
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const cents = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
})
const signed = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
})

const UTC = { timeZone: 'UTC', hourCycle: 'h23' } as const
const MINUTE = { hour: '2-digit', minute: '2-digit' } as const
const clock = new Intl.DateTimeFormat(undefined, { ...UTC, ...MINUTE })
const clockToSecond = new Intl.DateTimeFormat(undefined, { ...UTC, ...MINUTE, second: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { ...UTC, month: 'short', day: 'numeric' })
const date = new Intl.DateTimeFormat(undefined, {
  ...{ ...UTC, year: 'numeric', month: 'short', day: 'numeric' },
})
const moment = new Intl.DateTimeFormat(undefined, {
  ...{ ...UTC, ...MINUTE, month: 'short', day: 'numeric' },
})
const momentOfYear = new Intl.DateTimeFormat(undefined, {
  ...{ ...UTC, ...MINUTE, year: 'numeric', month: 'short', day: 'numeric' },
})

/** Numbers that JavaScript cannot count exactly come as text. */
export type Amount = number | string | null | undefined

const unless =
  <T>(format: (value: T) => string) =>
  (value: T | null | undefined): string =>
    value === null || value === undefined || value === '' ? NOTHING : format(value)

export const formatCount = unless<number | string>((value) => whole.format(Number(value)))
/** 12,345 as 12.3K: for axes and small places. */
export const formatBrief = unless<number | string>((value) => brief.format(Number(value)))
/** Of 1. */
export const formatShare = unless<number>((value) => share.format(value))
/** By how much of it something changed, with its sign; more than tenfold as a multiple. */
export const formatChange = unless<number>((value) =>
  value < 10 ? signed.format(value) : `×${tenths.format(value + 1)}`,
)
export const formatNumber = unless<number | string>((value) => {
  const number = Number(value)
  return Math.abs(number) >= 1_000 ? whole.format(number) : fine.format(number)
})
export const formatRate = unless<number>((value) => tenths.format(value))
export const formatClock = unless<string>((time) => clock.format(new Date(time)))
export const formatSecond = unless<string>((time) => clockToSecond.format(new Date(time)))
export const formatDay = unless<string>((time) => day.format(new Date(time)))
export const formatDate = unless<string>((time) => date.format(new Date(time)))
export const formatTime = unless<string>((text) => {
  const time = new Date(text)
  // The year is worth its width only where it is another one.
  const isThisYear = time.getUTCFullYear() === new Date().getUTCFullYear()
  return (isThisYear ? moment : momentOfYear).format(time)
})

/** Null for a word that is no currency. */
function currencyFormat(currency: string, more: Intl.NumberFormatOptions = {}) {
  if (!/^[A-Z]{3}$/.test(currency)) return null
  return new Intl.NumberFormat(undefined, {
    ...{ style: 'currency', currency, currencyDisplay: 'narrowSymbol' },
    ...more,
  })
}

/** With the currency's own sign and digits; a word that is no currency stands behind the amount. */
export function formatMoney(amount: Amount, currency?: string | null): string {
  if (amount === null || amount === undefined) return NOTHING
  const value = Number(amount)
  if (!currency) return cents.format(value)
  return currencyFormat(currency)?.format(value) ?? `${cents.format(value)} ${currency}`
}

const BRIEF: Intl.NumberFormatOptions = { notation: 'compact', maximumFractionDigits: 1 }

/** For an axis: 1,200 as €1.2K. */
export const formatBriefMoney = (amount: number, currency?: string | null): string =>
  currencyFormat(currency ?? '', BRIEF)?.format(amount) ?? formatBrief(amount)

/** 12,300,000 as 12.3 MB. */
export const formatBytes = unless<number>((value) => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const at = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1)
  return `${tenths.format(value / 1_000 ** at)} ${units[at]}`
})

/** 93 as 1 min 33 s; the two greatest units that matter. */
export const formatDuration = unless<number>((seconds) => {
  if (seconds < 1) return `${whole.format(seconds * 1_000)} ms`
  if (seconds < 60) return `${tenths.format(seconds)} s`
  const whole_s = Math.round(seconds)
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const
  const first = units.findIndex(([, size]) => whole_s >= size)
  return units
    .slice(first, first + 2)
    .map(([word, size], at) => {
      const rest = at === 0 ? whole_s : whole_s % (units[first]?.[1] ?? 1)
      return [Math.floor(rest / size), word] as const
    })
    .filter(([value], at) => value > 0 || at === 0)
    .map(([value, word]) => `${whole.format(value)} ${word}`)
    .join(' ')
})

/** `1 segment`, `2 segments`. */
export const formatSeveral = (count: number, thing: string): string =>
  `${whole.format(count)} ${thing}${count === 1 ? '' : 's'}`

/** Ids that no person reads to the end: their beginning tells them apart. */
export const formatId = (id: string): string =>
  /^[0-9a-f-]{32,36}$/i.test(id) ? `${id.slice(0, 8)}…` : id

/** `remove_from_cart` as `remove from cart`. */
export const formatWord = (name: string): string => name.replaceAll('_', ' ')

/** With a capital at its beginning. */
export const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** `remove_from_cart` as `Remove from cart`. */
export const formatTitle = (name: string): string => sentence(formatWord(name))

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'wide', 'decimal', 'double'])
export const isNumberType = (type: string): boolean => NUMBERS.has(type)

/** A value by the type that /api/tables tells of its column. */
export function formatCell(value: unknown, type: string): string {
  if (value === null || value === undefined) return NOTHING
  if (type === 'timestamp') return formatTime(String(value))
  if (type === 'boolean') return value ? 'yes' : 'no'
  if (type === 'double') return formatNumber(Number(value))
  if (type === 'decimal') return cents.format(Number(value))
  if (isNumberType(type)) return typeof value === 'number' ? whole.format(value) : String(value)
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
