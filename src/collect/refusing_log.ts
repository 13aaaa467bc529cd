/** Tells once when the log begins to refuse events, and once when it takes them again. */
import type { Clock } from '../std/clock.ts'
import { type Say, tell } from '../std/notices.ts'

export class RefusingLog {
  readonly #clock: Clock
  readonly #say: Say
  #since_ms: number | null = null

  constructor(clock: Clock, say: Say) {
    this.#clock = clock
    this.#say = say
  }

  /** What the log says at a request: why it takes nothing, or null. */
  note(refusal: string | null): void {
    const now_ms = this.#clock.now_ms()
    if (refusal !== null && this.#since_ms === null) {
      this.#since_ms = now_ms
      tell(this.#say, 'LOG_REFUSES', refusal)
    } else if (refusal === null && this.#since_ms !== null) {
      tell(this.#say, 'LOG_TAKES', ((now_ms - this.#since_ms) / 1_000).toFixed(1))
      this.#since_ms = null
    }
  }
}
