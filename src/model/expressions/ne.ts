import {
  type AnyOperand,
  call,
  type Expression,
  liftAll,
  type Operand,
  operator,
  type ValueType,
} from '../expression.ts'

export const neOperator = operator('ne', 'Null if either side is null.', [
  { args: [1, 1], gives: false },
  { args: ['view', 'cart'], gives: true },
  { args: [null, 'view'], types: ['text', 'text'], gives: null },
])

/** left is not equal to right. */
export function ne<T extends ValueType>(
  left: Expression<T>,
  right: Operand<NoInfer<T>>,
): Expression<'boolean'> {
  return call(neOperator, 'boolean', liftAll([left, right as AnyOperand]))
}
