/** Every operator of expressions, alphabetically: what an engine must be able to render. */
import { addOperator } from './expressions/add.ts'
import { andOperator } from './expressions/and.ts'
import { beforeFirstOperator } from './expressions/before_first.ts'
import { binOfOperator } from './expressions/bin_of.ts'
import { caseWhenOperator } from './expressions/case_when.ts'
import { coalesceOperator } from './expressions/coalesce.ts'
import { concatOperator } from './expressions/concat.ts'
import { containsAnyOperator } from './expressions/contains_any.ts'
import { divideOperator } from './expressions/divide.ts'
import { eqOperator } from './expressions/eq.ts'
import { gtOperator } from './expressions/gt.ts'
import { gteOperator } from './expressions/gte.ts'
import { hostOfOperator } from './expressions/host_of.ts'
import { hourOfOperator } from './expressions/hour_of.ts'
import { isNullOperator } from './expressions/is_null.ts'
import { lowerOperator } from './expressions/lower.ts'
import { ltOperator } from './expressions/lt.ts'
import { lteOperator } from './expressions/lte.ts'
import { multiplyOperator } from './expressions/multiply.ts'
import { neOperator } from './expressions/ne.ts'
import { notOperator } from './expressions/not.ts'
import { oneOfOperator } from './expressions/one_of.ts'
import { orOperator } from './expressions/or.ts'
import { productOperator } from './expressions/product.ts'
import { startsWithOperator } from './expressions/starts_with.ts'
import { subtractOperator } from './expressions/subtract.ts'
import { unitsOperator } from './expressions/units.ts'
import { weekdayOfOperator } from './expressions/weekday_of.ts'

export const OPERATORS = Object.freeze({
  add: addOperator,
  and: andOperator,
  beforeFirst: beforeFirstOperator,
  binOf: binOfOperator,
  caseWhen: caseWhenOperator,
  coalesce: coalesceOperator,
  concat: concatOperator,
  containsAny: containsAnyOperator,
  divide: divideOperator,
  eq: eqOperator,
  gt: gtOperator,
  gte: gteOperator,
  hostOf: hostOfOperator,
  hourOf: hourOfOperator,
  isNull: isNullOperator,
  lower: lowerOperator,
  lt: ltOperator,
  lte: lteOperator,
  multiply: multiplyOperator,
  ne: neOperator,
  not: notOperator,
  oneOf: oneOfOperator,
  or: orOperator,
  product: productOperator,
  startsWith: startsWithOperator,
  subtract: subtractOperator,
  units: unitsOperator,
  weekdayOf: weekdayOfOperator,
})
export type OperatorName = keyof typeof OPERATORS
