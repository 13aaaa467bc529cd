import type { Expression } from '../expression.ts'
import { and } from '../expressions/and.ts'
import { isNull } from '../expressions/is_null.ts'
import { not } from '../expressions/not.ts'
import { product } from '../expressions/product.ts'
import { units } from '../expressions/units.ts'
import {
  apply,
  type Measure,
  type MeasureOptions,
  measure,
  read,
  scalar,
  wordsOf,
} from '../measure.ts'
import { centredSum } from './variance.ts'

type Number = Expression<'integer' | 'decimal'>

/** Pearson's correlation over rows where neither is null; null where one of them never varies. */
export function corr(
  left: Number,
  right: Number,
  { where }: MeasureOptions = {},
): Measure<'double'> {
  const both = and(...(where ? [where] : []), not(isNull(left)), not(isNull(right)))
  const [x, y] = [units(left), units(right)]
  const sum = (of: Expression) => read(scalar('sum', of, both))
  const n = read(scalar('count', null, both))
  const [sx, sy] = [sum(x), sum(y)]
  const [cxx, cyy] = [
    centredSum(n, sx, sx, sum(product(x, x))),
    centredSum(n, sy, sy, sum(product(y, y))),
  ]
  const root = apply('multiply', { kind: 'root', of: cxx }, { kind: 'root', of: cyy })
  const formula = apply('divide', centredSum(n, sx, sy, sum(product(x, y))), root)
  return measure('double', `correlation of ${wordsOf(left)} with ${wordsOf(right)}`, formula)
}
