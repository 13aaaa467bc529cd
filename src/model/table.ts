/**
 * A gold table: one frozen value in one file. The question it answers, the stream it reads, window
 * x keys x measures, lateness. Row types, API, labels and docs derive from it; nothing is typed
 * twice.
 */
import type { Column, Expression, ValueType } from './expression.ts'
import type { AnswerType, Measure } from './measure.ts'
import type { AnyStream, StreamDeclaration } from './stream.ts'
import { type Duration, durationMs, type Window } from './window.ts'

export type Keys = Readonly<Record<string, Expression>>
export type Measures = Readonly<Record<string, Measure>>

export interface TableOptions<
  K extends Keys,
  M extends Measures,
  D extends Measures,
  J extends Keys,
> {
  /** The question in a shop's words. */
  readonly answers: string
  readonly from: AnyStream
  readonly window: Window
  /** How long after its window a row may still be changed by an event that counts as on time. */
  readonly lateness: Duration
  /** The row's keys; null is a key like any other. */
  readonly by: K
  readonly where?: Expression<'boolean'>
  readonly measures: M
  /** Rates, shares and flags over the measures above, computed when presented. */
  readonly derive?: (measures: M) => D
  /** Columns of a dimension whose key is one of `by`, joined when presented. */
  readonly join?: J & { readonly [name: string]: Column }
}

export interface Table<
  N extends string = string,
  K extends Keys = Keys,
  M extends Measures = Measures,
  J extends Keys = Keys,
> {
  readonly kind: 'table'
  readonly name: N
  readonly answers: string
  readonly from: StreamDeclaration
  readonly window: Window
  readonly lateness_ms: number
  readonly by: K
  readonly where: Expression<'boolean'> | null
  /** The measures and, after them, the derived ones. */
  readonly measures: M
  readonly join: J
}

/**
 * What a value of each type is in a row of JSON. Integers beyond 2^53 and wide decimals are text.
 */
interface JsonOf {
  text: string
  integer: number | string
  wide: number | string
  decimal: number | string
  double: number
  boolean: boolean
  timestamp: string
  json: unknown
  list: readonly unknown[]
}
type JsonValue<T extends AnswerType> = JsonOf[T] | null
type KeyValues<K extends Keys> = {
  readonly [P in keyof K]: K[P] extends Expression<infer T extends ValueType> ? JsonValue<T> : never
}
type MeasureValues<M extends Measures> = {
  readonly [P in keyof M]: M[P] extends Measure<infer T> ? JsonValue<T> : never
}

/** A row of the table as the API and `present` give it. */
export type RowOf<T extends Table> =
  T extends Table<string, infer K, infer M, infer J>
    ? { readonly window_start: string; readonly window_end: string } & KeyValues<K> &
        KeyValues<J> &
        MeasureValues<M> & { readonly final: boolean; readonly version: number }
    : never

const NAME = /^[a-z][a-z0-9_]{0,62}$/
const RESERVED = new Set(['window_start', 'window_end', 'final', 'version', 'batch', 'bucket'])

function checkNames(table: string, columns: readonly string[]): void {
  if (!NAME.test(table)) throw new Error(`"${table}" is no table name; use a-z, 0-9 and _.`)
  const seen = new Set<string>()
  for (const name of columns) {
    if (!NAME.test(name)) throw new Error(`${table}: "${name}" is no column name.`)
    if (RESERVED.has(name)) throw new Error(`${table}: the column name ${name} is taken.`)
    if (seen.has(name)) throw new Error(`${table}: two columns are called ${name}.`)
    seen.add(name)
  }
}

export function table<
  const N extends string,
  const K extends Keys,
  const M extends Measures,
  // biome-ignore lint/complexity/noBannedTypes: "no derived columns" must add no column to the row.
  const D extends Measures = {},
  // biome-ignore lint/complexity/noBannedTypes: likewise for "no joined columns".
  const J extends Keys = {},
>(name: N, options: TableOptions<K, M, D, J>): Table<N, K, M & D, J> {
  const derived = options.derive?.(options.measures) ?? {}
  const join = (options.join ?? {}) as J
  checkNames(
    name,
    [options.by, options.measures, derived, join].flatMap((part) => Object.keys(part)),
  )
  return Object.freeze({
    kind: 'table',
    name,
    answers: options.answers,
    from: options.from.declaration,
    window: options.window,
    lateness_ms: durationMs(options.lateness),
    by: options.by,
    where: options.where ?? null,
    measures: { ...options.measures, ...derived } as M & D,
    join,
  })
}
