/**
 * Expressions as Spark SQL. One line an operator; the equations of each are tested against it, as
 * they are against DuckDB. Spark's session must be in UTC.
 */
import type { Call, Expression, Literal } from '../../model/expression.ts'
import type { OperatorName } from '../../model/operators.ts'
import { SPARK_TYPES, sparkName, sparkText } from './words.ts'

type Render = (args: readonly string[], call: Call) => string

const infix =
  (symbol: string): Render =>
  (args) =>
    `(${args.join(` ${symbol} `)})`
const called =
  (name: string): Render =>
  (args) =>
    `${name}(${args.join(', ')})`
const arithmetic =
  (symbol: string): Render =>
  (args, { type }) =>
    `CAST(${args.join(` ${symbol} `)} AS ${SPARK_TYPES[type]})`

function caseWhen(args: readonly string[]): string {
  const branches: string[] = []
  for (let at = 0; at + 1 < args.length; at += 2) {
    branches.push(`WHEN ${args[at]} THEN ${args[at + 1]}`)
  }
  return `(CASE ${branches.join(' ')} ELSE ${args.at(-1)} END)`
}

/** floor(log2(x)) of a positive whole number: its binary digits, less one. */
export const floorLog2 = (x: string) => `(length(bin(${x})) - 1)`

function binOf([x = 'NULL']: readonly string[]): string {
  const magnitude = `abs(${x})`
  const e = floorLog2(magnitude)
  const power = `shiftleft(CAST(1 AS BIGINT), ${e})`
  const bin = `((${e} + 1) * 64 + shiftright((${magnitude} - ${power}) * 64, ${e}))`
  return `(CASE WHEN ${x} IS NULL THEN NULL WHEN ${x} = 0 THEN 0
    ELSE CAST(sign(${x}) AS BIGINT) * ${bin} END)`
}

/** Scheme, perhaps a user, perhaps `www.`, then the host. */
const HOST = '^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\\.)?([^/?#:]*)'

const RENDERINGS: Readonly<Record<OperatorName, Render>> = {
  add: arithmetic('+'),
  and: infix('AND'),
  beforeFirst: ([value, mark]) => `split_part(${value}, ${mark}, 1)`,
  binOf,
  caseWhen,
  coalesce: called('coalesce'),
  concat: infix('||'),
  containsAny: ([value, ...parts]) =>
    `exists(array(${parts.join(', ')}), part -> contains(${value}, part))`,
  divide: ([left, right]) => `(CAST(${left} AS DOUBLE) / nullif(CAST(${right} AS DOUBLE), 0))`,
  eq: infix('='),
  gt: infix('>'),
  gte: infix('>='),
  hostOf: ([address]) => `nullif(regexp_extract(lower(${address}), ${sparkText(HOST)}, 1), '')`,
  hourOf: called('hour'),
  isNull: ([value]) => `(${value} IS NULL)`,
  lower: called('lower'),
  lt: infix('<'),
  lte: infix('<='),
  multiply: arithmetic('*'),
  ne: infix('<>'),
  not: ([value]) => `(NOT ${value})`,
  oneOf: ([value, ...choices]) => `(${value} IN (${choices.join(', ')}))`,
  or: infix('OR'),
  product: ([left, right]) => `CAST(CAST(${left} AS DECIMAL(38,0)) * ${right} AS DECIMAL(38,0))`,
  startsWith: called('startswith'),
  subtract: arithmetic('-'),
  units: ([value], { args }) =>
    args[0]?.type === 'decimal' ? `CAST(${value} * 10000 AS BIGINT)` : `CAST(${value} AS BIGINT)`,
  weekdayOf: ([time]) => `(weekday(${time}) + 1)`,
}

function renderLiteral({ type, value }: Literal): string {
  if (value === null) return `CAST(NULL AS ${SPARK_TYPES[type]})`
  if (type === 'text') return sparkText(String(value))
  if (type === 'boolean') return value ? 'TRUE' : 'FALSE'
  return `CAST(${sparkText(String(value))} AS ${SPARK_TYPES[type]})`
}

export function renderExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return sparkName(expression.name)
    case 'literal':
      return renderLiteral(expression)
    case 'call':
      return RENDERINGS[expression.operator](expression.args.map(renderExpression), expression)
  }
}
