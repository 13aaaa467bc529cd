/**
 * Watches one query: interrupts it when its time or memory is used up. DuckDB counts most memory
 * itself, but not what a function holds while it computes, and it hears an interruption only
 * between steps; so the process's own memory is looked at, and a query that goes on all the same is
 * told of.
 */
import { ClickpathError } from '../../std/errors.ts'

export interface QueryLimits {
  readonly query_ms?: number
  readonly rows_max?: number
  /** Text and numbers of the answer, roughly; more throws SQL_STOPPED. */
  readonly answer_bytes_max?: number
  /** By how much the process may grow while the query runs. */
  readonly memory_mb?: number
  /**
   * Told once of a query that did not end long after it was interrupted, or grew to twice its
   * memory: only the end of the process ends it.
   */
  readonly onStuck?: (error: Error) => void
}

/** How often memory is looked at: a query fills a few hundred MB in between at most. */
const LOOK_MS = 25
const AGAIN_MS = 50
/** How long a query may go on after it was interrupted. */
const STUCK_MS = 10_000
const MB = 1_000_000

export interface QueryWatch {
  /** Why the query was interrupted; undefined where it was not. */
  reason(): ClickpathError | undefined
  end(): void
}

export function watchQuery(limits: QueryLimits, interrupt: () => void): QueryWatch {
  const { query_ms, memory_mb, onStuck } = limits
  const timers: NodeJS.Timeout[] = []
  let reason: ClickpathError | undefined
  let tell = onStuck
  const stuck = () => {
    tell?.(new ClickpathError('QUERY_STUCK'))
    tell = undefined
  }
  const stop = (why: string) => {
    if (reason) return
    reason = new ClickpathError('SQL_STOPPED', why)
    interrupt()
    // Tricky: an interruption is forgotten when a query begins, and one that still waits for a
    // thread has not begun; said once, it would then run for ever.
    timers.push(setInterval(interrupt, AGAIN_MS), setTimeout(stuck, STUCK_MS))
  }
  if (query_ms) {
    timers.push(setTimeout(() => stop(`it ran longer than ${query_ms} ms`), query_ms))
  }
  if (memory_mb) {
    const before_mb = process.memoryUsage.rss() / MB
    const look = () => {
      const grown_mb = process.memoryUsage.rss() / MB - before_mb
      if (grown_mb > memory_mb) stop('it needs too much memory')
      if (grown_mb > 2 * memory_mb) stuck()
    }
    timers.push(setInterval(look, LOOK_MS))
  }
  return {
    reason: () => reason,
    end: () => {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
