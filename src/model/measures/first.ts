import type { Expression, ValueType } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, read, scalar, wordsOf } from '../measure.ts'

/** The first value that is not null, in the order (event_time, event_id, source). */
export function first<T extends ValueType>(
  of: Expression<T>,
  { where }: MeasureOptions = {},
): Measure<T> {
  return measure(of.type, `first ${wordsOf(of)}`, read(scalar('first', of, where)))
}
