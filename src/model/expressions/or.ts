import { call, type Expression, operator } from '../expression.ts'

export const orOperator = operator('or', 'True beats null, null beats false.', [
  { args: [false, false], gives: false },
  { args: [true, null], types: ['boolean', 'boolean'], gives: true },
  { args: [false, null], types: ['boolean', 'boolean'], gives: null },
])

/** At least one condition holds. */
export function or(...conditions: readonly Expression<'boolean'>[]): Expression<'boolean'> {
  return call(orOperator, 'boolean', conditions)
}
