/** What can be chosen of a funnel, as it stands in the address, and how it is asked of the API. */
import type { Answer, Asked } from '../../api/routes.ts'
import { choice, integer, list, text, type ValuesOf } from '../../state/fields.ts'
import type { Period, Span } from '../../state/period.ts'

export const STEPS_MAX = 12

export const FIELDS = {
  steps: list(['view', 'cart', 'purchase']),
  exclude: list(),
  /** As the API takes it: `30m`; empty for no bound. */
  within: text(),
  scope: choice(['session', 'person'], 'session'),
  order: choice(['loose', 'strict', 'any'], 'loose'),
  by: text(),
  /** Which step's time is shown; 0 is the whole way. */
  times: integer(0, 0, STEPS_MAX),
  trend: choice(['rate', 'count'], 'rate'),
} as const

export type FunnelFields = ValuesOf<typeof FIELDS>
export type Funnel = Answer<'/api/funnel'>
export type FunnelStep = Funnel['steps'][number]

export interface Chosen {
  readonly fields: FunnelFields
  readonly where: readonly string[]
  readonly interval: Period['interval']
}

/** Null where there is no step yet: without steps the API answers its own funnel. */
export function askedOf(
  { fields, where, interval }: Chosen,
  span: Span | null,
): Asked<'/api/funnel'> | null {
  const { steps, exclude, within, scope, order, by } = fields
  if (steps.length === 0 || span === null) return null
  return {
    ...{ steps, exclude, where, scope, order, interval, ...span },
    ...(within ? { within } : {}),
    ...(by ? { by } : {}),
  }
}

/** What is counted, as a word for people. */
export const unitsOf = ({ scope }: { readonly scope: string }): string =>
  scope === 'person' ? 'people' : 'sessions'

/** The required steps: those that a chain must reach. */
export const requiredOf = (steps: readonly FunnelStep[]): readonly FunnelStep[] =>
  steps.filter(({ optional }) => !optional)
