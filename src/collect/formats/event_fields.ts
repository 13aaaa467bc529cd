/** The names under which our own formats take the columns of events and product lines. */
import { events, LINE_COLUMNS } from '../../model/events.ts'
import type { CanonicalEvent } from '../../model/record.ts'
import { type FieldTable, fieldTable, readFields, type Target } from '../fields.ts'
import { type Dropped, invalid } from '../steps/step.ts'

/** Other names of a column that need no word of explanation. */
export const EVENT_ALIASES = {
  timestamp: 'client_time',
  event_time: 'client_time',
  product_category: 'category',
  category_code: 'category',
  user_session: 'session_id',
  visitor_id: 'anonymous_id',
} as const

export const LINE_ALIASES = {
  product_category: 'category',
  category_code: 'category',
  name: 'product_name',
} as const

const LINE_FIELDS = fieldTable(LINE_COLUMNS, { aliases: LINE_ALIASES })

/** The table of a format: our names, and those that the format adds. */
export function eventFields(
  names: { aliases?: Readonly<Record<string, string>>; consumed?: readonly string[] } = {},
): FieldTable {
  return fieldTable(events.declaration.columns, {
    aliases: { ...EVENT_ALIASES, ...names.aliases },
    lines: 'items',
    consumed: names.consumed ?? [],
  })
}

/** Reads an event's fields; `start` holds what the format knows already. */
export function readEvent(
  sent: object,
  fields: FieldTable,
  start: Target = {},
): CanonicalEvent | Dropped {
  const dropped = readFields(sent, fields, start, LINE_FIELDS)
  if (dropped) return dropped
  if (start.event_type === undefined) return invalid('missing_field', 'event_type is missing')
  return start as CanonicalEvent
}
