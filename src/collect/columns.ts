/**
 * Reads sent values into the types and bounds that the model declares for a column. The rules are
 * made from the declarations once; no column is named here. A value comes out typed, or as
 * `Dropped` with a sentence that names the column, the value and the rule.
 */
import type { ValueType } from '../model/expression.ts'
import type { ColumnDeclaration } from '../model/stream.ts'
import { type Dropped, invalid } from './steps/step.ts'
import { isoTime } from './times.ts'

/** Decimals have four digits after the point (see `ValueType`). */
const DECIMAL_SCALE = 10_000
export const DECIMAL_PATTERN = '^-?[0-9]{1,15}(\\.[0-9]{1,15})?$'
export const INTEGER_PATTERN = '^-?[0-9]{1,15}$'
const decimalText = new RegExp(DECIMAL_PATTERN)
const integerText = new RegExp(INTEGER_PATTERN)

export type ColumnReader = (value: unknown) => string | number | Dropped

/** A value as a message shows it: bounded, whatever was sent. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = String(value)
  const quoted = typeof value === 'string' ? `"${text.slice(0, 60)}"` : text.slice(0, 60)
  return text.length > 60 ? `${quoted}...` : quoted
}

/** Whether the text has more than `bound` characters (code points), as JSON Schema counts them. */
function isLonger(text: string, bound: number): boolean {
  if (text.length <= bound) return false
  if (text.length > 2 * bound) return true
  let characters = 0
  for (const _ of text) characters++
  return characters > bound
}

function wrongType(name: string, due: string, value: unknown): Dropped {
  return invalid('wrong_type', `${name} is ${shown(value)}; it must be ${due}`)
}

function textReader(name: string, bound: number): ColumnReader {
  return (value) => {
    // Tricky: an identifier sent as a number is its digits, but beyond 2^53 digits are already
    // lost.
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
    if (typeof text !== 'string') return wrongType(name, 'a text', value)
    if (text.length > bound && isLonger(text, bound)) {
      return invalid('too_long', `${name} has more than ${bound} characters`)
    }
    return text
  }
}

function outOfBounds(name: string, bound: number, value: number): Dropped {
  return invalid('out_of_bounds', `${name} is ${value}; it must be between -${bound} and ${bound}`)
}

/** Tricky: k / 10,000 is the very double that the text of those four decimals gives: no drift. */
function toScale(value: number): number {
  const rounded = Math.round(value * DECIMAL_SCALE) / DECIMAL_SCALE
  return rounded === value ? value : Number(value.toFixed(4))
}

function decimalReader(name: string, bound: number): ColumnReader {
  return (value) => {
    const number = typeof value === 'string' && decimalText.test(value) ? Number(value) : value
    if (typeof number !== 'number') return wrongType(name, 'a number', value)
    if (!(Math.abs(number) < bound)) return outOfBounds(name, bound, number)
    const scaled = toScale(number)
    return Math.abs(scaled) < bound ? scaled : outOfBounds(name, bound, number)
  }
}

function doubleReader(name: string, bound: number): ColumnReader {
  return (value) => {
    const number = typeof value === 'string' && decimalText.test(value) ? Number(value) : value
    if (typeof number !== 'number') return wrongType(name, 'a number', value)
    return Math.abs(number) < bound ? number : outOfBounds(name, bound, number)
  }
}

function integerReader(name: string, bound: number): ColumnReader {
  return (value) => {
    const number = typeof value === 'string' && integerText.test(value) ? Number(value) : value
    if (typeof number !== 'number') return wrongType(name, 'a whole number', value)
    if (!(Math.abs(number) < bound)) return outOfBounds(name, bound, number)
    return Number.isInteger(number) ? number : wrongType(name, 'a whole number', value)
  }
}

function timestampReader(name: string): ColumnReader {
  return (value) => {
    const time = typeof value === 'string' ? isoTime(value) : undefined
    return (
      time ?? invalid('bad_time', `${name} is ${shown(value)}; send ISO 8601 in UTC, from 1970`)
    )
  }
}

const READERS: Partial<Record<ValueType, (name: string, bound: number) => ColumnReader>> = {
  text: textReader,
  decimal: decimalReader,
  double: doubleReader,
  integer: integerReader,
  timestamp: timestampReader,
}

/**
 * The reader of one column; undefined where a client has no say (derived, internal, `properties`).
 */
export function columnReader(name: string, column: ColumnDeclaration): ColumnReader | undefined {
  if (column.derived || column.internal) return undefined
  return READERS[column.type]?.(name, column.bound ?? Number.MAX_SAFE_INTEGER)
}
