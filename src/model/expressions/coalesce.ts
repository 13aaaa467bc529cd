import {
  type AnyOperand,
  call,
  type Expression,
  liftAll,
  type Operand,
  operator,
  type ValueType,
} from '../expression.ts'

export const coalesceOperator = operator('coalesce', 'Null only if every argument is null.', [
  { args: [null, 'b'], types: ['text', 'text'], gives: 'b' },
  { args: ['a', 'b'], gives: 'a' },
  { args: [null, null], types: ['text', 'text'], gives: null },
])

/** The first argument that is not missing. */
export function coalesce<T extends ValueType>(
  first: Expression<T>,
  ...rest: readonly Operand<NoInfer<T>>[]
): Expression<T> {
  return call(coalesceOperator, first.type, liftAll([first, ...(rest as readonly AnyOperand[])]))
}
