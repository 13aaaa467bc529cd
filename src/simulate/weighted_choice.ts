/** Choosing by weight in constant time (Vose's alias method), whatever the number of choices. */
import type { Random } from './random.ts'

/** Zipf's law: the product of rank r is asked for in proportion to 1 / (r + 1)^exponent. */
export function zipfWeights(count: number, exponent: number): number[] {
  return Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent)
}

export class WeightedChoice<T> {
  readonly #choices: readonly T[]
  readonly #keep: Float64Array
  readonly #alias: Uint32Array

  /** One weight (>= 0, not all zero) for each choice. */
  constructor(choices: readonly T[], weights: readonly number[]) {
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const scaled = weights.map((weight) => (weight * choices.length) / total)
    this.#choices = choices
    this.#keep = new Float64Array(choices.length).fill(1)
    this.#alias = new Uint32Array(choices.length)
    const small: number[] = []
    const large: number[] = []
    scaled.forEach((weight, index) => {
      ;(weight < 1 ? small : large).push(index)
    })
    while (small.length > 0 && large.length > 0) {
      const less = small.pop() as number
      const more = large.pop() as number
      this.#keep[less] = scaled[less] as number
      this.#alias[less] = more
      const left = (scaled[more] as number) + (scaled[less] as number) - 1
      scaled[more] = left
      ;(left < 1 ? small : large).push(more)
    }
  }

  pick(random: Random): T {
    const at = random.float() * this.#choices.length
    const index = Math.floor(at)
    const kept = at - index < (this.#keep[index] as number)
    return this.#choices[kept ? index : (this.#alias[index] as number)] as T
  }
}
