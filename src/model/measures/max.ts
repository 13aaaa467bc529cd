import type { Expression, NumberType } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, read, scalar, wordsOf } from '../measure.ts'

/** The largest value; null where there is none. */
export function max<T extends NumberType | 'timestamp'>(
  of: Expression<T>,
  { where }: MeasureOptions = {},
): Measure<T> {
  return measure(of.type, `largest ${wordsOf(of)}`, read(scalar('max', of, where)))
}
