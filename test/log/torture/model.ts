/**
 * What a lane must hold, told by an independent book of what was appended and what was answered. It
 * knows nothing of groups, segments or marks.
 */

/** How an append ended: what its caller was told. */
export type Outcome =
  /** Durable from this position on. */
  | { readonly said: 'durable'; readonly position: number }
  /** Nothing was kept. */
  | { readonly said: 'refused' }
  /** It may be kept or not; also when nobody was left to tell. */
  | { readonly said: 'unknown' }

export interface Attempt {
  readonly number: number
  readonly records: readonly string[]
  outcome: Outcome
}

export class LaneBook {
  readonly lane: string
  readonly #attempts: Attempt[] = []
  readonly #attempt_of = new Map<string, Attempt>()
  /** What readers were given, from position 0 on. */
  readonly seen: string[] = []

  constructor(lane: string) {
    this.lane = lane
  }

  get acknowledged(): number {
    return this.#attempts.filter(({ outcome }) => outcome.said === 'durable').length
  }

  /** Notes an append before it is tried. The records are all different. */
  attempt(records: readonly string[]): Attempt {
    const number = this.#attempts.length
    const attempt: Attempt = { number, records, outcome: { said: 'unknown' } }
    this.#attempts.push(attempt)
    for (const record of records) this.#attempt_of.set(record, attempt)
    return attempt
  }

  /** Throws unless what a reader was given at a position could stand there for good. */
  see(position: number, records: readonly string[]): void {
    for (const [index, record] of records.entries()) {
      const place = position + index
      if (place > this.seen.length) throw this.#wrong(`a reader left out position ${place}`)
      const before = this.seen[place]
      if (before !== undefined && before !== record) {
        throw this.#wrong(`position ${place} was ${before} and is ${record}`)
      }
      if (before === undefined) this.seen.push(record)
    }
  }

  /**
   * Throws unless these are all the records of the lane: whole appends in the order of their calls,
   * everything acknowledged at its place, nothing refused, nothing twice, nothing taken back that
   * was read.
   */
  check(held: readonly string[]): void {
    let latest = -1
    const found = new Set<number>()
    for (let position = 0; position < held.length; ) {
      const record = held[position] ?? ''
      const attempt = this.#attempt_of.get(record)
      if (!attempt) throw this.#wrong(`${record} at ${position} was never appended`)
      const { number, records, outcome } = attempt
      if (number <= latest) throw this.#wrong(`append ${number} stands after ${latest}`)
      if (records.some((one, index) => held[position + index] !== one)) {
        throw this.#wrong(`append ${number} is not whole at ${position}`)
      }
      if (outcome.said === 'refused') throw this.#wrong(`append ${number} was refused and is kept`)
      if (outcome.said === 'durable' && outcome.position !== position) {
        throw this.#wrong(`append ${number} was told ${outcome.position} and is at ${position}`)
      }
      latest = number
      found.add(number)
      position += records.length
    }
    for (const { number, outcome } of this.#attempts) {
      if (outcome.said === 'durable' && !found.has(number)) {
        throw this.#wrong(`append ${number} was acknowledged and is gone`)
      }
    }
    const taken_back = this.seen.findIndex((record, place) => held[place] !== record)
    if (taken_back >= 0) throw this.#wrong(`what was read at ${taken_back} was taken back`)
  }

  #wrong(what: string): Error {
    return new Error(`lane ${this.lane}: ${what}`)
  }
}
