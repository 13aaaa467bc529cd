/**
 * Expressions: what a table may compute from one row. Frozen data, no behaviour; an engine renders
 * them, an operator file declares them (`expressions/`). There is no raw SQL in the model.
 */
import type { OperatorName } from './operators.ts'

/**
 * The value types of the model. `decimal` is money: 18 digits, 4 of them after the point. `wide` is
 * an exact integer of 38 digits, for the power sums that variance and correlation are made of.
 */
export type ValueType =
  | 'text'
  | 'integer'
  | 'wide'
  | 'decimal'
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'json'
export type NumberType = 'integer' | 'decimal' | 'double'

/** What a literal of each type is in TypeScript. A decimal is written as a number or as text. */
export interface LiteralOf {
  text: string
  integer: number
  wide: number
  decimal: number | string
  double: number
  boolean: boolean
  timestamp: string
  json: never
}

export interface Column<T extends ValueType = ValueType> {
  readonly kind: 'column'
  readonly stream: string
  readonly name: string
  readonly type: T
}

export interface Literal<T extends ValueType = ValueType> {
  readonly kind: 'literal'
  readonly type: T
  readonly value: string | number | boolean | null
}

export interface Call<T extends ValueType = ValueType> {
  readonly kind: 'call'
  readonly operator: OperatorName
  readonly type: T
  readonly args: readonly Expression[]
}

export type Expression<T extends ValueType = ValueType> = Column<T> | Literal<T> | Call<T>

/** Where an expression is expected a plain value may stand. */
export type Operand<T extends ValueType> = T extends ValueType
  ? Expression<T> | LiteralOf[T]
  : never

export type AnyOperand = Expression | string | number | boolean

/** One line of an operator's law: with these arguments it gives this value, on every engine. */
export interface Equation {
  readonly args: readonly (string | number | boolean | null)[]
  readonly gives: string | number | boolean | null
  /** The arguments' types, where the literals do not say it. */
  readonly types?: readonly ValueType[]
}

/** What an operator's file declares about itself. `equations` are run on each engine. */
export interface Operator<N extends string = string> {
  readonly name: N
  readonly law: string
  readonly equations: readonly Equation[]
}

export function operator<const N extends string>(
  name: N,
  law: string,
  equations: readonly Equation[],
): Operator<N> {
  return Object.freeze({ name, law, equations: Object.freeze(equations) })
}

export function literal<T extends ValueType>(type: T, value: Literal['value']): Literal<T> {
  return Object.freeze({ kind: 'literal', type, value })
}

export function call<T extends ValueType>(
  op: Operator<OperatorName>,
  type: T,
  args: readonly Expression[],
): Call<T> {
  return Object.freeze({ kind: 'call', operator: op.name, type, args: Object.freeze(args) })
}

const LITERAL_TYPES = { string: 'text', number: 'double', boolean: 'boolean' } as const

/** Turns an operand into an expression; a plain number takes the type of its neighbour `beside`. */
export function lift(value: AnyOperand, beside?: ValueType): Expression {
  if (typeof value === 'object') return value
  const natural = LITERAL_TYPES[typeof value as keyof typeof LITERAL_TYPES]
  if (typeof value === 'number' && beside && beside !== 'integer') return literal(beside, value)
  if (typeof value === 'number') {
    return literal(Number.isInteger(value) ? 'integer' : 'decimal', value)
  }
  return literal(typeof value === 'string' && beside ? beside : natural, value)
}

/** The first operand that is an expression says what type its plain neighbours have. */
export function liftAll(values: readonly AnyOperand[]): readonly Expression[] {
  const known = values.find((value): value is Expression => typeof value === 'object')
  return values.map((value) => lift(value, known?.type))
}

/** The names of the columns that it reads. */
export function columnsIn(expression: Expression): readonly string[] {
  if (expression.kind === 'column') return [expression.name]
  return expression.kind === 'call' ? expression.args.flatMap(columnsIn) : []
}

/** The type of a sum or product: double beats decimal beats integer. */
export function widest(args: readonly Expression[]): NumberType {
  if (args.some((arg) => arg.type === 'double')) return 'double'
  return args.some((arg) => arg.type === 'decimal') ? 'decimal' : 'integer'
}
