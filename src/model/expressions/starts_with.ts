import { call, type Expression, literal, operator } from '../expression.ts'

export const startsWithOperator = operator('startsWith', 'Null if the text is null.', [
  { args: ['/product/7', '/product'], gives: true },
  { args: ['/cart', '/product'], gives: false },
  { args: ['a', ''], gives: true },
  { args: [null, 'a'], types: ['text', 'text'], gives: null },
])

/** The text begins with the prefix. */
export function startsWith(value: Expression<'text'>, prefix: string): Expression<'boolean'> {
  return call(startsWithOperator, 'boolean', [value, literal('text', prefix)])
}
