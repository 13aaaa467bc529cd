/** Values as arguments of SQL: `:name` in the text, never spliced into it. */
import type { MessageInitShape } from '@bufbuild/protobuf'
import { SparkError } from './errors.ts'
import type { Expression_LiteralSchema, ExpressionSchema } from './generated/expressions_pb.ts'
import { timeMicros } from './times.ts'

/**
 * Whole numbers become BIGINT, other numbers DOUBLE, bigints BIGINT, bytes BINARY. What JavaScript
 * has no value for is given with its type; times are text in UTC.
 */
export type Argument =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly timestamp: string }
  | { readonly decimal: string }
  | readonly string[]

export type Expression = MessageInitShape<typeof ExpressionSchema>
type Literal = NonNullable<MessageInitShape<typeof Expression_LiteralSchema>['literalType']>

const LONG_MIN = -(2n ** 63n)
const LONG_MAX = 2n ** 63n - 1n

export function literal(value: Argument): Expression {
  return { exprType: { case: 'literal', value: { literalType: literalOf(value) } } }
}

function literalOf(value: Argument): Literal {
  if (value === null) return { case: 'null', value: { kind: { case: 'null', value: {} } } }
  switch (typeof value) {
    case 'boolean':
      return { case: 'boolean', value }
    case 'string':
      return { case: 'string', value }
    case 'bigint':
      if (value < LONG_MIN || value > LONG_MAX) throw notSpoken(String(value), 'BIGINT')
      return { case: 'long', value }
    case 'number':
      return Number.isSafeInteger(value)
        ? { case: 'long', value: BigInt(value) }
        : { case: 'double', value }
    default:
      return composed(value)
  }
}

function composed(value: Exclude<Argument, null | string | number>): Literal {
  if (value instanceof Uint8Array) return { case: 'binary', value }
  if (Array.isArray(value)) {
    const elements = value.map((part: string) => ({ literalType: literalOf(part) }))
    const elementType = { kind: { case: 'string', value: {} } } as const
    return { case: 'array', value: { elementType, elements } }
  }
  if (typeof value === 'object' && 'timestamp' in value) {
    return { case: 'timestamp', value: timeMicros(value.timestamp) }
  }
  if (typeof value === 'object' && 'decimal' in value) return decimal(value.decimal)
  throw notSpoken(String(value), 'a value of SQL')
}

function decimal(text: string): Literal {
  const [, whole = '', fraction = ''] = /^[+-]?(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  const precision = whole.length + fraction.length
  if (precision === 0 || precision > 38) throw notSpoken(text, 'a decimal of at most 38 digits')
  return { case: 'decimal', value: { value: text, precision, scale: fraction.length } }
}

const notSpoken = (text: string, type: string): SparkError =>
  new SparkError('argument', `${text.slice(0, 100)} is not ${type}.`)
