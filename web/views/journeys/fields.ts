/** What can be chosen of journeys, as it stands in the address, and how it is asked of the API. */
import type { Answer, Asked } from '../../api/routes.ts'
import { formatWord } from '../../parts/format.ts'
import { wordOf } from '../../parts/step_words.ts'
import { choice, integer, text, type ValuesOf } from '../../state/fields.ts'
import type { Span } from '../../state/period.ts'

export const KINDS = ['event_type', 'page', 'category', 'product'] as const
export type Kind = (typeof KINDS)[number]

export const FIELDS = {
  by: choice(KINDS, 'event_type'),
  /** Steps as the API writes them; empty for none. */
  start: text(),
  end: text(),
  depth: integer(5, 2, 10),
  top: integer(6, 2, 12),
  repeats: choice(['collapse', 'keep'], 'collapse'),
  outcome: choice(['all', 'converted', 'left'], 'all'),
} as const

export type JourneyFields = ValuesOf<typeof FIELDS>
export type Paths = Answer<'/api/paths'>
export type PathNode = Paths['nodes'][number]
export type PathLink = Paths['links'][number]
export type Journeys = Answer<'/api/journeys'>

const JOURNEYS = 12

export function walkOf({ by, start, end, depth, repeats }: JourneyFields) {
  return { by, depth, repeats, ...(start ? { start } : {}), ...(end ? { end } : {}) }
}

export function pathsAsked(
  fields: JourneyFields,
  where: readonly string[],
  span: Span | null,
): Asked<'/api/paths'> | null {
  return span && { ...walkOf(fields), top: fields.top, where, ...span }
}

export function journeysAsked(
  fields: JourneyFields,
  where: readonly string[],
  span: Span | null,
): Asked<'/api/journeys'> | null {
  return span && { ...walkOf(fields), outcome: fields.outcome, limit: JOURNEYS, where, ...span }
}

/** A step that is told apart by this, as one to start or end with. */
export function stepAt(by: Kind, value: string): string {
  if (by === 'event_type') return wordOf({ event_type: value, filters: [], need: 'required' })
  const filter = { column: by, operator: '=', value } as const
  return wordOf({ event_type: null, filters: [filter], need: 'required' })
}

const OUTSIDE: Readonly<Record<string, string>> = {
  other: 'other',
  left: 'left',
  entered: 'had not begun',
  reached: 'arrived',
}

/** A page without the shop's own address before it. */
export function sayValue(by: string, value: string): string {
  if (by === 'event_type') return formatWord(value)
  if (by !== 'page') return value
  const pathname = URL.canParse(value) ? new URL(value).pathname : value
  return pathname === '/' ? 'home page' : pathname
}

export const sayNode = (by: string, { kind, node }: PathNode): string =>
  kind === 'step' ? sayValue(by, node ?? '') : (OUTSIDE[kind] ?? kind)

/** In the lists of journeys a step that begins with a parenthesis has one more. */
export const sayStepOf = (by: string, word: string): string =>
  sayValue(by, word.startsWith('((') ? word.slice(1) : word)
