import { call, type Expression, operator } from '../expression.ts'

export const productOperator = operator(
  'product',
  'Null if either side is null. Exact to 38 digits, where `multiply` would overflow.',
  [
    { args: [3_000_000_000, 4_000_000_000], gives: '12000000000000000000' },
    { args: [0, 5], gives: 0 },
    { args: [null, 5], types: ['integer', 'integer'], gives: null },
  ],
)

/** left x right as a wide integer. */
export function product(
  left: Expression<'integer'>,
  right: Expression<'integer'>,
): Expression<'wide'> {
  return call(productOperator, 'wide', [left, right])
}
