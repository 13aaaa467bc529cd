import {
  call,
  type Expression,
  liftAll,
  type NumberType,
  type Operand,
  operator,
  widest,
} from '../expression.ts'

export const addOperator = operator(
  'add',
  'Null if either side is null; zero is neutral. Exact on integers and decimals.',
  [
    { args: [1, 2], gives: 3 },
    { args: ['0.1', '0.2'], types: ['decimal', 'decimal'], gives: '0.3000' },
    { args: [1, null], types: ['integer', 'integer'], gives: null },
  ],
)

/** left + right. */
export function add(
  left: Expression<NumberType>,
  right: Operand<NumberType>,
): Expression<NumberType> {
  const args = liftAll([left, right])
  return call(addOperator, widest(args), args)
}
