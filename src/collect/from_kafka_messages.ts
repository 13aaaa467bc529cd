/**
 * Messages of a shop's own topic as records: the formats and steps of HTTP, and beside them what a
 * message's place in its topic gives. An event without an id gets one of topic, partition and
 * offset, so that reading it again counts it once; what has no time happened when it was written.
 */
import { messageOf } from '../std/errors.ts'
import type { Entry, Format, Parts, SentRow } from './formats/format.ts'
import { unreadableParts } from './formats/json_body.ts'
import type { MessageFormat } from './from_kafka_formats.ts'
import type { Pipeline } from './steps/pipeline.ts'
import { Dropped, invalid, type StepContext } from './steps/step.ts'
import { type Taken, take } from './take.ts'

export interface PlacedMessage {
  readonly text: string
  /** Of its place: the same whenever it is read. */
  readonly id: string
  /** When it was written; ISO 8601, UTC. */
  readonly time: string
}

interface Place {
  readonly id: string
  readonly time: string
}

const NUMBER_DIGITS = 4

/** `topic_id` tells a topic from another that had its name before. */
export function idOfPlace(topic_id: string, partition: number, offset: bigint): string {
  const [part, number] = [String(partition).padStart(4, '0'), String(offset).padStart(12, '0')]
  return `${topic_id.replaceAll('-', '').slice(0, 12)}-${part}-${number}`
}

export function takeMessages(
  messages: readonly PlacedMessage[],
  read: MessageFormat,
  pipeline: Pipeline,
  context: StepContext,
): Taken {
  const places = new WeakMap<object, Place>()
  const raws: { readonly parts: Parts; readonly index: number }[] = []
  const values: unknown[] = []
  for (const { text, id, time } of messages) {
    const parts = partsOf(text, read, context)
    for (const [index, value] of parts.values.entries()) {
      const number = String(index).padStart(NUMBER_DIGITS, '0')
      const place = { id: parts.values.length === 1 ? id : `${id}-${number}`, time }
      if (typeof value === 'object' && value !== null) places.set(value, place)
      values.push(value)
      raws.push({ parts, index })
    }
  }
  const raw = (at: number) => raws[at]?.parts.raw(raws[at].index) ?? ''
  return take(placed(read, places), { values, raw }, pipeline, context)
}

function partsOf(text: string, read: MessageFormat, { settings, random }: StepContext): Parts {
  try {
    return read.split(text, settings.batch_events_max, random)
  } catch (thrown) {
    return unreadableParts(text, messageOf(thrown))
  }
}

const TIMELESS = invalid('missing_field', 'the time is missing')

/** The format, with what a message's place says of what it does not say itself. */
function placed({ format, time }: MessageFormat, places: WeakMap<object, Place>): Format {
  const put = (entry: Entry, place: Place | undefined, number: number): Entry | Dropped => {
    if (entry.kind !== 'event') {
      return { ...entry, row: rowWithTime(entry, place, entry.client_time) }
    }
    const { event } = entry
    event.event_id ||= number === 0 ? (place?.id ?? '') : `${place?.id}-${number}`
    if (event.client_time !== undefined) return entry
    if (time === 'required') return TIMELESS
    if (place) event.client_time = place.time
    return entry
  }
  if (format.kind === 'events') {
    return {
      ...format,
      event(value) {
        const event = format.event(value)
        if (event instanceof Dropped) return event
        const told = put({ kind: 'event', event }, places.get(value), 0)
        return told instanceof Dropped ? told : event
      },
    }
  }
  if (format.kind === 'rows') {
    return {
      ...format,
      row(value) {
        const read = format.row(value)
        if (read instanceof Dropped) return read
        return { ...read, row: rowWithTime(read, places.get(value), undefined) }
      },
    }
  }
  return {
    ...format,
    entries(value) {
      const entries = format.entries(value)
      if (entries instanceof Dropped) return entries
      const events = entries.filter(({ kind }) => kind === 'event')
      const told = entries.map((entry) => {
        return put(entry, places.get(value), Math.max(0, events.indexOf(entry)))
      })
      const refused = told.find((one) => one instanceof Dropped)
      return refused ?? (told as readonly Entry[])
    },
  }
}

/** Tricky: told again, a row that counted from its receipt would be news. */
function rowWithTime(
  { row }: SentRow,
  place: Place | undefined,
  client_time: string | undefined,
): SentRow['row'] {
  if (row.updated_at !== undefined || client_time !== undefined || !place) return row
  return { ...row, updated_at: place.time }
}
