/** Splits bodies of JSON into values: one object, an array, or NDJSON. */
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { Parts } from './format.ts'

/** A line of NDJSON that is no JSON: it is invalid alone, its neighbours are not. */
export class UnreadableLine {
  readonly detail: string

  constructor(detail: string) {
    this.detail = detail
  }
}

/** A body of which nothing can be read, as one value that is invalid. */
export function unreadableParts(text: string, why: string): Parts {
  return { values: [new UnreadableLine(why)], raw: () => text }
}

function tooMany(values_max: number): ClickpathError {
  const advice = 'Send smaller batches, or raise batch_events_max.'
  return new ClickpathError('BAD_REQUEST', `More than ${values_max} events in one body. ${advice}`)
}

/**
 * Where each element of a JSON array begins and ends. `text` has been parsed as an array before.
 */
function elementSpans(text: string): readonly (readonly [number, number])[] {
  const spans: [number, number][] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === '"') {
      at = stringEnd(text, at)
    } else if (sign === '[' || sign === '{') {
      if (++depth === 1) from = at + 1
    } else if (sign === ']' || sign === '}') {
      if (--depth === 0 && text.slice(from, at).trim() !== '') spans.push([from, at])
    } else if (sign === ',' && depth === 1) {
      spans.push([from, at])
      from = at + 1
    }
  }
  return spans
}

/** The closing quote of the string that opens at `at`. */
function stringEnd(text: string, at: number): number {
  let end = text.indexOf('"', at + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function arrayParts(values: readonly unknown[], text: string, values_max: number): Parts {
  if (values.length > values_max) throw tooMany(values_max)
  let spans: ReturnType<typeof elementSpans> | undefined
  const raw = (index: number) => {
    spans ??= elementSpans(text)
    return text.slice(...(spans[index] ?? [0, 0])).trim()
  }
  return { values, raw }
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch (mistake) {
    return new UnreadableLine(`line ${number} is no JSON: ${messageOf(mistake)}`)
  }
}

function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    const line = text.slice(from, end === -1 ? text.length : end).trim()
    if (line !== '') yield line
    from = end === -1 ? text.length : end + 1
  }
}

/** Lines of JSON, or undefined when not even the first one is. */
function linesParts(text: string, values_max: number): Parts | undefined {
  const lines: string[] = []
  const values: unknown[] = []
  for (const line of linesOf(text)) {
    if (lines.length === values_max) throw tooMany(values_max)
    const value = parseLine(line, lines.length + 1)
    if (lines.length === 0 && value instanceof UnreadableLine) return undefined
    lines.push(line)
    values.push(value)
  }
  return { values, raw: (index) => lines[index] ?? '' }
}

/** The parts of an array inside a parsed body. */
export function nestedParts(values: readonly unknown[], text: string, values_max: number): Parts {
  if (values.length > values_max) throw tooMany(values_max)
  const raw = (index: number) => {
    try {
      return JSON.stringify(values[index]) ?? ''
    } catch {
      return text // Tricky: nested too deeply to be written again; the whole body holds it.
    }
  }
  return { values, raw }
}

/**
 * One object, an array of objects, or NDJSON, told apart by the text itself. Throws
 * `BODY_UNREADABLE` when it is none of them.
 */
export function jsonParts(text: string, values_max: number): Parts {
  if (text.trim() === '') throw new ClickpathError('BODY_UNREADABLE', 'it is empty')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (mistake) {
    const parts = linesParts(text, values_max)
    if (parts) return parts
    throw new ClickpathError('BODY_UNREADABLE', `it is no JSON: ${messageOf(mistake)}`)
  }
  if (Array.isArray(value)) return arrayParts(value, text, values_max)
  return { values: [value], raw: () => text }
}
