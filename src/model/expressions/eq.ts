import {
  type AnyOperand,
  call,
  type Expression,
  liftAll,
  type Operand,
  operator,
  type ValueType,
} from '../expression.ts'

export const eqOperator = operator('eq', 'Null if either side is null.', [
  { args: [1, 1], gives: true },
  { args: ['view', 'cart'], gives: false },
  { args: ['view', null], types: ['text', 'text'], gives: null },
])

/** left = right. */
export function eq<T extends ValueType>(
  left: Expression<T>,
  right: Operand<NoInfer<T>>,
): Expression<'boolean'> {
  return call(eqOperator, 'boolean', liftAll([left, right as AnyOperand]))
}
