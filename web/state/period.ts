/**
 * The time looked at, in words that the API takes. It ends with the latest event, not with the
 * clock: a shop that was imported shows its last week. Begins are cut to a grain, so that an
 * answer is asked anew when that passes and not with every event.
 */
import { useMemo } from 'react'
import { useFigures } from '../api/figures.ts'
import { useFields } from './address.ts'
import { type Range, SHARED } from './shared.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

type Moving = Exclude<Range, 'all' | 'custom'>

const LENGTHS: Readonly<Record<Moving, { readonly length_ms: number; readonly grain_ms: number }>> =
  {
    '1h': { length_ms: HOUR_MS, grain_ms: MINUTE_MS },
    '24h': { length_ms: DAY_MS, grain_ms: 5 * MINUTE_MS },
    '7d': { length_ms: 7 * DAY_MS, grain_ms: HOUR_MS },
    '30d': { length_ms: 30 * DAY_MS, grain_ms: HOUR_MS },
    '90d': { length_ms: 90 * DAY_MS, grain_ms: HOUR_MS },
  }

/** Give it to the API as it is: members that are not bounded are left out. */
export interface Span {
  readonly from?: string
  /** The moment before which it stops. */
  readonly to?: string
}

export interface Period {
  readonly range: Range
  readonly current: Span
  /** As long, just before; null where nothing is compared, or all time is looked at. */
  readonly previous: Span | null
  readonly length_ms: number | null
  /** What a row of a trend should be. */
  readonly interval: '15m' | 'hour' | 'day' | 'week' | 'month'
}

/** Null as long as it is not known how far the events go. */
export function usePeriod(): Period | null {
  const [{ range, from, to, compare }] = useFields(SHARED)
  const { answer } = useFigures()
  const as_of = answer?.as_of ?? null
  const isKnown = answer !== undefined
  return useMemo(() => {
    if (range === 'custom') return customPeriod(from, to, compare)
    if (range === 'all') return ALL
    if (!isKnown) return null
    return as_of === null ? ALL : movingPeriod(range, Date.parse(as_of), compare)
  }, [range, from, to, compare, as_of, isKnown])
}

const ALL: Period = { range: 'all', current: {}, previous: null, length_ms: null, interval: 'day' }

export function movingPeriod(range: Moving, as_of_ms: number, compare: string): Period {
  const { length_ms, grain_ms } = LENGTHS[range]
  // The end is the grain that has begun: what follows the latest event is not there yet.
  const to_ms = (Math.floor(as_of_ms / grain_ms) + 1) * grain_ms
  return periodOf(range, to_ms - length_ms, to_ms, compare)
}

function customPeriod(from: string, to: string, compare: string): Period {
  const [from_ms, to_ms] = [Date.parse(from), Date.parse(to) + DAY_MS]
  if (!(from_ms < to_ms)) return { ...ALL, range: 'custom' }
  return periodOf('custom', from_ms, to_ms, compare)
}

function periodOf(range: Range, from_ms: number, to_ms: number, compare: string): Period {
  const length_ms = to_ms - from_ms
  const span = (begin_ms: number): Span => ({
    from: new Date(begin_ms).toISOString(),
    to: new Date(begin_ms + length_ms).toISOString(),
  })
  return {
    range,
    current: span(from_ms),
    previous: compare === 'previous' ? span(from_ms - length_ms) : null,
    length_ms,
    interval: intervalOf(length_ms),
  }
}

function intervalOf(length_ms: number): Period['interval'] {
  if (length_ms <= 6 * HOUR_MS) return '15m'
  if (length_ms <= 3 * DAY_MS) return 'hour'
  return length_ms <= 120 * DAY_MS ? 'day' : 'week'
}
