import { call, type Expression, operator } from '../expression.ts'

export const isNullOperator = operator('isNull', 'Never null.', [
  { args: [null], types: ['text'], gives: true },
  { args: [''], gives: false },
  { args: [0], gives: false },
])

/** The value is missing. Empty text and zero are not missing. */
export function isNull(value: Expression): Expression<'boolean'> {
  return call(isNullOperator, 'boolean', [value])
}
