import {
  type AnyOperand,
  call,
  type Expression,
  lift,
  type Operand,
  operator,
  type ValueType,
} from '../expression.ts'

export const caseWhenOperator = operator(
  'caseWhen',
  'The value of the first condition that is true; a null condition is not true.',
  [
    { args: [true, 'a', 'z'], gives: 'a' },
    { args: [false, 'a', true, 'b', 'z'], gives: 'b' },
    { args: [null, 'a', 'z'], types: ['boolean', 'text', 'text'], gives: 'z' },
  ],
)

/** Branches of [condition, value], then the value where no condition holds. */
export function caseWhen<T extends ValueType>(
  type: T,
  branches: readonly (readonly [Expression<'boolean'>, Operand<NoInfer<T>>])[],
  otherwise: Operand<NoInfer<T>>,
): Expression<T> {
  const value = (operand: Operand<T>) => lift(operand as AnyOperand, type)
  const args = branches.flatMap(([condition, then]) => [condition, value(then)])
  return call(caseWhenOperator, type, [...args, value(otherwise)])
}
