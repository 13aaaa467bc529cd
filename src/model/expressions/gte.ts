import {
  type AnyOperand,
  call,
  type Expression,
  liftAll,
  type Operand,
  operator,
  type ValueType,
} from '../expression.ts'

export const gteOperator = operator('gte', 'Null if either side is null.', [
  { args: [2, 2], gives: true },
  { args: [1, 2], gives: false },
  { args: [2, null], types: ['integer', 'integer'], gives: null },
])

/** left >= right. */
export function gte<T extends ValueType>(
  left: Expression<T>,
  right: Operand<NoInfer<T>>,
): Expression<'boolean'> {
  return call(gteOperator, 'boolean', liftAll([left, right as AnyOperand]))
}
