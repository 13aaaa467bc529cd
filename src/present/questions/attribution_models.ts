/**
 * The models as SQL: what each visit of an order is given of its amount. Amounts are whole
 * ten-thousandths; they are divided rounded down, and what is left over goes one by one to the
 * largest remainders, the earlier visit first, so that nothing is lost and nothing is random.
 */
import type { Model } from './attribution_parameters.ts'

/** Weights of time_decay are counted in these. */
const DECAY_UNITS = 1_000_000_000
const OF_ORDER = 'PARTITION BY order_number'

/** Models that need no look at the other visits of the order. */
const GIVEN: Readonly<Partial<Record<Model, string>>> = {
  first: 'CASE WHEN nth = 1 THEN units ELSE 0 END',
  last: 'CASE WHEN nth = touches THEN units ELSE 0 END',
  linear: 'sign(units) * (abs(units) // touches + CAST(nth <= abs(units) % touches AS HUGEINT))',
}

/**
 * The weight of a visit, over `nth` (from 1), `touches`, `touched` and `latest`. Position gives
 * 40 % to the first and the last and 20 % to all between; of two, each has half. Tricky: decay
 * counts from the latest visit, not from the order, which leaves the proportions as they are and
 * the latest weight at its full value however long ago it was.
 */
function weightSql(model: Model, half_life_ms: number): string {
  if (model === 'position') {
    return `CAST(CASE WHEN touches > 2 AND nth IN (1, touches) THEN 2 * (touches - 2)
      ELSE 1 END AS HUGEINT)`
  }
  return `CAST(round(pow(2, (epoch_us(touched) - epoch_us(latest)) / ${half_life_ms * 1_000}.0)
    * ${DECAY_UNITS}) AS HUGEINT)`
}

/** The condition under which a model gives a visit anything, be it of an amount of zero. */
export function isGivenSql(model: Model): string {
  if (model === 'first') return 'nth = 1'
  return model === 'last' ? 'nth = touches' : 'TRUE'
}

/**
 * A relation of visits with order_number, units, nth, touches, touched and latest, and with
 * units_MODEL for every model that is asked for.
 */
export function dividedSql(
  relation: string,
  models: readonly Model[],
  half_life_ms: number,
): string {
  const given = models.flatMap((model) => (GIVEN[model] ? `${GIVEN[model]} AS units_${model}` : []))
  const weighed = models.filter((model) => !GIVEN[model])
  const each = (column: (model: Model) => string) => ['*', ...weighed.map(column)].join(', ')
  const weights = each((model) => `${weightSql(model, half_life_ms)} AS weight_${model}`)
  const wholes = each((model) => `sum(weight_${model}) OVER (${OF_ORDER}) AS whole_${model}`)
  const floors = each((model) => {
    const product = `abs(units) * weight_${model}`
    return `${product} // whole_${model} AS floor_${model},
      ${product} % whole_${model} AS rest_${model}`
  })
  const left = each((model) => {
    return `abs(units) - sum(floor_${model}) OVER (${OF_ORDER}) AS left_${model},
      row_number() OVER (${OF_ORDER} ORDER BY rest_${model} DESC, nth) AS rank_${model}`
  })
  const parts = weighed.map((model) => {
    return `sign(units) * (floor_${model} + CAST(rank_${model} <= left_${model} AS HUGEINT))
      AS units_${model}`
  })
  const steps = weighed.length === 0 ? [] : [weights, wholes, floors, left]
  const worked = steps.reduce((from, columns) => `(SELECT ${columns} FROM ${from})`, relation)
  return `(SELECT ${['*', ...given, ...parts].join(', ')} FROM ${worked})`
}
