/** The shop's clocks in SQL: times are stored in UTC, days and hours are those of its time zone. */
import { quoteText } from './duckdb.ts'
import type { Settings } from './settings.ts'

export type Zone = Pick<Settings, 'time_zone'>

/** A time of UTC as the shop's clocks show it. */
export function localTime(time: string, { time_zone }: Zone): string {
  if (time_zone === 'UTC') return time
  return `timezone(${quoteText(time_zone)}, timezone('UTC', ${time}))`
}

/** What the shop's clocks showed, as a time of UTC. */
export function utcTime(local: string, { time_zone }: Zone): string {
  if (time_zone === 'UTC') return local
  return `timezone('UTC', timezone(${quoteText(time_zone)}, ${local}))`
}

/** When the shop's day (week, month, ...) that holds a time began; both are times of UTC. */
export function beginOf(unit: string, time: string, zone: Zone): string {
  return utcTime(`date_trunc('${unit}', ${localTime(time, zone)})`, zone)
}
