import { call, type Expression, operator } from '../expression.ts'

export const andOperator = operator('and', 'False beats null, null beats true.', [
  { args: [true, true], gives: true },
  { args: [true, false], gives: false },
  { args: [false, null], types: ['boolean', 'boolean'], gives: false },
  { args: [true, null], types: ['boolean', 'boolean'], gives: null },
])

/** All conditions hold. */
export function and(...conditions: readonly Expression<'boolean'>[]): Expression<'boolean'> {
  return call(andOperator, 'boolean', conditions)
}
