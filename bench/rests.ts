/**
 * Rests between stages, for a machine that is shared: a bench that has it for itself by its
 * priority leaves it to the others now and then. Never within a stage.
 */
import { setTimeout as sleep } from 'node:timers/promises'

/** Work without a rest, before the next stage begins. */
const STRETCH_MS = 120_000

export class Rests {
  readonly #pause_s: number
  #since_ms = performance.now()

  /** 0: never. */
  constructor(pause_s: number) {
    this.#pause_s = pause_s
  }

  /** Between two stages. */
  async restWhenDue(): Promise<void> {
    if (this.#pause_s === 0 || performance.now() - this.#since_ms < STRETCH_MS) return
    process.stdout.write(`resting for ${this.#pause_s} s\n`)
    await sleep(this.#pause_s * 1_000)
    this.#since_ms = performance.now()
  }
}
