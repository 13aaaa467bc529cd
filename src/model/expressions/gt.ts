import {
  type AnyOperand,
  call,
  type Expression,
  liftAll,
  type Operand,
  operator,
  type ValueType,
} from '../expression.ts'

export const gtOperator = operator('gt', 'Null if either side is null.', [
  { args: [2, 1], gives: true },
  { args: [2, 2], gives: false },
  { args: [2, null], types: ['integer', 'integer'], gives: null },
])

/** left > right. */
export function gt<T extends ValueType>(
  left: Expression<T>,
  right: Operand<NoInfer<T>>,
): Expression<'boolean'> {
  return call(gtOperator, 'boolean', liftAll([left, right as AnyOperand]))
}
