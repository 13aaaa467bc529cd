/**
 * The one error of this client: what Spark said, or why nothing was heard of it. `kind` tells a
 * program what to do; `errorClass`, `sqlState` and `parameters` are Spark's own words for it.
 */

export type SparkErrorKind =
  /** The address or an argument of this client is wrong; nothing was sent. */
  | 'argument'
  /** No server, no connection, or it broke and did not come back in time. */
  | 'unreachable'
  /** The server wants another token, or none at all. */
  | 'credentials'
  /** Spark refused the plan, or running it failed; `errorClass` tells. */
  | 'failed'
  /** The server has ended this session or was started anew: `renew()`, then set it up again. */
  | 'session_lost'
  /** The server no longer has what this operation answered. What it did remains done. */
  | 'operation_lost'
  /** Ended by an abort signal, by `interrupt`, or since the client was closed. */
  | 'interrupted'
  /** A bound of time was reached. */
  | 'timeout'
  /** A bound of size was reached. */
  | 'too_large'
  /** Whoever answers speaks no Spark Connect, or another version of it. */
  | 'protocol'

export interface QueryContext {
  readonly fragment: string
  readonly summary: string
}

/** What Spark tells of its errors. */
export interface SparkErrorDetails {
  /** Such as `UNRESOLVED_COLUMN.WITH_SUGGESTION`. */
  readonly errorClass: string
  readonly sqlState: string
  readonly parameters: Readonly<Record<string, string>>
  /** Which part of the SQL it is about. */
  readonly contexts: readonly QueryContext[]
  /** The messages of what led to it, outermost first, each with its class. */
  readonly causes: readonly string[]
}

export class SparkError extends Error {
  readonly kind: SparkErrorKind
  readonly errorClass: string | undefined
  readonly sqlState: string | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly contexts: readonly QueryContext[]
  readonly causes: readonly string[]

  constructor(
    kind: SparkErrorKind,
    message: string,
    details: Partial<SparkErrorDetails> & { readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : {})
    this.name = 'SparkError'
    this.kind = kind
    this.errorClass = details.errorClass || undefined
    this.sqlState = details.sqlState || undefined
    this.parameters = details.parameters ?? {}
    this.contexts = details.contexts ?? []
    this.causes = details.causes ?? []
  }
}
