/** How long to wait before the next try: doubling from the first delay up to a bound. */

export interface BackoffBounds {
  readonly first_ms: number
  readonly most_ms: number
}

/** The delay in ms after so many failures in a row (1 is the first). */
export function backoff_ms(failures: number, { first_ms, most_ms }: BackoffBounds): number {
  return Math.min(most_ms, first_ms * 2 ** Math.max(0, failures - 1))
}
