import type { Expression } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, read, scalar, wordsOf } from '../measure.ts'

/** The exact sum; null where there is nothing to add. */
export function sum<T extends 'integer' | 'decimal'>(
  of: Expression<T>,
  { where }: MeasureOptions = {},
): Measure<T> {
  return measure(of.type, `sum of ${wordsOf(of)}`, read(scalar('sum', of, where)))
}
