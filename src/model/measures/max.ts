import type { Expression, NumberType } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, read, scalar, wordsOf } from '../measure.ts'

/** The largest value, of texts by their bytes; null where there is none. */
export function max<T extends NumberType | 'timestamp' | 'text'>(
  of: Expression<T>,
  { where }: MeasureOptions = {},
): Measure<T> {
  return measure(of.type, `largest ${wordsOf(of)}`, read(scalar('max', of, where)))
}
