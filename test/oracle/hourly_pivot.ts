/** hourly_pivot: a count and a value for each of four kinds of event, by hour and category. */
import type { Cell, Read, Row } from './event.ts'
import { groupBy } from './group.ts'
import { decimalTextOrNull, sumUnits } from './money.ts'
import { HOUR_US, isoTime, windowStart } from './time.ts'

const KINDS = ['view', 'cart', 'remove_from_cart', 'purchase']

function pivoted(members: readonly Read[]): Row {
  const row: Record<string, Cell> = {}
  for (const kind of KINDS) {
    const alike = members.filter(({ event_type }) => event_type === kind)
    row[`${kind}_events`] = alike.length
    row[`${kind}_value`] = decimalTextOrNull(sumUnits(alike.map(({ value }) => value)))
  }
  return row
}

/** An hour in which only other kinds of event happened has a row too, of zeros and nulls. */
export function hourlyPivot(events: readonly Read[]): readonly Row[] {
  const keysOf = ({ time, category }: Read) => [
    { window_start: isoTime(windowStart(time, HOUR_US)), category },
  ]
  return groupBy(events, keysOf).map(({ keys, members }) => ({ ...keys, ...pivoted(members) }))
}
