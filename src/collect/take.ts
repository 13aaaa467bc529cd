/**
 * Turns the parts of one request into records for the log, one line each: events and rows that are
 * valid, and what is not, with its reason and what was sent. It answers what became of each; it
 * neither writes nor waits.
 */
import type { CanonicalEvent } from '../model/record.ts'
import type { EventFormat, Format, Outcome, Outcomes, Parts, RowFormat } from './formats/format.ts'
import { UnreadableLine } from './formats/json_body.ts'
import { checkShape } from './shape.ts'
import type { Pipeline } from './steps/pipeline.ts'
import { mendText } from './steps/put_well_formed_text.ts'
import { Dropped, invalid, type StepContext } from './steps/step.ts'

export interface Taken {
  readonly lines: Buffer
  readonly outcomes: Outcomes
}

/** One value as a line of the log, or why not. */
type TakeOne = (value: object) => string | Dropped

/** Tricky: `event_bytes_max` bounds the line as it would stand in the log; UTF-8 has 3 bytes at most. */
function boundLine(line: string, bytes_max: number): string | Dropped {
  if (line.length * 3 <= bytes_max || Buffer.byteLength(line) <= bytes_max) return line
  return invalid('event_too_large', `more than ${bytes_max} bytes`)
}

/** The head that all records of a request share, without the brace at its end. */
function recordHead(record: string, { source, received_at }: StepContext): string {
  return `{"record":"${record}","source":${JSON.stringify(source)},"received_at":"${received_at}",`
}

function eventTaker(format: EventFormat, pipeline: Pipeline, context: StepContext): TakeOne {
  const head = `${recordHead('event', context)}"origin":"${context.origin}",`
  return (value) => {
    const read = format.event(value)
    const event = read instanceof Dropped ? read : pipeline.run(read as CanonicalEvent, context)
    return event instanceof Dropped ? event : head + JSON.stringify(event).slice(1)
  }
}

function rowTaker(format: RowFormat, context: StepContext): TakeOne {
  const head = recordHead(format.dimension, context)
  return (value) => {
    const read = format.row(value)
    if (read instanceof Dropped) return read
    const { row } = read
    if (context.escapes === 'some' && !mendText(row)) {
      return invalid('bad_text', 'a text holds the character NUL (U+0000)')
    }
    const { key, updated_at = context.received_at } = { key: read.key, ...row } as {
      key: string
      updated_at?: string
    }
    return head + JSON.stringify({ key, updated_at, row }).slice(1)
  }
}

/** The record of a refused value. What was sent is kept, cut at `event_bytes_max`. */
function refusedLine(dropped: Dropped, raw: string, context: StepContext): string {
  const kept = raw.slice(0, context.settings.event_bytes_max)
  const record = { reason: dropped.reason, detail: storable(dropped.detail), raw: storable(kept) }
  return recordHead(dropped.verdict, context) + JSON.stringify(record).slice(1)
}

/** Without what no database takes: a text cut in the middle of a character, or holding NUL. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd')
}

function idOf(value: unknown): string | undefined {
  const id =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'event_id') : undefined
  return typeof id === 'string' ? id.slice(0, 256) : undefined
}

/** Takes every part on its own: a refused one never touches its neighbours. */
export function take(
  format: Format,
  parts: Parts,
  pipeline: Pipeline,
  context: StepContext,
): Taken {
  const { settings } = context
  const takeOne =
    format.kind === 'events' ? eventTaker(format, pipeline, context) : rowTaker(format, context)
  const refused: Outcome[] = []
  const lines: string[] = []
  let filtered = 0
  for (const [index, value] of parts.values.entries()) {
    const line = takeValue(value, takeOne, settings)
    if (line instanceof Dropped) {
      if (line.verdict === 'filtered') filtered++
      refused.push({ index, id: idOf(value), dropped: line })
      lines.push(refusedLine(line, parts.raw(index), context))
    } else {
      lines.push(line)
    }
  }
  const { values } = parts
  const accepted = values.length - refused.length
  const outcomes = { values, accepted, invalid: refused.length - filtered, filtered, refused }
  return { lines: Buffer.from(lines.length > 0 ? `${lines.join('\n')}\n` : ''), outcomes }
}

function takeValue(
  value: unknown,
  takeOne: TakeOne,
  settings: StepContext['settings'],
): string | Dropped {
  if (value instanceof UnreadableLine) return invalid('not_an_object', value.detail)
  const misshapen = checkShape(value, settings)
  if (misshapen) return misshapen
  const line = takeOne(value as object)
  return line instanceof Dropped ? line : boundLine(line, settings.event_bytes_max)
}
