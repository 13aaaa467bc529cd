/** Bounds the events of a source per second, by a token bucket for each. */
import type { Clock } from '../std/clock.ts'
import { ClickpathError } from '../std/errors.ts'

/** The error `RATE_LIMITED`, which knows when the share is there again. */
export class RateLimited extends ClickpathError {
  readonly wait_s: number

  constructor(events_per_second: number, wait_s: number) {
    super('RATE_LIMITED', events_per_second, wait_s)
    this.wait_s = wait_s
  }
}

export interface RateLimit {
  /** Throws `RateLimited` while the source has used up its share. */
  check(source: string): void
  /** Takes what a request held, which may leave a debt: a batch is never taken in part. */
  take(source: string, events: number): void
}

interface Bucket {
  tokens: number
  filled_ms: number
}

/** `events_per_second` of 0 sets no limit. There are as many buckets as sources with a key. */
export function createRateLimit(events_per_second: number, clock: Clock): RateLimit {
  const buckets = new Map<string, Bucket>()

  const bucketOf = (source: string): Bucket => {
    const now_ms = clock.now_ms()
    const bucket = buckets.get(source) ?? { tokens: events_per_second, filled_ms: now_ms }
    const gained = (Math.max(0, now_ms - bucket.filled_ms) / 1_000) * events_per_second
    bucket.tokens = Math.min(events_per_second, bucket.tokens + gained)
    bucket.filled_ms = now_ms
    buckets.set(source, bucket)
    return bucket
  }

  return {
    check(source) {
      if (events_per_second === 0) return
      const { tokens } = bucketOf(source)
      if (tokens >= 1) return
      const wait_s = Math.ceil((1 - tokens) / events_per_second)
      throw new RateLimited(events_per_second, wait_s)
    },
    take(source, events) {
      if (events_per_second > 0) bucketOf(source).tokens -= events
    },
  }
}
