import { call, type Expression, literal, operator } from '../expression.ts'

export const beforeFirstOperator = operator(
  'beforeFirst',
  'Null if the text is null; the whole text where the mark is missing.',
  [
    { args: ['electronics.smartphone', '.'], gives: 'electronics' },
    { args: ['electronics', '.'], gives: 'electronics' },
    { args: [null, '.'], types: ['text', 'text'], gives: null },
  ],
)

/** What stands before the first `mark`: the first level of a path or category. */
export function beforeFirst(value: Expression<'text'>, mark: string): Expression<'text'> {
  return call(beforeFirstOperator, 'text', [value, literal('text', mark)])
}
