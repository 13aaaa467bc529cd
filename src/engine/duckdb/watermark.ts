/**
 * Watermarks: how far event time has come, per source and over all. A function of the events alone,
 * no clock in it, so a replay gives the same. All times in microseconds since 1970.
 */

import type { Settings } from '../../std/settings.ts'

/** Source to the latest event time it has told of. */
export type SourceTimes = ReadonlyMap<string, number>

export function advance(
  sources: SourceTimes,
  told: Iterable<readonly [string, number]>,
): SourceTimes {
  const next = new Map(sources)
  for (const [source, time] of told) next.set(source, Math.max(time, next.get(source) ?? time))
  return next
}

/**
 * The time that every active source has reached; null before the first event. A source more than
 * `idle_ms` behind the furthest one is idle and holds nothing back.
 */
export function horizonOf(sources: SourceTimes, idle_ms: number): number | null {
  if (sources.size === 0) return null
  const furthest = Math.max(...sources.values())
  const active = [...sources.values()].filter((time) => time >= furthest - idle_ms * 1_000)
  return Math.min(...active)
}

/** Events at or after it may still be on time: ISO 8601, UTC; null before the first event. */
export function watermarkOf(
  sources: SourceTimes,
  { idle_source_ms, late_ms }: Pick<Settings, 'idle_source_ms' | 'late_ms'>,
): string | null {
  const horizon_us = horizonOf(sources, idle_source_ms)
  return horizon_us === null ? null : new Date(horizon_us / 1_000 - late_ms).toISOString()
}
