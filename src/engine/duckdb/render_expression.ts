/** Expressions as DuckDB SQL. One line an operator; the equations of each are tested against it. */
import type { Call, Expression, Literal } from '../../model/expression.ts'
import type { OperatorName } from '../../model/operators.ts'
import { DUCKDB_TYPES, quoteName, quoteText } from '../../std/duckdb.ts'

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
    `CAST(${args.join(` ${symbol} `)} AS ${DUCKDB_TYPES[type]})`

function caseWhen(args: readonly string[]): string {
  const branches: string[] = []
  for (let at = 0; at + 1 < args.length; at += 2) {
    branches.push(`WHEN ${args[at]} THEN ${args[at + 1]}`)
  }
  return `(CASE ${branches.join(' ')} ELSE ${args.at(-1)} END)`
}

/**
 * floor(log2(x)) of a positive whole number below 2^53.
 * Tricky: log2 of a number just below a power of two may round up to it, so the result is checked.
 */
export function floorLog2(x: string): string {
  const guess = `CAST(floor(log2(CAST(${x} AS DOUBLE))) AS BIGINT)`
  return `(${guess} - CASE WHEN ${x} < (1::BIGINT << CAST(${guess} AS INTEGER)) THEN 1 ELSE 0 END)`
}

function binOf([x = 'NULL']: readonly string[]): string {
  const magnitude = `abs(${x})`
  const e = floorLog2(magnitude)
  const bin = `((${e} + 1) * 64 + (((${magnitude} - (1::BIGINT << ${e})) * 64) >> ${e}))`
  return `(CASE WHEN ${x} IS NULL THEN NULL WHEN ${x} = 0 THEN 0 ELSE sign(${x}) * ${bin} END)`
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
    `list_bool_or(list_transform([${parts.join(', ')}], lambda part: contains(${value}, part)))`,
  divide: ([left, right]) => `(CAST(${left} AS DOUBLE) / nullif(CAST(${right} AS DOUBLE), 0))`,
  eq: infix('='),
  gt: infix('>'),
  gte: infix('>='),
  hostOf: ([address]) => `nullif(regexp_extract(lower(${address}), '${HOST}', 1), '')`,
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
  product: ([left, right]) => `(CAST(${left} AS HUGEINT) * ${right})`,
  startsWith: called('starts_with'),
  subtract: arithmetic('-'),
  units: ([value], { args }) =>
    args[0]?.type === 'decimal' ? `CAST(${value} * 10000 AS BIGINT)` : `CAST(${value} AS BIGINT)`,
  weekdayOf: called('isodow'),
}

function renderLiteral({ type, value }: Literal): string {
  if (value === null) return `CAST(NULL AS ${DUCKDB_TYPES[type]})`
  if (type === 'text') return quoteText(String(value))
  if (type === 'boolean') return value ? 'TRUE' : 'FALSE'
  return `CAST(${quoteText(String(value))} AS ${DUCKDB_TYPES[type]})`
}

/** `from` is the alias whose columns are meant, if any. */
export function renderExpression(expression: Expression, from?: string): string {
  switch (expression.kind) {
    case 'column':
      return from ? `${from}.${quoteName(expression.name)}` : quoteName(expression.name)
    case 'literal':
      return renderLiteral(expression)
    case 'call':
      return RENDERINGS[expression.operator](
        expression.args.map((arg) => renderExpression(arg, from)),
        expression,
      )
  }
}
