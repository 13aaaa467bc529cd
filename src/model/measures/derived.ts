/**
 * What a table derives from its own measures: rates, shares, flags. Always computed when presented.
 */

import type { SettingName } from '../../std/settings.ts'
import {
  type AnswerType,
  apply,
  type Formula,
  type Measure,
  measure,
  number,
  statesOf,
} from '../measure.ts'

export type Operand = Measure | number

const formulaOf = (operand: Operand): Formula =>
  typeof operand === 'number' ? number(operand) : operand.formula

/** part / whole as a double; null, not an error, where the whole is zero. */
export function ratio(part: Measure, whole: Measure): Measure<'double'> {
  const formula = apply('divide', part.formula, whole.formula)
  return measure('double', `${part.about} per ${whole.about}`, formula)
}

const POOLED = ['count', 'sum', 'min', 'max']

/**
 * The same measure over all keys of the window together: the market beside the category. Takes what
 * is made of counts, sums, min and max; throws for the rest, which is not kept per window.
 */
export function overall<M extends Measure>(of: M): M {
  for (const { primitive } of statesOf(of.formula)) {
    if (POOLED.includes(primitive)) continue
    throw new Error(`overall() takes counts, sums, min and max, not ${primitive}: ${of.about}.`)
  }
  return { ...of, about: `${of.about}, of all`, formula: { kind: 'overall', of: of.formula } }
}

/** A number that the shop sets (`interest_share_min`), read when presented. */
export function setting(name: SettingName): Measure<'double'> {
  return measure('double', name, { kind: 'setting', name })
}

export function atLeast(left: Measure, right: Operand): Measure<'boolean'> {
  const formula = apply('gte', left.formula, formulaOf(right))
  return measure('boolean', `${left.about} is at least the threshold`, formula)
}

export function below(left: Measure, right: Operand): Measure<'boolean'> {
  const formula = apply('lt', left.formula, formulaOf(right))
  return measure('boolean', `${left.about} is below the threshold`, formula)
}

export function allOf(...conditions: readonly Measure<'boolean'>[]): Measure<'boolean'> {
  const formula = { kind: 'and', args: conditions.map(formulaOf) } as const
  return measure('boolean', conditions.map((condition) => condition.about).join(' and '), formula)
}

/** The other value where there is none. */
export function otherwise<T extends AnswerType>(
  of: Measure<T>,
  value: T extends 'text' ? string : number,
): Measure<T> {
  const formula = { kind: 'otherwise', of: of.formula, value } as const
  return measure(of.type, `${of.about}, else ${value}`, formula)
}

/** From one point in time to another, in seconds. */
export function secondsBetween(
  from: Measure<'timestamp'>,
  to: Measure<'timestamp'>,
): Measure<'double'> {
  const args = [from.formula, to.formula] as const
  return measure('double', `seconds from ${from.about} to ${to.about}`, { kind: 'seconds', args })
}

export function plus(left: Measure, right: Operand): Measure<'double'> {
  return measure('double', `${left.about} plus`, apply('add', left.formula, formulaOf(right)))
}

export function times(left: Measure, right: Operand): Measure<'double'> {
  return measure('double', `${left.about} times`, apply('multiply', left.formula, formulaOf(right)))
}
