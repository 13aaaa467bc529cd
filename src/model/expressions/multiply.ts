import {
  call,
  type Expression,
  liftAll,
  type NumberType,
  type Operand,
  operator,
  widest,
} from '../expression.ts'

export const multiplyOperator = operator(
  'multiply',
  'Null if either side is null. A decimal result is rounded to four places, half away from zero.',
  [
    { args: [3, 2], gives: 6 },
    { args: ['0.0150', '0.01'], types: ['decimal', 'decimal'], gives: '0.0002' },
    { args: [null, 1], types: ['integer', 'integer'], gives: null },
  ],
)

/** left x right. */
export function multiply(
  left: Expression<NumberType>,
  right: Operand<NumberType>,
): Expression<NumberType> {
  const args = liftAll([left, right])
  return call(multiplyOperator, widest(args), args)
}
