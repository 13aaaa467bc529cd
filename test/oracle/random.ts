/** Seeded randomness of the scenarios: the same seed gives the same events on every machine. */

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  /** Whether something that happens with this probability happens now. */
  chance(probability: number): boolean
  /** One of the values, all alike. Throws on none. */
  pick<T>(values: readonly T[]): T
}

/** Mulberry32: 32 bits of state, plenty for a scenario. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (values) => {
      if (values.length === 0) throw new Error('There is nothing to pick from.')
      return values[below(values.length)] as (typeof values)[number]
    },
  }
}

/** The values in another order (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], seed: number): readonly T[] {
  const random = seededRandom(seed)
  const deck = [...values]
  for (let last = deck.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    ;[deck[last], deck[other]] = [deck[other] as T, deck[last] as T]
  }
  return deck
}
