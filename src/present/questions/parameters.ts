/**
 * Texts in, checked values out: what a query string or a command line gave, against what a question
 * declares. Also the way back: the path that asks for the people behind a cell.
 */
import { type Duration, durationMs } from '../../model/window.ts'
import { ClickpathError } from '../../std/errors.ts'
import { nearest } from '../../std/nearest.ts'
import type { Asked, Parameter, Parameters } from './question.ts'

/** As given: a text, several, or a number or flag that somebody has read already. */
export type Given = Readonly<Record<string, unknown>>
type Value = string | number | readonly string[] | undefined

const bad = (sentence: string) => new ClickpathError('BAD_REQUEST', sentence)

const SHORT = /^(\d+) ?(s|m|h|d|w)$/
const UNITS = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days', w: 'weeks' } as const
const LONG = /^(\d+) ?(second|minute|hour|day|week)s?$/

/** `15m`, `15 minutes` and `15minutes` as `15 minutes`, which `durationMs` takes. */
function durationOf(text: string): Duration {
  const [, amount, unit] = SHORT.exec(text) ?? []
  const [, long_amount, long_unit] = LONG.exec(text) ?? []
  const words = amount ? `${amount} ${UNITS[unit as keyof typeof UNITS]}` : ''
  const duration = (words || (long_amount ? `${long_amount} ${long_unit}s` : text)) as Duration
  try {
    durationMs(duration)
    return duration
  } catch (mistake) {
    throw bad((mistake as Error).message)
  }
}

const ZONE = /(Z|[+-]\d\d:?\d\d)$/i
const CLOCK = /\d[T ]\d\d:\d\d/

/** Tricky: JavaScript takes a time without a zone for the machine's own; ours is UTC. */
function timeOf(text: string): string {
  const zoned = CLOCK.test(text) && !ZONE.test(text) ? `${text.replace(' ', 'T')}Z` : text
  const time_ms = /^\d{4}-\d\d/.test(text) ? Date.parse(zoned) : Number.NaN
  if (!Number.isNaN(time_ms)) return new Date(time_ms).toISOString()
  throw bad(`"${text}" is no time; write ISO 8601, such as 2026-01-31T12:00:00Z.`)
}

function integerOf(text: string, { min, max }: Parameter): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  const isInside = value >= (min ?? -Infinity) && value <= (max ?? Infinity)
  if (Number.isSafeInteger(value) && isInside) return value
  const bounds = [min === undefined ? '' : ` from ${min}`, max === undefined ? '' : ` to ${max}`]
  throw bad(`"${text}" is no whole number${bounds.join('')}.`)
}

function choiceOf(text: string, { choices = [] }: Parameter): string {
  if (choices.includes(text)) return text
  const guess = nearest(text, choices)
  const hint = guess ? `Did you mean ${guess}?` : `Choices: ${choices.join(', ')}.`
  throw bad(`There is no choice "${text}". ${hint}`)
}

function checkedValue(parameter: Parameter, given: unknown): Value {
  const words = (Array.isArray(given) ? given : [given]).map(String)
  if (parameter.type === 'list') {
    const parts = parameter.words === 'whole' ? words : words.flatMap((word) => word.split(','))
    return Object.freeze(parts.map((word) => word.trim()).filter((word) => word !== ''))
  }
  const [text = '', ...others] = words
  if (others.length > 0) throw bad('It may be given once only.')
  switch (parameter.type) {
    case 'text':
      return text
    case 'choice':
      return choiceOf(text, parameter)
    case 'time':
      return timeOf(text)
    case 'duration':
      return durationOf(text)
    case 'integer':
      return integerOf(text, parameter)
  }
}

const isGiven = (given: unknown): boolean =>
  given !== undefined && given !== '' && !(Array.isArray(given) && given.length === 0)

/** Throws BAD_REQUEST that names all mistakes at once; unknown names are mistakes too. */
export function readAsked<P extends Parameters>(parameters: P, given: Given): Asked<P> {
  const mistakes: string[] = []
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(parameters, name) || given[name] === undefined) continue
    const guess = nearest(name, Object.keys(parameters))
    const hint = guess ? `did you mean ${guess}?` : `known: ${Object.keys(parameters).join(', ')}`
    mistakes.push(`${name}: there is no such parameter; ${hint}`)
  }
  const values: Record<string, Value> = {}
  for (const [name, parameter] of Object.entries(parameters)) {
    const told = isGiven(given[name]) ? given[name] : parameter.default
    try {
      if (told !== undefined) values[name] = checkedValue(parameter, told)
      else values[name] = parameter.type === 'list' ? Object.freeze([]) : undefined
    } catch (mistake) {
      mistakes.push(`${name}: ${(mistake as Error).message}`)
    }
  }
  if (mistakes.length > 0) throw bad(mistakes.join('\n'))
  return Object.freeze(values) as Asked<P>
}

/**
 * The path of the API with everybody behind one cell: what was asked, and the cell's own words.
 * Nothing is left out that was given, so that the path means the same tomorrow; a `as_of` that was
 * taken from the watermark belongs into `cell`.
 */
export function peoplePath<P extends Parameters>(
  question: { readonly name: string; readonly parameters: P },
  asked: Asked<P>,
  cell: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const query = new URLSearchParams()
  const told: Given = { ...asked, ...cell }
  for (const [name, parameter] of Object.entries(question.parameters)) {
    const value = told[name]
    if (value === undefined || value === null) continue
    const words = Array.isArray(value) ? value.map(String) : [String(value)]
    if (words.length === 1 && words[0] === parameter.default) continue
    for (const word of words) query.append(name, word)
  }
  return `/api/${question.name}/people?${query}`
}
