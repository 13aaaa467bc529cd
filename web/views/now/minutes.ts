/** The last hour minute by minute, gaps filled: what sparklines and the chart draw. */
import type { Figures } from '../../api/figures.ts'

const MINUTE_MS = 60_000
const MINUTES_MAX = 60
/** A shop that has just begun is not shown as a wall at the right of an empty hour. */
const MINUTES_MIN = 15

export interface Minute {
  readonly minute: string
  readonly events: number
  readonly visitors: number
  readonly purchases: number
  readonly buyers: number
  readonly orders: number
  readonly revenue: number
}

/** Revenue is that of one currency: amounts of several are never added up. */
export function minutesOf(figures: Figures, currency: string | null): readonly Minute[] {
  const latest = minuteAt(figures.as_of ?? '')
  const known = new Map(figures.minutes.map((row) => [minuteAt(row.minute), row]))
  const sold = figures.order_minutes.filter((row) => row.currency === currency)
  const earned = new Map(sold.map((row) => [minuteAt(row.minute), row]))
  const oldest = Math.min(latest, ...known.keys())
  // The minute under way would look like a fall at the end of every line.
  const last = oldest < latest ? latest - 1 : latest
  const span = Math.min(MINUTES_MAX, Math.max(MINUTES_MIN, last - oldest + 1))
  return Array.from({ length: span }, (_, at) => {
    const minute = last - span + 1 + at
    const { events = 0, visitors = 0, purchases = 0, buyers = 0 } = known.get(minute) ?? {}
    const { orders = 0, revenue = 0 } = earned.get(minute) ?? {}
    const time = new Date(minute * MINUTE_MS).toISOString()
    const counts = { events, visitors, purchases, buyers, orders }
    return { minute: time, ...counts, revenue: Number(revenue) }
  })
}

const minuteAt = (time: string): number => Math.floor(Date.parse(time) / MINUTE_MS)
