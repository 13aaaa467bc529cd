/**
 * Vocabularies that write every product into a list put the one product of a view into a list of
 * one. The event then speaks of that product itself, as it does where the product's fields stand at
 * the event, so that tables by category or brand see no difference. The line stays a line.
 */
import type { LINE_COLUMNS } from '../../model/events.ts'
import type { Target } from '../fields.ts'

const SHARED = [
  'product_id',
  'category',
  'brand',
  'price',
  'quantity',
] as const satisfies readonly (keyof typeof LINE_COLUMNS)[]

/** Orders are left alone: their lines are the order's, and their money is its own. */
export function putOnlyLine(target: Target): void {
  const { event_type, items } = target
  if (items?.length !== 1 || event_type === 'purchase' || event_type === 'refund') return
  const line = items[0] as Target
  for (const column of SHARED) target[column] ??= line[column]
}
