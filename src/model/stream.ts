/**
 * Streams: what tables are computed from. A stream is its declaration and one typed column per
 * name, so `events.category` is checked by the compiler and a misspelt one does not compile.
 */
import type { Column, Expression, ValueType } from './expression.ts'

export interface ColumnDeclaration<T extends ValueType = ValueType> {
  readonly type: T
  /** One sentence for people: it becomes the label in docs, schemas and the page. */
  readonly about: string
  /** Text longer than this is invalid, in characters. Numbers: |value| must be below this. */
  readonly bound?: number
  /** Computed by the engine from the other columns; never sent by a client. */
  readonly derived?: () => Expression
  /** A client may not send it: the collector or the engine writes it. */
  readonly internal?: true
}

export type Columns = Readonly<Record<string, ColumnDeclaration>>

export interface StreamDeclaration<C extends Columns = Columns> {
  readonly name: string
  readonly about: string
  readonly columns: C
  /**
   * `rows`: every row stays as it is, so its tables keep mergeable states.
   * `keyed`: a row may be replaced by a better copy, so its tables are computed when presented.
   */
  readonly kind: 'rows' | 'keyed'
  /** The column whose value places a row in a window. */
  readonly time: string
}

export type Stream<C extends Columns = Columns> = {
  readonly declaration: StreamDeclaration<C>
} & { readonly [K in keyof C]: Column<C[K]['type']> }

/** Any stream, where its columns' types do not matter. */
export interface AnyStream {
  readonly declaration: StreamDeclaration
}

export function stream<const C extends Columns>(declaration: StreamDeclaration<C>): Stream<C> {
  const columns = Object.entries(declaration.columns).map(([name, { type }]) => [
    name,
    Object.freeze({ kind: 'column', stream: declaration.name, name, type }),
  ])
  return Object.freeze({ declaration, ...Object.fromEntries(columns) }) as Stream<C>
}

type Options = Omit<ColumnDeclaration, 'type' | 'about'>
const column =
  <T extends ValueType>(type: T) =>
  (about: string, options: Options = {}): ColumnDeclaration<T> =>
    Object.freeze({ type, about, ...options })

export const text = column('text')
export const integer = column('integer')
export const decimal = column('decimal')
export const double = column('double')
export const boolean = column('boolean')
export const timestamp = column('timestamp')
export const json = column('json')
