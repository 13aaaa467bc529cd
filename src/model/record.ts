/**
 * The record: what stands in the log, one JSON object a line (or one Parquet row of an import).
 * Every writer produces it and every engine reads it; nothing else crosses the log.
 *
 *   {"record":"event","source":"web","received_at":"2026-..Z","event_id":"e1", ... "items":[{..}]}
 *   {"record":"invalid","source":"web","received_at":"..","reason":"price_out_of_bounds",
 *    "detail":"price is 1e300; it must be below 1e9","raw":"{...what was sent...}"}
 *   {"record":"filtered", ...the same with the reason a drop step gave}
 *   {"record":"products","source":"web","received_at":"..","key":"p1","updated_at":"..","row":{..}}
 *
 * Times are ISO 8601 in UTC with a `Z`, at most six digits of a second. Absent columns are left
 * out. A line never begins with `{"commit"`: that is the log's own mark.
 */

import type { DimensionName } from './dimensions.ts'
import { EVENT_TYPES, events, type LINE_COLUMNS } from './events.ts'
import type { ValueType } from './expression.ts'
import type { ColumnDeclaration } from './stream.ts'

/** For the last two see erasure.ts. */
export type RecordKind = 'event' | 'invalid' | 'filtered' | DimensionName | 'erasure' | 'erased'

/** Reasons for `invalid`: a closed set, one sentence each, shown to people with how to mend it. */
export const INVALID_REASONS = {
  not_an_object: 'An event must be a JSON object.',
  event_too_large: 'The event is larger than event_bytes_max.',
  too_many_keys: 'The event has more keys than event_keys_max.',
  too_deep: 'The event is nested deeper than event_depth_max.',
  missing_field: 'A required field is missing.',
  wrong_type: 'A field has the wrong type.',
  too_long: 'A text field is longer than its bound.',
  out_of_bounds: 'A number is outside its bounds.',
  bad_time: 'A time cannot be read; send ISO 8601, such as 2026-01-31T12:00:00Z.',
  in_future: 'The event lies further in the future than clocks differ; check the client clock.',
  bad_text: 'A text field holds a NUL character.',
  id_conflict: 'Another event of this source has the same event_id; ids must be unique.',
  engine_refused: 'The engine could not compute with this event.',
  unreadable_row: 'A row of an imported file could not be read.',
} as const
export type InvalidReason = keyof typeof INVALID_REASONS

/** Columns of the record beside those of an event; the engine reads the union of both. */
export const ENVELOPE_COLUMNS = {
  record: 'text',
  reason: 'text',
  detail: 'text',
  raw: 'text',
  key: 'text',
  updated_at: 'timestamp',
  row: 'json',
} as const satisfies Record<string, ValueType>

export type EventColumn = keyof typeof events.declaration.columns
export type LineColumn = keyof typeof LINE_COLUMNS

/** The event columns that stand in a record: all but those that an engine derives. */
export const RECORD_EVENT_COLUMNS: readonly EventColumn[] = Object.freeze(
  (Object.entries(events.declaration.columns) as [EventColumn, ColumnDeclaration][])
    .filter(([, declaration]) => !declaration.derived)
    .map(([name]) => name),
)

/**
 * A canonical event as a format or a step handles it: column names to JSON values, times as text.
 */
export type CanonicalEvent = {
  -readonly [K in Exclude<EventColumn, 'properties' | 'visitor_id' | 'value'>]?: string | number
} & {
  event_id: string
  event_type: string
  properties?: Record<string, unknown>
  items?: CanonicalLine[]
}

export type CanonicalLine = {
  -readonly [K in Exclude<LineColumn, 'properties'>]?: string | number
} & { properties?: Record<string, unknown> }

export function isKnownEventType(word: string): boolean {
  return Object.hasOwn(EVENT_TYPES, word)
}
