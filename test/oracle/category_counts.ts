/** category_counts: events and their value by category and type, over all time. */
import type { Read, Row } from './event.ts'
import { groupBy } from './group.ts'
import { decimalTextOrNull, sumUnits } from './money.ts'

export function categoryCounts(events: readonly Read[]): readonly Row[] {
  const keysOf = ({ category, event_type }: Read) => [{ window_start: null, category, event_type }]
  return groupBy(events, keysOf).map(({ keys, members }) => ({
    ...keys,
    events: members.length,
    value: decimalTextOrNull(sumUnits(members.map(({ value }) => value))),
  }))
}
