import type { Expression } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, wordsOf } from '../measure.ts'

/** How many different values, estimated by HyperLogLog in 2,048 registers at most. */
export function approximateDistinct(
  of: Expression,
  { where }: MeasureOptions = {},
): Measure<'integer'> {
  const state = { primitive: 'registers', of, where: where ?? null } as const
  const formula = { kind: 'estimate', state } as const
  return measure('integer', `different ${wordsOf(of)}, estimated`, formula, 'standard error 2.3 %')
}
