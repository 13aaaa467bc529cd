import {
  call,
  type Expression,
  liftAll,
  type NumberType,
  type Operand,
  operator,
  widest,
} from '../expression.ts'

export const subtractOperator = operator(
  'subtract',
  'Null if either side is null. Exact on integers and decimals.',
  [
    { args: [3, 2], gives: 1 },
    { args: ['0.3', '0.1'], types: ['decimal', 'decimal'], gives: '0.2000' },
    { args: [null, 1], types: ['integer', 'integer'], gives: null },
  ],
)

/** left - right. */
export function subtract(
  left: Expression<NumberType>,
  right: Operand<NumberType>,
): Expression<NumberType> {
  const args = liftAll([left, right])
  return call(subtractOperator, widest(args), args)
}
