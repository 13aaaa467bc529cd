/** Times and days as text and as Spark's numbers: microseconds and days since 1970, in UTC. */
import { SparkError } from './errors.ts'

const DAY_MS = 86_400_000
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?$/

/** `2019-10-01T00:00:00.000000Z`. Years beyond 9999 keep all their digits. */
export function timeText(micros: bigint, zone: 'Z' | '' = 'Z'): string {
  const rest = ((micros % 1000n) + 1000n) % 1000n
  const text = new Date(Number((micros - rest) / 1000n)).toISOString()
  return `${text.slice(0, -1)}${String(rest).padStart(3, '0')}${zone}`
}

/** From `2019-10-01T00:00:00.000000Z`, with fewer digits or without any, taken as UTC. */
export function timeMicros(text: string): bigint {
  const [, day, time, fraction = ''] = TIME.exec(text) ?? []
  const seconds_ms = Date.parse(`${day}T${time}Z`)
  if (Number.isNaN(seconds_ms)) {
    throw new SparkError('argument', `${text} is no time in UTC like 2019-10-01T00:00:00.000000Z.`)
  }
  return BigInt(seconds_ms) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** `2019-10-01` */
export function dayText(days: number): string {
  return new Date(days * DAY_MS).toISOString().split('T', 1)[0] ?? ''
}

export function dayNumber(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new SparkError('argument', `${text} is no day like 2019-10-01.`)
  return ms / DAY_MS
}
