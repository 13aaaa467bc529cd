import {
  call,
  type Expression,
  liftAll,
  type NumberType,
  type Operand,
  operator,
} from '../expression.ts'

export const divideOperator = operator(
  'divide',
  'Null if either side is null or the divisor is zero. Always a double.',
  [
    { args: [3, 2], gives: 1.5 },
    { args: [1, 0], gives: null },
    { args: [null, 1], types: ['integer', 'integer'], gives: null },
  ],
)

/** left / right; null, not an error, on zero. */
export function divide(
  left: Expression<NumberType>,
  right: Operand<NumberType>,
): Expression<'double'> {
  const args = liftAll([left, right])
  return call(divideOperator, 'double', args)
}
