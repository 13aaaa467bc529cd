import { call, type Expression, lift, type Operand, operator } from '../expression.ts'

export const concatOperator = operator('concat', 'Null if any part is null.', [
  { args: ['a', '/', 'b'], gives: 'a/b' },
  { args: ['a', ''], gives: 'a' },
  { args: ['a', null], types: ['text', 'text'], gives: null },
])

/** The parts one after another. */
export function concat(...parts: readonly Operand<'text'>[]): Expression<'text'> {
  return call(
    concatOperator,
    'text',
    parts.map((part) => lift(part, 'text')),
  )
}
