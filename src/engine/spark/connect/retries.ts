/** How often to try a connection that fails: with growing waits, until a bound of time. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bounds } from './bounds.ts'
import { sparkError, type Told } from './error_details.ts'
import { SparkError } from './errors.ts'

export interface Patience {
  readonly bounds: Bounds
  /** From 0 to 1: so much of half a wait is added, lest all clients come back at once. */
  random(): number
  /** Who it is that does not answer, for messages. */
  readonly server: string
}

export class Retries {
  readonly #patience: Patience
  readonly #signal: AbortSignal | undefined
  #failures = 0
  #failedSince_ms = 0
  /** Since when it has been connected; nothing before it is. */
  #begun_ms: number | undefined

  constructor(patience: Patience, signal?: AbortSignal) {
    this.#patience = patience
    this.#signal = signal
  }

  /** It is connected, and a try begins. */
  begun(): void {
    this.#begun_ms = performance.now()
  }

  /** It answers: what failed before does not count. */
  succeeded(): void {
    this.#failures = 0
  }

  /** Waits before the next try. Throws `unreachable` when it has been tried for long enough. */
  async failed(told: Told): Promise<void> {
    const { bounds, server } = this.#patience
    // A connection that held for a while was one, even if there was nothing to say.
    const now_ms = performance.now()
    if (now_ms - (this.#begun_ms ?? now_ms) > bounds.backoff_most_ms) this.#failures = 0
    this.#begun_ms = undefined
    this.#failures += 1
    if (this.#failures === 1) this.#failedSince_ms = now_ms
    const wait_ms = this.#wait_ms(told)
    if (now_ms + wait_ms - this.#failedSince_ms > bounds.retry_ms_max) {
      throw new SparkError(
        'unreachable',
        `Spark does not answer at ${server}, tried ${this.#failures} times: ${sparkError(told).message}. Check that its Connect server runs there.`,
        { cause: told.thrown, errorClass: told.errorClass },
      )
    }
    await this.#sleep(wait_ms)
  }

  /** Before the next try when nothing failed, lest an empty answer is asked for without end. */
  async pause(): Promise<void> {
    this.#failures = 0
    await this.#sleep(this.#patience.bounds.backoff_first_ms)
  }

  /** An abort ends the wait; it is told by whoever tries next. */
  async #sleep(wait_ms: number): Promise<void> {
    await sleep(wait_ms, undefined, this.#signal && { signal: this.#signal }).catch(() => undefined)
  }

  #wait_ms({ retry_ms = 0 }: Told): number {
    const { bounds, random } = this.#patience
    const doubled = bounds.backoff_first_ms * 2 ** Math.min(this.#failures - 1, 30)
    const wait_ms = Math.min(bounds.backoff_most_ms, doubled)
    return Math.max(retry_ms, wait_ms / 2 + (wait_ms / 2) * random())
  }
}
