/** The clock, as an argument: nothing else asks the machine what time it is. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now_ms(): number
}

export const systemClock: Clock = Object.freeze({ now_ms: () => Date.now() })
