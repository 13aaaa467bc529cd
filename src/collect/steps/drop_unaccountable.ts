import type { CanonicalLine } from '../../model/record.ts'
import { invalid, step } from './step.ts'

/** `value` = price x quantity must fit the decimal of the model: 14 digits before the point. */
export const VALUE_MAX = 1e14

function overflows({ price, quantity }: Pick<CanonicalLine, 'price' | 'quantity'>): boolean {
  if (price === undefined || quantity === undefined) return false
  return !(Math.abs(Number(price) * Number(quantity)) < VALUE_MAX)
}

export const dropUnaccountable = step(
  'drop_unaccountable',
  'refuses an event whose price x quantity is too large to be counted exactly',
  (event) =>
    overflows(event) || event.items?.some(overflows)
      ? invalid('out_of_bounds', `price x quantity must be below ${VALUE_MAX}`)
      : event,
)
