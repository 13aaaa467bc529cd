import type { Expression } from '../expression.ts'
import { type Measure, type MeasureOptions, measure, type State, wordsOf } from '../measure.ts'

export interface CollectOptions extends MeasureOptions {
  /** How many are kept, 1 to 1,000; `truncated` says whether there were more. */
  readonly limit?: number
}

function collected(keep: 'set' | 'list', of: Expression, options: CollectOptions): State {
  return { primitive: 'values', keep, limit: options.limit ?? 20, of, where: options.where ?? null }
}

/** The different values, the smallest `limit` of them: bounded by content, never by arrival. */
export function collectSet(of: Expression, options: CollectOptions = {}): Measure<'list'> {
  const formula = { kind: 'elements', state: collected('set', of, options) } as const
  return measure('list', `different ${wordsOf(of)}`, formula)
}

/** The values in the order (event_time, event_id, source), the first `limit` of them. */
export function collectList(of: Expression, options: CollectOptions = {}): Measure<'list'> {
  const formula = { kind: 'elements', state: collected('list', of, options) } as const
  return measure('list', `${wordsOf(of)} in order`, formula)
}

/** Whether a collected set or list left something out. */
export function truncated(collection: Measure<'list'>): Measure<'boolean'> {
  if (collection.formula.kind !== 'elements') throw new Error('truncated() takes a collection.')
  const formula = { kind: 'truncated', state: collection.formula.state } as const
  return measure('boolean', `whether more than these: ${collection.about}`, formula)
}
