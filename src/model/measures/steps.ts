import type { Expression, ValueType } from '../expression.ts'
import { apply, type Measure, measure, number, type State, wordsOf } from '../measure.ts'

/** Steps of a session that are kept: the first ones. Others count, but show in no path. */
export const STEPS_MAX = 200

/** Whether the state keeps steps, which stand in a row of their session as lists. */
export const isSteps = (state: State) => state.primitive === 'values' && state.keep === 'steps'

type StepsMeasure<T extends ValueType = ValueType> = Measure<'list'> & {
  readonly formula: { readonly kind: 'elements'; readonly state: State }
  /** The type of one step's value. */
  readonly of: T
}

/**
 * What each row of a session says, in the order (event_time, event_id, source), null included: the
 * first 200. Several of them stand side by side: the n-th of each is of the same event.
 */
export function steps<T extends ValueType>(of: Expression<T>): StepsMeasure<T> {
  const state = { primitive: 'values', keep: 'steps', limit: STEPS_MAX, of, where: null } as const
  const formula = { kind: 'elements', state } as const
  return { ...measure('list', `${wordsOf(of)}, step by step`, formula), formula, of: of.type }
}

/** How many different values are among the steps that are kept. */
export function different(of: StepsMeasure): Measure<'integer'> {
  const about = `different ${of.about}`
  return measure('integer', about, { kind: 'different', state: of.formula.state })
}

/** The first value that is not null among the steps that are kept. */
export function firstStep<T extends ValueType>(of: StepsMeasure<T>): Measure<T> {
  const formula = { kind: 'first step', state: of.formula.state } as const
  return measure(of.of, `first ${of.about}`, formula)
}

/** The last value that is not null among the steps that are kept. */
export function lastStep<T extends ValueType>(of: StepsMeasure<T>): Measure<T> {
  const formula = { kind: 'last step', state: of.formula.state } as const
  return measure(of.of, `last ${of.about}`, formula)
}

/** Whether a session of so many events has more of them than the steps that are kept. */
export function truncatedSteps(events: Measure<'integer'>): Measure<'boolean'> {
  const formula = apply('gt', events.formula, number(STEPS_MAX))
  return measure('boolean', `whether there were more than ${STEPS_MAX} steps`, formula)
}
