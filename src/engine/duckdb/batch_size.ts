/**
 * How many records are worked on at once: half as many after they were too many, and twice as many
 * again after that went well for long.
 */

/** Fewer would make a backlog endless. */
const RECORDS_MIN = 1_000
const SUCCESSES_BEFORE_MORE = 32

export class BatchSize {
  readonly #most: number
  #records: number
  #successes = 0

  /** Never more than `most`. */
  constructor(most: number) {
    this.#most = most
    this.#records = most
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

  /** About so many were too many; false where fewer cannot be tried. */
  halve(tried: number): boolean {
    const before = Math.min(this.#records, tried)
    if (before <= RECORDS_MIN) return false
    this.#successes = 0
    this.#records = Math.max(Math.floor(before / 2), RECORDS_MIN)
    return true
  }
}
