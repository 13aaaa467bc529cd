import { call, type Expression, operator } from '../expression.ts'

export const notOperator = operator('not', 'Null stays null.', [
  { args: [true], gives: false },
  { args: [false], gives: true },
  { args: [null], types: ['boolean'], gives: null },
])

/** The condition does not hold. */
export function not(condition: Expression<'boolean'>): Expression<'boolean'> {
  return call(notOperator, 'boolean', [condition])
}
