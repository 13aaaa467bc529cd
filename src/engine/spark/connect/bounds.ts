/** How much and how long: every call, message, retry and result has a bound. */

export interface Bounds {
  /** One message, either way. Spark's own bound is 128 MiB. A larger one fails as `too_large`. */
  readonly message_bytes_max: number
  /** Making a connection. */
  readonly connect_ms_max: number
  /** One call that is no execution: analysis, configuration, interrupt. Then `timeout`. */
  readonly call_ms_max: number
  /** One execution, with the time its reader takes. Then it is ended on the server: `timeout`. */
  readonly execution_ms_max: number
  /** How long a connection that fails is tried anew, counted from when it failed last. */
  readonly retry_ms_max: number
  /** The first wait before it is tried anew; each next one doubles, up to the most. */
  readonly backoff_first_ms: number
  readonly backoff_most_ms: number
  /**
   * Silence after which a connection in use is asked whether it lives, and the time for its answer.
   * Tricky: a server drops who asks three times while it has nothing to say. Spark ends each stream
   * of answers after two minutes, so a minute is never too often.
   */
  readonly keepalive_ms: number
  readonly keepalive_answer_ms_max: number
  /** Rows that `collect` holds. More fail as `too_large`; read those with `rows` or `arrow`. */
  readonly rows_max: number
}

export const BOUNDS: Bounds = Object.freeze({
  message_bytes_max: 128 * 1024 * 1024,
  connect_ms_max: 10_000,
  call_ms_max: 60_000,
  execution_ms_max: 60 * 60_000,
  retry_ms_max: 30_000,
  backoff_first_ms: 50,
  backoff_most_ms: 5_000,
  keepalive_ms: 60_000,
  keepalive_answer_ms_max: 15_000,
  rows_max: 1_000_000,
})
