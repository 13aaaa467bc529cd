import type { Expression } from '../expression.ts'
import { and } from '../expressions/and.ts'
import { isNull } from '../expressions/is_null.ts'
import { not } from '../expressions/not.ts'
import {
  apply,
  type Measure,
  type MeasureOptions,
  measure,
  read,
  scalar,
  wordsOf,
} from '../measure.ts'

/** The mean of the values that are not null: their exact sum over their count. */
export function avg(
  of: Expression<'integer' | 'decimal'>,
  { where }: MeasureOptions = {},
): Measure<'double'> {
  const present = not(isNull(of))
  const counted = scalar('count', null, where ? and(where, present) : present)
  const formula = apply('divide', read(scalar('sum', of, where)), read(counted))
  return measure('double', `mean of ${wordsOf(of)}`, formula)
}
