/**
 * Where in a unit's lists a step is met. A step by its type alone is looked up in `step_types`; one
 * with filters in a list of its own, true where it is met, made once per unit that can have it.
 */
import type { FunnelStep, StepFilter } from '../../model/funnel_step.ts'
import { STEP_COLUMNS } from '../../model/funnel_step.ts'
import { quoteText } from '../../std/duckdb.ts'

/** How the steps of one funnel are found; the same words share a list. */
export interface Matcher {
  /** Columns to add to the unit: `matches_1`, ... */
  readonly matches: readonly string[]
  /** Columns to add after these: `first_1`, ..., the first place of a step in the unit. */
  readonly firsts: readonly string[]
  /** The column with the first place; NULL where the unit has no such event. */
  first(step: FunnelStep): string
  /**
   * The first place after `place` (SQL) where it is met, else NULL. Tricky: the first place of all
   * is mostly the one, and known; cutting the list in two is what costs.
   */
  after(step: FunnelStep, place: string): string
  /** The place after `place` if it is met there, else NULL. */
  directlyAfter(step: FunnelStep, place: string): string
  /** All places, a list in order. */
  places(step: FunnelStep): string
}

const listOf = ({ column }: StepFilter): string => STEP_COLUMNS[column].list
const literal = ({ column, value }: StepFilter): string =>
  column === 'price' ? `CAST(${quoteText(value)} AS DECIMAL(18, 4))` : quoteText(value)

const compared = (told: string, filter: StepFilter): string => {
  const operator = filter.operator === '!=' ? 'IS DISTINCT FROM' : filter.operator
  return `${told} ${operator} ${literal(filter)}`
}

/**
 * Tricky: a lambda that reads a second list is slow, so it runs only for units that have each of
 * the values somewhere, which native functions find out. A single filter needs no second list.
 */
function matchesOf({ event_type, filters }: FunnelStep): string {
  const [first, ...others] = filters as readonly [StepFilter, ...StepFilter[]]
  if (event_type === null && others.length === 0) {
    return `list_transform(${listOf(first)}, lambda told: ${compared('told', first)})`
  }
  const type = event_type === null ? [] : [`told = ${quoteText(event_type)}`]
  const rest = filters.map((filter) => compared(`${listOf(filter)}[place]`, filter))
  const cuts = [
    ...(event_type === null ? [] : [`list_contains(step_types, ${quoteText(event_type)})`]),
    ...filters
      .filter(({ operator }) => operator === '=')
      .map((filter) => `list_contains(${listOf(filter)}, ${literal(filter)})`),
  ]
  const met = `list_transform(step_types, lambda told, place: ${[...type, ...rest].join(' AND ')})`
  return cuts.length === 0 ? met : `CASE WHEN ${cuts.join(' AND ')} THEN ${met} END`
}

/** The lists of `sessions` that the steps read. */
export function listsOf(steps: readonly FunnelStep[]): readonly string[] {
  const read = steps.flatMap(({ filters }) => filters.map(listOf))
  return [...new Set(['step_types', 'step_times', ...read])]
}

/** A list and what is looked for in it; null where every event will do. */
type Needle = readonly [list: string, needle: string] | null

export function matcherOf(steps: readonly FunnelStep[]): Matcher {
  const known = new Map<string, { readonly first: string; readonly needle: Needle }>()
  const matches: string[] = []
  const firsts: string[] = []
  for (const step of steps) {
    const { word, event_type, filters } = step
    if (known.has(word)) continue
    const first = `first_${known.size + 1}`
    const list = `matches_${known.size + 1}`
    if (filters.length > 0) matches.push(`${matchesOf(step)} AS ${list}`)
    const plain: Needle = event_type === null ? null : ['step_types', quoteText(event_type)]
    const needle: Needle = filters.length > 0 ? [list, 'true'] : plain
    const found = needle
      ? `list_position(${needle.join(', ')})`
      : 'CASE WHEN len(step_types) > 0 THEN 1 END'
    firsts.push(`${found} AS ${first}`)
    known.set(word, { first, needle })
  }
  const of = ({ word }: FunnelStep) => {
    const found = known.get(word)
    if (!found) throw new Error(`The step ${word} was not announced.`)
    return found
  }
  return {
    matches,
    firsts,
    first: (step) => of(step).first,
    after(step, place) {
      const { first, needle } = of(step)
      if (!needle) return `CASE WHEN ${place} < len(step_types) THEN ${place} + 1 END`
      const [list, told] = needle
      return `CASE WHEN ${first} > ${place} THEN ${first} WHEN ${first} <= ${place}
        THEN ${place} + list_position(${list}[${place} + 1:], ${told}) END`
    },
    directlyAfter(step, place) {
      const { needle } = of(step)
      if (!needle) return `CASE WHEN ${place} < len(step_types) THEN ${place} + 1 END`
      const [list, told] = needle
      return `CASE WHEN ${list}[${place} + 1] = ${told} THEN ${place} + 1 END`
    },
    places(step) {
      const { needle } = of(step)
      if (!needle) return 'range(1, len(step_types) + 1)'
      const [list, wanted] = needle
      const told = `CASE WHEN told = ${wanted} THEN place END`
      return `list_filter(list_transform(${list}, lambda told, place: ${told}),
        lambda place: place IS NOT NULL)`
    },
  }
}
