import type { Expression } from '../expression.ts'
import { apply, type Measure, measure, number, type State, wordsOf } from '../measure.ts'

/** Steps of a session that are kept: the first ones. Others count, but show in no path. */
export const STEPS_MAX = 200

type StepsMeasure = Measure<'list'> & {
  readonly formula: { readonly kind: 'elements'; readonly state: State }
}

/**
 * What each row of a session says, in the order (event_time, event_id, source), null included: the
 * first 200. Several of them stand side by side: the n-th of each is of the same event.
 */
export function steps(of: Expression): StepsMeasure {
  const state = { primitive: 'values', keep: 'steps', limit: STEPS_MAX, of, where: null } as const
  return measure('list', `${wordsOf(of)}, step by step`, {
    kind: 'elements',
    state,
  }) as StepsMeasure
}

/** How many different values are among the steps that are kept. */
export function different(of: StepsMeasure): Measure<'integer'> {
  const about = `different ${of.about}`
  return measure('integer', about, { kind: 'different', state: of.formula.state })
}

/** Whether a session of so many events has more of them than the steps that are kept. */
export function truncatedSteps(events: Measure<'integer'>): Measure<'boolean'> {
  const formula = apply('gt', events.formula, number(STEPS_MAX))
  return measure('boolean', `whether there were more than ${STEPS_MAX} steps`, formula)
}
