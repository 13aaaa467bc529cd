/**
 * Bounds what is said again and again: the first few times it is said, then once a minute with how
 * often it was left unsaid. Lines that differ in numbers alone are the same.
 */
import type { Clock } from './clock.ts'

const SAID_MAX = 5
const WINDOW_MS = 60_000
/** Different lines that are remembered; beyond, the oldest is forgotten and may be said anew. */
const LINES_MAX = 200

interface Said {
  began_ms: number
  times: number
  unsaid: number
}

export class Repeats {
  readonly #clock: Clock
  readonly #lines = new Map<string, Said>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether to say it now: `silent`, or how often it was not said since it was said last. */
  note(line: string): 'silent' | number {
    const now_ms = this.#clock.now_ms()
    const key = line.replace(/\d+/g, '#')
    const said = this.#lines.get(key)
    if (!said) {
      this.#lines.set(key, { began_ms: now_ms, times: 1, unsaid: 0 })
      const [oldest] = this.#lines.keys()
      if (this.#lines.size > LINES_MAX && oldest !== undefined) this.#lines.delete(oldest)
      return 0
    }
    // The absolute value: a clock that was set back must not silence anything for long.
    if (Math.abs(now_ms - said.began_ms) < WINDOW_MS) {
      said.times += 1
      if (said.times <= SAID_MAX) return 0
      said.unsaid += 1
      return 'silent'
    }
    const { unsaid } = said
    // Still going on: one line a minute is enough. After a quiet minute it is news again.
    this.#lines.set(key, { began_ms: now_ms, times: unsaid > 0 ? SAID_MAX : 1, unsaid: 0 })
    return unsaid
  }
}
