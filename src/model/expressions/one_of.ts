import {
  type AnyOperand,
  call,
  type Expression,
  type LiteralOf,
  lift,
  operator,
  type ValueType,
} from '../expression.ts'

export const oneOfOperator = operator('oneOf', 'Null if the value is null.', [
  { args: ['view', 'view', 'cart'], gives: true },
  { args: ['list', 'view', 'cart'], gives: false },
  { args: [null, 'view'], types: ['text', 'text'], gives: null },
])

/** The value is one of those listed; the list may not hold null. */
export function oneOf<T extends ValueType>(
  value: Expression<T>,
  choices: readonly LiteralOf[NoInfer<T>][],
): Expression<'boolean'> {
  const rest = choices.map((choice) => lift(choice as AnyOperand, value.type))
  return call(oneOfOperator, 'boolean', [value, ...rest])
}
