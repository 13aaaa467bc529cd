import type { Expression } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, wordsOf } from '../measure.ts'

/** How many different values, exactly. Keeps one row per value: for few or short-lived keys. */
export function distinct(of: Expression, { where }: MeasureOptions = {}): Measure<'integer'> {
  const state = { primitive: 'values', keep: 'set', limit: null, of, where: where ?? null } as const
  return measure('integer', `different ${wordsOf(of)}`, { kind: 'size', state })
}
