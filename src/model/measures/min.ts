import type { Expression, NumberType } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, read, scalar, wordsOf } from '../measure.ts'

/** The smallest value; null where there is none. */
export function min<T extends NumberType | 'timestamp'>(
  of: Expression<T>,
  { where }: MeasureOptions = {},
): Measure<T> {
  return measure(of.type, `smallest ${wordsOf(of)}`, read(scalar('min', of, where)))
}
