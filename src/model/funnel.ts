/**
 * A funnel as a user declares it: ordered steps, and what breaks or bounds a chain of them. What it
 * counts is said at the head of `present/questions/funnel.ts`. Steps are words (`funnel_step.ts`),
 * the same in a declaration, in the API and on the command line.
 */
import { type FunnelStep, funnelStep } from './funnel_step.ts'
import { type Duration, durationMs } from './window.ts'

export const FUNNEL_SCOPES = ['session', 'person'] as const
export const FUNNEL_ORDERS = ['loose', 'strict', 'any'] as const
export type FunnelScope = (typeof FUNNEL_SCOPES)[number]
export type FunnelOrder = (typeof FUNNEL_ORDERS)[number]

/** More would make every answer slow. */
export const FUNNEL_STEPS_MAX = 12
const ANY_ORDER_STEPS_MAX = 6
const EXCLUSIONS_MAX = 5

export interface FunnelOptions {
  /** The question in a shop's words. */
  readonly answers?: string
  /** `['view', 'view:category=shoes', 'optional:cart', 'purchase']` */
  readonly steps: readonly string[]
  /** What breaks a chain between its first and its last step. */
  readonly exclude?: readonly string[]
  /** How long after its first step a chain may go on. */
  readonly within?: Duration
  /** strict: with no event between two steps. any: in any order. */
  readonly order?: FunnelOrder
  readonly scope?: FunnelScope
  /** Columns of the session or the customer and what they must be: `{ channel: 'email' }`. */
  readonly where?: Readonly<Record<string, string>>
  /** Broken down by this column. */
  readonly by?: string
}

export interface Funnel {
  readonly kind: 'funnel'
  readonly name: string
  readonly answers: string
  readonly steps: readonly FunnelStep[]
  readonly exclude: readonly FunnelStep[]
  readonly within_ms: number | null
  readonly order: FunnelOrder
  readonly scope: FunnelScope
  /** `column=value`, `column!=value`. */
  readonly where: readonly string[]
  readonly by: string | null
}

function checkSteps(steps: readonly FunnelStep[], order: FunnelOrder): void {
  const required = steps.filter(({ need }) => need === 'required')
  if (required.length === 0) throw new Error('A funnel needs at least one step.')
  if (steps.length > FUNNEL_STEPS_MAX) {
    throw new Error(`A funnel may have ${FUNNEL_STEPS_MAX} steps; this one has ${steps.length}.`)
  }
  if (steps[0]?.need === 'optional') {
    throw new Error('The first step cannot be optional: it is where a chain begins.')
  }
  if (order !== 'any') return
  if (required.length < steps.length) {
    throw new Error('In any order no step can be optional; each step says how many have it.')
  }
  if (steps.length > ANY_ORDER_STEPS_MAX) {
    throw new Error(`In any order a funnel may have ${ANY_ORDER_STEPS_MAX} steps.`)
  }
}

/** Declares a funnel. Throws an Error that names the mistake. */
export function funnel(name: string, options: FunnelOptions): Funnel {
  const { exclude = [], within, order = 'loose', scope = 'session', where = {}, by } = options
  const steps = options.steps.map(funnelStep)
  const words = steps.map(({ word }) => word)
  checkSteps(steps, order)
  if (exclude.length > EXCLUSIONS_MAX) {
    throw new Error(`A funnel may have ${EXCLUSIONS_MAX} exclusions.`)
  }
  return Object.freeze({
    kind: 'funnel',
    name,
    answers: options.answers ?? `How many go on, step by step: ${words.join(', ')}?`,
    steps: Object.freeze(steps),
    exclude: Object.freeze(exclude.map(funnelStep)),
    within_ms: within === undefined ? null : durationMs(within),
    order,
    scope,
    where: Object.freeze(Object.entries(where).map(([column, value]) => `${column}=${value}`)),
    by: by ?? null,
  })
}

/** What comes with Clickpath; asked where nobody names another. */
export const conversionFunnel = funnel('conversion_funnel', {
  answers: 'Of the sessions with a view, how many go on to a cart and then to a purchase?',
  steps: ['view', 'cart', 'purchase'],
})
