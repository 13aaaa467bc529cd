/**
 * Quantiles as the sketch shows them. The sketch counts values in bins; bins keep the order of
 * their values, so the bin at a rank is that of the value at that rank, and its middle the answer.
 */
import { present } from './group.ts'
import { UNITS_PER_ONE, type Units } from './money.ts'

const BINS_PER_OCTAVE = 64n

/** The middle of the bin that a whole number falls into; a small number has a bin to itself. */
export function binMiddle(value: Units): number {
  if (value < 0n) return -binMiddle(-value)
  if (value === 0n) return 0
  const octave = BigInt(value.toString(2).length - 1)
  const start = 1n << octave
  const bin = ((value - start) * BINS_PER_OCTAVE) >> octave
  // The bin holds the x with bin <= (x - start) * 64 / start < bin + 1; the first is rounded up.
  const first = (edge: bigint) => start + (edge * start + BINS_PER_OCTAVE - 1n) / BINS_PER_OCTAVE
  return Number(first(bin) + first(bin + 1n) - 1n) / 2
}

/** The amount that a share `q` of all does not exceed, at rank ceil(q n); null of nothing. */
export function quantile(amounts: readonly (Units | null)[], q: number): number | null {
  const sorted = present(amounts).toSorted((left, right) =>
    left < right ? -1 : Number(left > right),
  )
  const rank = Math.max(1, Math.ceil(q * sorted.length))
  const at_rank = sorted[rank - 1]
  return at_rank === undefined ? null : binMiddle(at_rank) / UNITS_PER_ONE
}
