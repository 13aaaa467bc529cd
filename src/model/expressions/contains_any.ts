import { type AnyOperand, call, type Expression, lift, operator } from '../expression.ts'

export const containsAnyOperator = operator('containsAny', 'Null if the text is null.', [
  { args: ['google.de', 'bing.', 'google.'], gives: true },
  { args: ['googlexde', 'google.'], gives: false },
  { args: ['a|b', '|'], gives: true },
  { args: ['a', ''], gives: true },
  { args: [null, 'a'], types: ['text', 'text'], gives: null },
])

/** One of the parts, at least, stands somewhere in the text. */
export function containsAny(
  value: Expression<'text'>,
  parts: readonly string[],
): Expression<'boolean'> {
  const rest = parts.map((part) => lift(part as AnyOperand, 'text'))
  return call(containsAnyOperator, 'boolean', [value, ...rest])
}
