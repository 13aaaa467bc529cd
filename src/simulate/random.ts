/**
 * The simulator's only source of chance: a small seeded generator (sfc32, by Chris Doty-Humphrey,
 * public domain). The same seed gives the same numbers on every machine. Not for secrets.
 */

/** Thirty-two bits of a text (FNV-1a with a final mix), to spread similar seeds far apart. */
export function hash32(text: string, start: number): number {
  let hash = (2_166_136_261 ^ start) >>> 0
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507)
  return (hash ^ (hash >>> 13)) >>> 0
}

const HEX_BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

function hex32(word: number): string {
  return (
    (HEX_BYTES[word >>> 24] as string) +
    HEX_BYTES[(word >>> 16) & 255] +
    HEX_BYTES[(word >>> 8) & 255] +
    HEX_BYTES[word & 255]
  )
}

export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** Any text or number; generators of different seeds are independent of each other. */
  constructor(seed: string | number) {
    const text = String(seed)
    this.#a = hash32(text, 1)
    this.#b = hash32(text, 2)
    this.#c = hash32(text, 3)
    for (let round = 0; round < 12; round++) this.word()
  }

  /** An integer from 0 to 2^32 - 1. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** From 0 up to, not including, 1. */
  float(): number {
    return this.word() / 4_294_967_296
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.float() * (max - min + 1))
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.float() < probability
  }

  pick<T>(choices: readonly [T, ...T[]] | readonly T[]): T {
    return choices[Math.floor(this.float() * choices.length)] as T
  }

  /** Around `median`, never negative; two thirds lie within a factor of e^sigma of it. */
  lognormal(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()))
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.float()))
  }

  /** The shape of a version 4 UUID. */
  uuid(): string {
    const [first, second] = [hex32(this.word()), hex32(this.word())]
    const [third, fourth] = [hex32(this.word()), hex32(this.word())]
    const variant = (8 + (Number.parseInt(third.charAt(0), 16) & 3)).toString(16)
    const start = `${first}-${second.slice(0, 4)}-4${second.slice(5)}`
    return `${start}-${variant}${third.slice(1, 4)}-${third.slice(4)}${fourth}`
  }
}
