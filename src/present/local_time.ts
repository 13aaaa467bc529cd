/** The shop's clocks: times are stored in UTC, days and hours are those of the shop's time zone. */
import { quoteText } from '../std/duckdb.ts'
import type { Settings } from '../std/settings.ts'

/** SQL for a time of UTC as the shop's clocks show it. */
export function localTime(time: string, { time_zone }: Pick<Settings, 'time_zone'>): string {
  if (time_zone === 'UTC') return time
  return `timezone(${quoteText(time_zone)}, timezone('UTC', ${time}))`
}
