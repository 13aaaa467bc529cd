/** When people shop: quiet at four in the morning, busiest at eight in the evening (UTC). */

const HOURLY = [
  0.55, 0.36, 0.26, 0.22, 0.24, 0.36, 0.6, 0.84, 1.02, 1.14, 1.2, 1.22, 1.24, 1.2, 1.16, 1.18, 1.24,
  1.34, 1.5, 1.68, 1.76, 1.62, 1.24, 0.83,
] as const
const HOUR_MS = 3_600_000
const MEAN = HOURLY.reduce((sum, factor) => sum + factor, 0) / HOURLY.length

/** `flat`: as many events at night as by day. `day`: the curve above. */
export type Rhythm = 'flat' | 'day'

/** By what the mean rate is to be multiplied at this time; 1 on the average of a day. */
export function rhythmFactor(rhythm: Rhythm, time_ms: number): number {
  if (rhythm === 'flat') return 1
  const hour = Math.floor(time_ms / HOUR_MS)
  const into = time_ms / HOUR_MS - hour
  const from = HOURLY[hour % 24] as number
  const to = HOURLY[(hour + 1) % 24] as number
  return (from + (to - from) * into) / MEAN
}
