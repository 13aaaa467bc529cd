/**
 * How many records are worked on at once. Begins with what the memory limit seems to allow; half as
 * many after they did not fit, and twice as many again after that went well for long.
 */
import type { Settings } from '../../std/settings.ts'

/** A full batch of an ordinary shop fits into a limit of so much for each of its records. */
const RECORDS_PER_MB = 715
/** Fewer would make a backlog endless: the limit is too small for the tables then. */
const RECORDS_MIN = 1_000
const SUCCESSES_BEFORE_MORE = 32

export class BatchSize {
  readonly #most: number
  #records: number
  #successes = 0

  constructor({
    batch_records_max,
    memory_limit_mb,
  }: Pick<Settings, 'batch_records_max' | 'memory_limit_mb'>) {
    this.#most = Math.min(batch_records_max, memory_limit_mb * RECORDS_PER_MB)
    this.#records = this.#most
  }

  get records(): number {
    return this.#records
  }

  noteDone(): void {
    if (this.#records === this.#most) return
    this.#successes += 1
    if (this.#successes < SUCCESSES_BEFORE_MORE) return
    this.#successes = 0
    this.#records = Math.min(this.#records * 2, this.#most)
  }

  /** They did not fit; false where fewer would not either. */
  halve(): boolean {
    if (this.#records <= RECORDS_MIN) return false
    this.#successes = 0
    this.#records = Math.max(Math.floor(this.#records / 2), RECORDS_MIN)
    return true
  }
}
