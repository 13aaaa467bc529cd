/**
 * Measures are compositions of eight primitive states that merge in any order. A measure says which
 * states it needs and, as a formula over them, what it presents; engines render the primitives
 * only.
 */
import type { Expression, ValueType } from './expression.ts'

/**
 * count, sum, min, max   one number (min and max: one value) per key
 * first, last            the value that comes first or last in (event_time, event_id, source)
 * values                 one row per distinct value (`ordered`: per event, the first `limit` kept)
 * bins                   one row per bin with its count (DDSketch, histograms)
 * registers              one row per register with its highest rank (HyperLogLog)
 */
export type State = {
  readonly of: Expression | null
  /** Only rows for which this is true take part. */
  readonly where: Expression<'boolean'> | null
} & (
  | { readonly primitive: 'count' | 'sum' | 'min' | 'max' | 'first' | 'last' }
  | {
      readonly primitive: 'values'
      /**
       * `set`: distinct values, the smallest kept; `list`: values in order, the first kept;
       * `steps`: one per row, null included, so that several of them stand side by side.
       */
      readonly keep: 'set' | 'list' | 'steps'
      /** How many are kept and whether there were more; null keeps all. */
      readonly limit: number | null
    }
  | { readonly primitive: 'bins' }
  | { readonly primitive: 'registers' }
)

export type Arithmetic = 'add' | 'subtract' | 'multiply' | 'divide' | 'quotient' | 'remainder'
export type Comparison = 'lt' | 'lte' | 'gt' | 'gte'

/** The formula that turns merged states into an answer. */
export type Formula =
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'setting'; readonly name: string }
  /** divide: null on zero, a double. quotient, remainder: of wide integers, floored. */
  | { readonly kind: Arithmetic | Comparison; readonly args: readonly [Formula, Formula] }
  | { readonly kind: 'and' | 'or'; readonly args: readonly Formula[] }
  | { readonly kind: 'root' | 'double'; readonly of: Formula }
  /** The other value, where there is none. */
  | { readonly kind: 'otherwise'; readonly of: Formula; readonly value: string | number }
  /** From the first to the second point in time. */
  | { readonly kind: 'seconds'; readonly args: readonly [Formula, Formula] }
  /**
   * size: how many values. estimate: how many distinct ones the registers saw. different: how many
   * distinct ones are among the steps that are kept. first step, last step: the outermost of these
   * that is not null.
   */
  | {
      readonly kind: 'size' | 'estimate' | 'elements' | 'truncated'
      readonly state: State
    }
  | { readonly kind: 'different' | 'first step' | 'last step'; readonly state: State }
  | { readonly kind: 'quantile'; readonly state: State; readonly q: number; readonly scale: number }
  /** The same formula over all keys of the row's window together. */
  | { readonly kind: 'overall'; readonly of: Formula }

export type AnswerType = ValueType | 'list'

/** `T` is the type of the answer. */
export interface Measure<T extends AnswerType = AnswerType> {
  readonly kind: 'measure'
  readonly type: T
  /** What the column means, for labels and docs. */
  readonly about: string
  readonly formula: Formula
  /** `approximate` says by how much it may be wrong. */
  readonly exact: 'exact' | string
}

export function measure<T extends AnswerType>(
  type: T,
  about: string,
  formula: Formula,
  exact: 'exact' | string = 'exact',
): Measure<T> {
  return Object.freeze({ kind: 'measure', type, about, formula, exact })
}

export interface MeasureOptions {
  readonly where?: Expression<'boolean'>
}

/** A state of one of the scalar primitives. */
export function scalar(
  primitive: 'count' | 'sum' | 'min' | 'max' | 'first' | 'last',
  of: Expression | null,
  where: Expression<'boolean'> | null = null,
): State {
  return Object.freeze({ primitive, of, where })
}

export const read = (state: State): Formula => Object.freeze({ kind: 'state', state })
export const number = (value: number): Formula => Object.freeze({ kind: 'number', value })
export const apply = (kind: Arithmetic | Comparison, left: Formula, right: Formula): Formula =>
  Object.freeze({ kind, args: [left, right] as const })

/** All states a formula reads, overall ones included. */
export function statesOf(formula: Formula): readonly State[] {
  if ('state' in formula) return [formula.state]
  if ('args' in formula) return formula.args.flatMap(statesOf)
  return 'of' in formula ? statesOf(formula.of) : []
}

/** An expression in words, for labels: `price`, `price x quantity`, ... */
export function wordsOf(expression: Expression): string {
  if (expression.kind === 'column') return expression.name
  if (expression.kind === 'literal') return String(expression.value)
  return `${expression.operator}(${expression.args.map(wordsOf).join(', ')})`
}
