/**
 * From what a format reads to the lines of the log. A value that says several things gives a line
 * for each, or, when one of them is refused, none.
 */
import type { CanonicalEvent } from '../model/record.ts'
import { OPTED_OUT } from './client.ts'
import type {
  Entry,
  EventFormat,
  Format,
  MixedFormat,
  RowFormat,
  RowKind,
  SentRow,
} from './formats/format.ts'
import type { Pipeline } from './steps/pipeline.ts'
import { correctedTime } from './steps/put_times.ts'
import { mendText } from './steps/put_well_formed_text.ts'
import { Dropped, invalid, type StepContext } from './steps/step.ts'
import { epochMs } from './times.ts'

/** A line for the log, without its end; lines of one key, such as a visitor, stay in order. */
export interface KeyedLine {
  readonly line: string
  readonly key: string | null
}

/** Takes the values of one request, one by one. */
export interface Taker {
  /** The lines of one value, or why there are none. */
  take(value: object): KeyedLine | readonly KeyedLine[] | Dropped
  /** The lines that stand for several values; asked once, at the end. */
  rest(): readonly KeyedLine[]
}

const NO_LINES: readonly KeyedLine[] = Object.freeze([])

/** The head that all records of a request share, without the brace at its end. */
export function recordHead(record: string, { source, received_at }: StepContext): string {
  return `{"record":"${record}","source":${JSON.stringify(source)},"received_at":"${received_at}",`
}

/** Tricky: `event_bytes_max` bounds the line as it stands in the log; UTF-8 has 3 bytes at most. */
function boundLine(
  line: string,
  key: string | null,
  { settings }: StepContext,
): KeyedLine | Dropped {
  const bytes_max = settings.event_bytes_max
  if (line.length * 3 <= bytes_max || Buffer.byteLength(line) <= bytes_max) return { line, key }
  return invalid('event_too_large', `more than ${bytes_max} bytes`)
}

type EventLine = (read: CanonicalEvent | Dropped) => KeyedLine | Dropped

/** As the model tells it: see `visitor_id`. */
function visitorOf({ anonymous_id, user_id, session_id }: CanonicalEvent): string | null {
  const id = anonymous_id ?? user_id ?? session_id
  return id === undefined ? null : String(id)
}

function eventLines(pipeline: Pipeline, context: StepContext): EventLine {
  const head = `${recordHead('event', context)}"origin":"${context.origin}",`
  return (read) => {
    const event = read instanceof Dropped ? read : pipeline.run(read, context)
    if (event instanceof Dropped) return event
    return boundLine(head + JSON.stringify(event).slice(1), visitorOf(event), context)
  }
}

function eventTaker(format: EventFormat, pipeline: Pipeline, context: StepContext): Taker {
  const lineOf = eventLines(pipeline, context)
  return { take: (value) => lineOf(format.event(value)), rest: () => NO_LINES }
}

type RowEntry = Exclude<Entry, { kind: 'event' }>

/** Whether a row says who somebody is. */
const PERSONAL: ReadonlySet<Entry['kind']> = new Set<Entry['kind']>(['customers', 'identity'])

function mayNotKeep({ client }: StepContext, kind: Entry['kind']): boolean {
  if (!client || !PERSONAL.has(kind)) return false
  return client.privacy === 'anonymous'
}

/** A row that may stand in the log, and from when it counts. */
interface KeptRow extends SentRow {
  readonly kind: RowKind
  readonly updated_at: string
}

function readRow(entry: RowEntry, context: StepContext): KeptRow | Dropped {
  const { kind, key, row, client_time } = entry
  if (mayNotKeep(context, kind)) {
    return OPTED_OUT
  }
  const said = { key, row }
  if (context.escapes === 'some' && !mendText(said)) {
    return invalid('bad_text', 'a text holds the character NUL (U+0000)')
  }
  const updated_at = updatedAt(row, client_time, context)
  return updated_at instanceof Dropped ? updated_at : { ...said, kind, updated_at }
}

function rowLine({ kind, key, updated_at, row }: KeptRow, context: StepContext): string {
  return recordHead(kind, context) + JSON.stringify({ key, updated_at, row }).slice(1)
}

function readRowLine(entry: RowEntry, context: StepContext): KeyedLine | Dropped {
  const kept = readRow(entry, context)
  return kept instanceof Dropped ? kept : boundLine(rowLine(kept, context), kept.key, context)
}

function updatedAt(
  row: RowEntry['row'],
  client_time: string | undefined,
  context: StepContext,
): string | Dropped {
  if (typeof row.updated_at === 'string') return row.updated_at
  return client_time === undefined ? context.received_at : correctedTime(client_time, context)
}

function rowTaker(format: RowFormat, context: StepContext): Taker {
  return {
    take(value) {
      const read = format.row(value)
      if (read instanceof Dropped) return read
      return readRowLine({ kind: format.dimension, ...read }, context)
    },
    rest: () => NO_LINES,
  }
}

/**
 * Links of visitors to persons: every event of a customer who is logged in tells the same one, so
 * of each pair the latest alone becomes a line.
 */
class Links {
  readonly #latest = new Map<string, KeptRow>()

  note(link: KeptRow): void {
    const pair = `${link.key}\n${link.row.person_id}`
    const known = this.#latest.get(pair)
    if (!known || isLater(link.updated_at, known.updated_at)) this.#latest.set(pair, link)
  }

  lines(context: StepContext): readonly KeyedLine[] {
    return [...this.#latest.values()].map((link) => {
      return { line: rowLine(link, context), key: link.key }
    })
  }
}

/** Tricky: times as records write them sort as texts only where they are equally long. */
function isLater(time: string, than: string): boolean {
  return time.length === than.length ? time > than : epochMs(time) > epochMs(than)
}

class MixedTaker implements Taker {
  readonly #format: MixedFormat
  readonly #context: StepContext
  readonly #eventLine: EventLine
  readonly #links = new Links()

  constructor(format: MixedFormat, pipeline: Pipeline, context: StepContext) {
    this.#format = format
    this.#context = context
    this.#eventLine = eventLines(pipeline, context)
  }

  take(value: object): readonly KeyedLine[] | Dropped {
    const entries = this.#format.entries(value)
    if (entries instanceof Dropped) return entries
    const lines: KeyedLine[] = []
    const links: KeptRow[] = []
    const hasEvent = entries.some(({ kind }) => kind === 'event')
    for (const entry of entries) {
      if (hasEvent && mayNotKeep(this.#context, entry.kind)) continue
      const read = this.#read(entry)
      if (read instanceof Dropped) return read
      if ('line' in read) lines.push(read)
      else links.push(read)
    }
    for (const link of links) this.#links.note(link)
    return lines
  }

  rest(): readonly KeyedLine[] {
    return this.#links.lines(this.#context)
  }

  #read(entry: Entry): KeyedLine | KeptRow | Dropped {
    if (entry.kind === 'event') return this.#eventLine(entry.event)
    if (entry.kind === 'identity') return readRow(entry, this.#context)
    return readRowLine(entry, this.#context)
  }
}

/** The taker of one request. */
export function createTaker(format: Format, pipeline: Pipeline, context: StepContext): Taker {
  if (format.kind === 'events') return eventTaker(format, pipeline, context)
  if (format.kind === 'rows') return rowTaker(format, context)
  return new MixedTaker(format, pipeline, context)
}
