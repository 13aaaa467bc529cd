import type { Expression } from '../expression.ts'
import { and } from '../expressions/and.ts'
import { isNull } from '../expressions/is_null.ts'
import { not } from '../expressions/not.ts'
import { product } from '../expressions/product.ts'
import { units } from '../expressions/units.ts'
import {
  apply,
  type Formula,
  type Measure,
  type MeasureOptions,
  measure,
  number,
  read,
  scalar,
  wordsOf,
} from '../measure.ts'

/** One over the square of the unit: decimals are counted in ten-thousandths. */
export const scaleOf = (of: Expression): number => (of.type === 'decimal' ? 10_000 : 1)

/**
 * The sum of (x - mean x)(y - mean y) over n rows, from exact integer power sums.
 *
 * Tricky: n * sum(xy) - sum(x) * sum(y) would overflow 38 digits and, as doubles, cancel to noise.
 * With whole means m = floor(s / n) and remainders r the centred sum is
 * sum(xy) - mx * sy - my * rx, all whole and never larger than sum(xy); only the last term,
 * rx * ry / n, is a fraction.
 */
export function centredSum(n: Formula, x: Formula, y: Formula, xy: Formula): Formula {
  const whole = apply(
    'subtract',
    apply('subtract', xy, apply('multiply', apply('quotient', x, n), y)),
    apply('multiply', apply('quotient', y, n), apply('remainder', x, n)),
  )
  const fraction = apply(
    'divide',
    apply('multiply', apply('remainder', x, n), apply('remainder', y, n)),
    n,
  )
  return apply('subtract', { kind: 'double', of: whole }, fraction)
}

/** The sample variance (n - 1); null below two values. Exact sums, so any order gives the same. */
export function variance(
  of: Expression<'integer' | 'decimal'>,
  { where }: MeasureOptions = {},
): Measure<'double'> {
  const present = not(isNull(of))
  const n = read(scalar('count', null, where ? and(where, present) : present))
  const x = read(scalar('sum', units(of), where))
  const xx = read(scalar('sum', product(units(of), units(of)), where))
  const squares = apply('divide', centredSum(n, x, x, xx), number(scaleOf(of) ** 2))
  const formula = apply('divide', squares, apply('subtract', n, number(1)))
  return measure('double', `sample variance of ${wordsOf(of)}`, formula)
}
