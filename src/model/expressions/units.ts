import { call, type Expression, type NumberType, operator } from '../expression.ts'

export const unitsOperator = operator(
  'units',
  'Null stays null. Exact: a decimal in ten-thousandths, an integer as it is.',
  [
    { args: ['2.62'], types: ['decimal'], gives: 26_200 },
    { args: [7], types: ['integer'], gives: 7 },
    { args: [null], types: ['decimal'], gives: null },
  ],
)

/** A number as the whole units it is stored in, so that sums of products stay exact. */
export function units(value: Expression<NumberType>): Expression<'integer'> {
  return call(unitsOperator, 'integer', [value])
}
