/**
 * Turns the parts of one request into records for the log: events and rows that are valid, and what
 * is not, with its reason and what was sent. It answers what became of each part; it neither writes
 * nor waits.
 */
import type { Keys } from '../log/contract.ts'
import { keptRaw, NO_CLIENT, OPTED_OUT } from './client.ts'
import type { Format, Outcome, Outcomes, Parts } from './formats/format.ts'
import { UnreadableLine } from './formats/json_body.ts'
import { createTaker, type KeyedLine, recordHead, type Taker } from './record_lines.ts'
import { checkShape } from './shape.ts'
import type { Pipeline } from './steps/pipeline.ts'
import { Dropped, invalid, type StepContext } from './steps/step.ts'

export interface Taken {
  readonly lines: Buffer
  /** How many lines these are: a part may give several, or share one with another. */
  readonly count: number
  /** One a line: the visitor, or what a row is about; null for what was refused. */
  readonly keys: Keys
  readonly outcomes: Outcomes
}

/** The record of a refused value. What was sent is kept, cut at `event_bytes_max`. */
function refusedLine(dropped: Dropped, raw: string, context: StepContext): string {
  const { client = NO_CLIENT, settings } = context
  const kept = keptRaw(raw.slice(0, settings.event_bytes_max), client, settings)
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
  const taker = createTaker(format, pipeline, context)
  const refused: Outcome[] = []
  const lines: string[] = []
  const keys: (string | null)[] = []
  const keep = ({ line, key }: KeyedLine) => {
    lines.push(line)
    keys.push(key)
  }
  let filtered = 0
  for (const [index, value] of parts.values.entries()) {
    const taken = takeValue(value, taker, context)
    if (taken instanceof Dropped) {
      if (taken.verdict === 'filtered') filtered++
      refused.push({ index, id: idOf(value), dropped: taken })
      keep({ line: refusedLine(taken, parts.raw(index), context), key: null })
    } else if ('line' in taken) {
      keep(taken)
    } else {
      for (const line of taken) keep(line)
    }
  }
  for (const line of taker.rest()) keep(line)
  const { values } = parts
  const accepted = values.length - refused.length
  const outcomes = { values, accepted, invalid: refused.length - filtered, filtered, refused }
  const text = lines.length > 0 ? `${lines.join('\n')}\n` : ''
  return { lines: Buffer.from(text), count: lines.length, keys, outcomes }
}

function takeValue(value: unknown, taker: Taker, { client, settings }: StepContext) {
  if (client?.privacy === 'nothing') return OPTED_OUT
  if (value instanceof UnreadableLine) return invalid('not_an_object', value.detail)
  return checkShape(value, settings) ?? taker.take(value as object)
}
