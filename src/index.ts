/**
 * What users write their `clickpath.config.ts` with: declare tables, expressions and steps of their
 * own. The only file that gathers others, since it is the package's door.
 */
export { filtered, invalid, type Step, step } from './collect/steps/step.ts'
export { type Config, defineConfig } from './config.ts'
export { customers, products } from './model/dimensions.ts'
export { events, items } from './model/events.ts'
export type { Expression, ValueType } from './model/expression.ts'
export { add } from './model/expressions/add.ts'
export { and } from './model/expressions/and.ts'
export { beforeFirst } from './model/expressions/before_first.ts'
export { caseWhen } from './model/expressions/case_when.ts'
export { coalesce } from './model/expressions/coalesce.ts'
export { concat } from './model/expressions/concat.ts'
export { divide } from './model/expressions/divide.ts'
export { eq } from './model/expressions/eq.ts'
export { gt } from './model/expressions/gt.ts'
export { gte } from './model/expressions/gte.ts'
export { hourOf } from './model/expressions/hour_of.ts'
export { isNull } from './model/expressions/is_null.ts'
export { lower } from './model/expressions/lower.ts'
export { lt } from './model/expressions/lt.ts'
export { lte } from './model/expressions/lte.ts'
export { multiply } from './model/expressions/multiply.ts'
export { ne } from './model/expressions/ne.ts'
export { not } from './model/expressions/not.ts'
export { oneOf } from './model/expressions/one_of.ts'
export { or } from './model/expressions/or.ts'
export { startsWith } from './model/expressions/starts_with.ts'
export { subtract } from './model/expressions/subtract.ts'
export { weekdayOf } from './model/expressions/weekday_of.ts'
export { type Funnel, type FunnelOptions, funnel } from './model/funnel.ts'
export type { Measure, MeasureOptions } from './model/measure.ts'
export { approximateDistinct } from './model/measures/approximate_distinct.ts'
export { avg } from './model/measures/avg.ts'
export { collectList, collectSet, truncated } from './model/measures/collect.ts'
export { corr } from './model/measures/corr.ts'
export { count } from './model/measures/count.ts'
export {
  allOf,
  atLeast,
  below,
  overall,
  plus,
  ratio,
  setting,
  times,
} from './model/measures/derived.ts'
export { distinct } from './model/measures/distinct.ts'
export { first } from './model/measures/first.ts'
export { last } from './model/measures/last.ts'
export { max } from './model/measures/max.ts'
export { min } from './model/measures/min.ts'
export { pivot } from './model/measures/pivot.ts'
export { quantile } from './model/measures/quantile.ts'
export { stddev } from './model/measures/stddev.ts'
export { sum } from './model/measures/sum.ts'
export { variance } from './model/measures/variance.ts'
export { orderLines, orderMovements, orders } from './model/orders.ts'
export { type RowOf, type Table, table } from './model/table.ts'
export { allTime, calendar, session, sliding, tumbling } from './model/window.ts'
