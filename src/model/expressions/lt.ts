import {
  type AnyOperand,
  call,
  type Expression,
  liftAll,
  type Operand,
  operator,
  type ValueType,
} from '../expression.ts'

export const ltOperator = operator('lt', 'Null if either side is null.', [
  { args: [1, 2], gives: true },
  { args: [2, 2], gives: false },
  { args: [null, 2], types: ['integer', 'integer'], gives: null },
])

/** left < right. */
export function lt<T extends ValueType>(
  left: Expression<T>,
  right: Operand<NoInfer<T>>,
): Expression<'boolean'> {
  return call(ltOperator, 'boolean', liftAll([left, right as AnyOperand]))
}
