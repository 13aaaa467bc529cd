import {
  type AnyOperand,
  call,
  type Expression,
  liftAll,
  type Operand,
  operator,
  type ValueType,
} from '../expression.ts'

export const lteOperator = operator('lte', 'Null if either side is null.', [
  { args: [2, 2], gives: true },
  { args: [3, 2], gives: false },
  { args: [null, 2], types: ['integer', 'integer'], gives: null },
])

/** left <= right. */
export function lte<T extends ValueType>(
  left: Expression<T>,
  right: Operand<NoInfer<T>>,
): Expression<'boolean'> {
  return call(lteOperator, 'boolean', liftAll([left, right as AnyOperand]))
}
