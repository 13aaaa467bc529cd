import type { Expression } from '../expression.ts'
import { binOf } from '../expressions/bin_of.ts'
import { units } from '../expressions/units.ts'
import { type Measure, type MeasureOptions, measure, wordsOf } from '../measure.ts'
import { scaleOf } from './variance.ts'

/** The value that a share `q` (0 to 1) of all values does not exceed, from a DDSketch. */
export function quantile(
  of: Expression<'integer' | 'decimal'>,
  q: number,
  { where }: MeasureOptions = {},
): Measure<'double'> {
  const state = { primitive: 'bins', of: binOf(units(of)), where: where ?? null } as const
  const formula = { kind: 'quantile', state, q, scale: scaleOf(of) } as const
  return measure('double', `${q * 100} % quantile of ${wordsOf(of)}`, formula, 'within 0.8 %')
}
