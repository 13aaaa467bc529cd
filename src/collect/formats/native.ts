/**
 * Clickpath's own format: POST /v1/events with one event, an array, NDJSON, or
 * `{"events":[...],"writeKey":"...","sent_at":"..."}`. An event holds columns by name, as the
 * schemas under /schemas say; whatever else it holds is kept in `properties`.
 *
 *   {"event_id":"e1","event_type":"view","timestamp":"2026-01-31T12:00:00Z","user_id":"u1",
 *    "product_id":"p1","price":299.99}
 */
import { eventFields, readEvent } from './event_fields.ts'
import type { EventFormat, Outcomes, Parts } from './format.ts'
import { jsonParts, nestedParts } from './json_body.ts'

/** Mistakes listed in one answer; the counts are always whole. */
const ERRORS_MAX = 100

const FIELDS = eventFields({ consumed: ['writeKey', 'sent_at'] })

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

interface Wrapper {
  readonly events?: unknown
  readonly event_type?: unknown
  readonly writeKey?: unknown
  readonly sent_at?: unknown
}

/** The parts of a body in one of our own formats, the batch object included. */
export function splitOwn(text: string, values_max: number): Parts {
  const parts = jsonParts(text, values_max)
  const [first] = parts.values
  if (typeof first !== 'object' || first === null || Array.isArray(first)) return parts
  const { events, event_type, writeKey, sent_at } = first as Wrapper
  const envelope = { write_key: textOf(writeKey), sent_at: textOf(sent_at) }
  if (parts.values.length === 1 && Array.isArray(events) && event_type === undefined) {
    return { ...nestedParts(events, text, values_max), ...envelope }
  }
  return { ...parts, ...envelope }
}

/** Counts, and what was wrong with the refused ones, in order. */
export function countedAnswer({ accepted, invalid, filtered, refused }: Outcomes): unknown {
  const errors = refused
    .filter(({ dropped }) => dropped.verdict === 'invalid')
    .slice(0, ERRORS_MAX)
    .map(({ index, id, dropped: { reason, detail } }) =>
      id === undefined ? { index, reason, detail } : { index, event_id: id, reason, detail },
    )
  return {
    accepted,
    invalid,
    ...(filtered > 0 ? { filtered } : {}),
    errors,
    ...(invalid > errors.length ? { errors_cut: invalid - errors.length } : {}),
  }
}

export const native: EventFormat = Object.freeze<EventFormat>({
  name: 'native',
  about: "Clickpath's own: columns by name, anything else kept in `properties`",
  kind: 'events',
  paths: ['/v1/events'],
  split: ({ text }, values_max) => splitOwn(text, values_max),
  event: (value) => readEvent(value, FIELDS),
  answer: countedAnswer,
})
