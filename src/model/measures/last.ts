import type { Expression, ValueType } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, read, scalar, wordsOf } from '../measure.ts'

/** The last value that is not null, in the order (event_time, event_id, source). */
export function last<T extends ValueType>(
  of: Expression<T>,
  { where }: MeasureOptions = {},
): Measure<T> {
  return measure(of.type, `last ${wordsOf(of)}`, read(scalar('last', of, where)))
}
