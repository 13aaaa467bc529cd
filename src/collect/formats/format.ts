/**
 * The contract of a wire format: which paths it takes, how a body splits into what was sent one by
 * one, how each becomes a canonical event (or a dimension's row), how the sender is answered.
 * Formats are pure: no HTTP, no clock, no log. A further format is one file and one line in
 * `registry.ts`.
 */
import type { CanonicalEvent } from '../../model/record.ts'
import type { Dropped } from '../steps/step.ts'

/** A request as a format sees it. It is chosen by its path, never by Content-Type. */
export interface SentRequest {
  readonly path: string
  readonly query: URLSearchParams
  /** The body, inflated and decoded. */
  readonly text: string
}

/** A request split into its parts. */
export interface Parts {
  readonly values: readonly unknown[]
  /** What was sent for one of them, as text, to be kept when it is invalid. */
  raw(index: number): string
  /** A write key found in the body. */
  readonly write_key?: string | undefined
  /** When the client says it sent all this; ISO 8601. */
  readonly sent_at?: string | undefined
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
  /** Throws `BODY_UNREADABLE` when nothing can be read, `BAD_REQUEST` beyond `values_max` parts. */
  split(request: SentRequest, values_max: number): Parts
  /** The body of the answer 200: everything valid is durable. */
  answer(outcomes: Outcomes): unknown
}

export interface EventFormat extends FormatBase {
  readonly kind: 'events'
  /** The canonical event; `event_id` is empty where the sender gave none. */
  event(value: object): CanonicalEvent | Dropped
}

export interface RowFormat extends FormatBase {
  readonly kind: 'rows'
  readonly dimension: 'products' | 'customers'
  /** A row of the dimension, typed, without `updated_at` where the sender gave none. */
  row(value: object): { readonly key: string; readonly row: Record<string, unknown> } | Dropped
}

export type Format = EventFormat | RowFormat
