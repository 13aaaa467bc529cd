import type { Expression } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, wordsOf } from '../measure.ts'
import { variance } from './variance.ts'

/** The sample standard deviation; null below two values. */
export function stddev(
  of: Expression<'integer' | 'decimal'>,
  options: MeasureOptions = {},
): Measure<'double'> {
  const formula = { kind: 'root', of: variance(of, options).formula } as const
  return measure('double', `standard deviation of ${wordsOf(of)}`, formula)
}
