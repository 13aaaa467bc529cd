/**
 * The contract of a wire format: which paths it takes, how a request splits into what was sent one
 * by one, what each of these says (an event, a row, several of both), how the sender is answered.
 * Formats are pure: no HTTP, no clock, no log. A further format is one file and one line in
 * `registry.ts`.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { CanonicalEvent } from '../../model/record.ts'
import type { Dropped, Random } from '../steps/step.ts'

/** A request as a format sees it. It is chosen by its path, never by Content-Type. */
export interface SentRequest {
  readonly method: Method
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The body, inflated and decoded; empty for GET. */
  readonly text: string
  /** For what must be like nothing else, such as the name of a new browser. */
  readonly random: Random
}

export type Method = 'GET' | 'POST'

/** A request split into its parts. */
export interface Parts {
  readonly values: readonly unknown[]
  /** What was sent for one of them, as text, to be kept when it is invalid. */
  raw(index: number): string
  /** A write key found in the body. */
  readonly write_key?: string | undefined
  /** What the sender calls its program: where there is no key, it may name the source. */
  readonly app_id?: string | undefined
  /** When the client says it sent all this; ISO 8601. */
  readonly sent_at?: string | undefined
  /** Where the values were read from more than JSON as it stands in the body: base64, a query. */
  readonly escapes?: 'some' | undefined
}

/** What became of one value. */
export interface Outcome {
  readonly index: number
  readonly id?: string | undefined
  readonly dropped: Dropped
}

export interface Outcomes {
  readonly values: readonly unknown[]
  readonly accepted: number
  readonly invalid: number
  readonly filtered: number
  /** The refused ones, in order; all others are accepted. */
  readonly refused: readonly Outcome[]
}

interface FormatBase {
  readonly name: string
  readonly about: string
  readonly paths: readonly string[]
  /** For paths that are no fixed words; asked only where no format has the path itself. */
  matches?(path: string, method: Method): boolean
  /** POST alone where it is not said. */
  readonly methods?: readonly Method[]
  /** Throws `BODY_UNREADABLE` when nothing can be read, `BAD_REQUEST` beyond `values_max` parts. */
  split(request: SentRequest, values_max: number): Parts
  /** The body of the answer 200, as JSON or a `Reply`: everything valid is durable. */
  answer(outcomes: Outcomes, request: SentRequest): unknown
}

export interface EventFormat extends FormatBase {
  readonly kind: 'events'
  /** The canonical event; `event_id` is empty where the sender gave none. */
  event(value: object): CanonicalEvent | Dropped
}

/** Rows beside events: products, customers, who a visitor is, rates of currencies, system logs. */
export type RowKind = 'products' | 'customers' | 'identity' | 'rates' | 'logs'

export interface RowFormat extends FormatBase {
  readonly kind: 'rows'
  readonly dimension: RowKind
  /** A row, typed, without `updated_at` where the sender gave none. */
  row(value: object): SentRow | Dropped
}

export interface SentRow {
  readonly key: string
  readonly row: Readonly<Record<string, unknown>>
}

/** One of the things that one value says. */
export type Entry =
  | { readonly kind: 'event'; readonly event: CanonicalEvent }
  | (SentRow & {
      readonly kind: RowKind
      /** When it came to be by the client's clock, which is corrected; else the time of receipt. */
      readonly client_time?: string | undefined
    })

export interface MixedFormat extends FormatBase {
  readonly kind: 'mixed'
  /**
   * All that the value says; it is taken whole or refused whole. The key of an `identity` row is
   * the visitor, its row `{person_id}`.
   */
  entries(value: object): readonly Entry[] | Dropped
}

export type Format = EventFormat | RowFormat | MixedFormat
