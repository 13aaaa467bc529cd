import { call, type Expression, operator } from '../expression.ts'

export const lowerOperator = operator('lower', 'Null stays null.', [
  { args: ['Électronique'], gives: 'électronique' },
  { args: [''], gives: '' },
  { args: [null], types: ['text'], gives: null },
])

/** The text in lower case. */
export function lower(value: Expression<'text'>): Expression<'text'> {
  return call(lowerOperator, 'text', [value])
}
