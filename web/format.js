/** Values as people read them. All times are UTC, as they are stored. */

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const money = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })
const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })
const small = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 })
const sized = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

const exactly = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
const price = new Intl.NumberFormat(undefined, exactly)

const UTC = { timeZone: 'UTC', hourCycle: 'h23' }
const DAY = { ...UTC, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }
const moment = new Intl.DateTimeFormat(undefined, DAY)
const momentWithSeconds = new Intl.DateTimeFormat(undefined, { ...DAY, second: '2-digit' })
const momentLongAgo = new Intl.DateTimeFormat(undefined, { ...DAY, year: 'numeric' })
const clock = new Intl.DateTimeFormat(undefined, {
  ...UTC,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

export const NOTHING = '–'

const unless = (format) => (value) =>
  value === null || value === undefined ? NOTHING : format(value)

export const count = unless((value) => whole.format(value))
export const amount = unless((value) => price.format(value))
export const percent = unless((value) => share.format(value))
export const timeOf = unless((text) => {
  const time = new Date(text)
  // The year is worth its width only where it is another one.
  if (time.getUTCFullYear() !== new Date().getUTCFullYear()) return momentLongAgo.format(time)
  return (time.getUTCSeconds() === 0 ? moment : momentWithSeconds).format(time)
})
export const clockOf = unless((text) => clock.format(new Date(text)))
export const rate = (value) => sized.format(value)

/** 12,300,000 bytes as 12.3 MB. */
export function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [rest, at] = [value, 0]
  while (rest >= 1_000 && at < units.length - 1) {
    rest /= 1_000
    at += 1
  }
  return `${sized.format(rest)} ${units[at]}`
}

export function duration(seconds) {
  if (seconds < 60) return `${seconds} s`
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600)]
  if (hours < 1) return `${minutes} min`
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}

const NUMBERS = new Set(['integer', 'wide', 'decimal', 'double'])
export const isNumber = (type) => NUMBERS.has(type)

/** A cell's text by its column's type. */
export function cellText(value, type) {
  if (value === null || value === undefined) return NOTHING
  if (type === 'timestamp') return timeOf(value)
  if (type === 'boolean') return value ? 'yes' : 'no'
  if (type === 'double') return Math.abs(value) >= 1_000 ? whole.format(value) : small.format(value)
  // Numbers beyond what JavaScript counts exactly come as text, and stay it.
  if (isNumber(type)) return typeof value === 'number' ? money.format(value) : value
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
