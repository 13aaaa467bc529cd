/**
 * Steps as the API writes them (`view:category=shoes`), taken apart to be changed, put together
 * again, and said in words. The grammar is the server's own.
 */
import { type FunnelStep, funnelStep, type StepFilter } from '../../src/model/funnel_step.ts'
import { formatWord } from './format.ts'

export { STEP_COLUMNS } from '../../src/model/funnel_step.ts'
export type { StepFilter }

export type Step = Pick<FunnelStep, 'event_type' | 'filters' | 'need'>

/** What nobody can read is a step of that name: the API says what is wrong with it. */
export function stepOf(word: string): Step {
  try {
    return funnelStep(word)
  } catch {
    return { event_type: word, filters: [], need: 'required' }
  }
}

/** A comma would begin the next filter. */
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll(',', '%2C')

export function wordOf({ event_type, filters, need }: Step): string {
  const told = filters.map(({ column, operator, value }) => column + operator + escaped(value))
  const type = event_type === null ? 'any' : escaped(event_type)
  const word = told.length === 0 ? type : `${type}:${told.join(',')}`
  return need === 'optional' ? `optional:${word}` : word
}

const OPERATORS: Readonly<Record<string, string>> = { '=': 'is', '!=': 'is not' }

export const sayFilter = ({ column, operator, value }: StepFilter): string =>
  `${column} ${OPERATORS[operator] ?? operator} ${value}`

/** `view (category is shoes)`. */
export function sayStep(word: string): string {
  const { event_type, filters } = stepOf(word)
  const type = event_type === null ? 'any event' : formatWord(event_type)
  return filters.length === 0 ? type : `${type} (${filters.map(sayFilter).join(', ')})`
}
