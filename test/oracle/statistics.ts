/**
 * Ratios, means, spread and correlation by the textbook. Money comes in whole ten-thousandths, so
 * deviations are whole numbers too (n x - sum) and nothing is rounded before the last division.
 */
import { asNumber, sumUnits, UNITS_PER_ONE, type Units } from './money.ts'

/** part / whole; null where either is missing or the whole is zero. */
export function ratio(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole
}

/** The mean in whole currency units; null of nothing. */
export function mean(amounts: readonly Units[]): number | null {
  const sum = sumUnits(amounts)
  return sum === null ? null : asNumber(sum) / amounts.length
}

/** n times each value's distance from the mean: whole, whatever the mean is. */
function deviations(values: readonly bigint[]): readonly bigint[] {
  const n = BigInt(values.length)
  const sum = values.reduce((total, value) => total + value, 0n)
  return values.map((value) => n * value - sum)
}

const sumOfProducts = (left: readonly bigint[], right: readonly bigint[]) =>
  left.reduce((total, value, index) => total + value * (right[index] ?? 0n), 0n)

/** The sample variance (n - 1), in squared currency units; null below two values. */
export function variance(amounts: readonly Units[]): number | null {
  const n = amounts.length
  if (n < 2) return null
  const away = deviations(amounts)
  return Number(sumOfProducts(away, away)) / n ** 2 / (n - 1) / UNITS_PER_ONE ** 2
}

export function stddev(amounts: readonly Units[]): number | null {
  const squares = variance(amounts)
  return squares === null ? null : Math.sqrt(squares)
}

/** Pearson's correlation of pairs; null where one side never varies (so also below two pairs). */
export function correlation(pairs: readonly (readonly [bigint, bigint])[]): number | null {
  const left = deviations(pairs.map(([value]) => value))
  const right = deviations(pairs.map(([, value]) => value))
  const [left_squares, right_squares] = [sumOfProducts(left, left), sumOfProducts(right, right)]
  if (left_squares === 0n || right_squares === 0n) return null
  return Number(sumOfProducts(left, right)) / Math.sqrt(Number(left_squares * right_squares))
}
