/**
 * How fast memory grows. Processes are killed and begin small again, so a plain slope would mostly
 * tell when the last kill was. Compared is what is alike: a process so many seconds old with the
 * one that was as old before.
 */

export interface Point {
  readonly at_min: number
  readonly age_s: number
  readonly value: number
}

/** Ages within so many seconds are alike. */
const AGE_S = 10

/**
 * Least squares with an own level for each age: value = level(age) + slope x time. Per minute; null
 * where no age was seen twice.
 */
export function slopeAtEqualAge(points: readonly Point[]): number | null {
  const byAge = Map.groupBy(points, ({ age_s }) => Math.floor(age_s / AGE_S))
  return pooled([...byAge.values()])
}

/** Least squares over all, per minute; null for fewer than two times. */
export function plainSlope(points: readonly Point[]): number | null {
  return pooled([points])
}

function pooled(groups: readonly (readonly Point[])[]): number | null {
  let [above, below] = [0, 0]
  for (const group of groups) {
    const at_min = mean(group.map((point) => point.at_min))
    const value = mean(group.map((point) => point.value))
    for (const point of group) {
      above += (point.at_min - at_min) * (point.value - value)
      below += (point.at_min - at_min) ** 2
    }
  }
  return below === 0 ? null : above / below
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length
