/** The script that every case runs: seeded steps, the same for the same seed. */
import { type Random, seeded } from './disk.ts'

export type Step =
  /** Appends at once, each a list of the bytes of its records. */
  | {
      readonly do: 'append'
      readonly appends: readonly (readonly number[])[]
      readonly meanwhile: 'nothing' | 'read'
    }
  | { readonly do: 'import'; readonly rows: number }
  | { readonly do: 'read'; readonly records_max: number; readonly bytes_max: number }
  | { readonly do: 'status' }
  /** Moves what the reader has passed to the archive. */
  | { readonly do: 'archive' }
  | { readonly do: 'reopen'; readonly who: Who }
  | { readonly do: 'kill'; readonly who: Who }

export type Who = 'writer' | 'importer' | 'reader' | 'archiver'

const WHO: readonly Who[] = ['writer', 'writer', 'importer', 'reader', 'archiver']
const RECORD_BYTES_MAX = 120
const LARGE_RECORD_BYTES = 1_500

function oneOf<T>(random: Random, values: readonly T[], fallback: T): T {
  return values[Math.floor(random() * values.length)] ?? fallback
}

const times = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make)

function stepOf(random: Random): Step {
  const upTo = (most: number): number => 1 + Math.floor(random() * most)
  const recordBytes = (): number => (random() < 0.05 ? LARGE_RECORD_BYTES : upTo(RECORD_BYTES_MAX))
  const append = (): readonly number[] => times(upTo(4), recordBytes)
  const chance = random()
  if (chance < 0.35) return { do: 'append', appends: [append()], meanwhile: 'nothing' }
  if (chance < 0.55) {
    const meanwhile = random() < 0.5 ? 'read' : 'nothing'
    return { do: 'append', appends: times(1 + upTo(4), append), meanwhile }
  }
  if (chance < 0.66) return { do: 'import', rows: upTo(20) }
  if (chance < 0.82) {
    return {
      do: 'read',
      records_max: oneOf(random, [1, 7, 1_000], 1),
      bytes_max: oneOf(random, [1, 900, 1e9], 1),
    }
  }
  if (chance < 0.84) return { do: 'status' }
  if (chance < 0.88) return { do: 'archive' }
  if (chance < 0.95) return { do: 'reopen', who: oneOf(random, WHO, 'writer') }
  return { do: 'kill', who: oneOf(random, WHO, 'writer') }
}

export function scriptOf(seed: number, steps: number): readonly Step[] {
  const random = seeded(seed)
  return times(steps, () => stepOf(random))
}
