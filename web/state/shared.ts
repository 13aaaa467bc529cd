/**
 * What goes along from view to view: the time looked at, whether it is compared, and which sessions
 * are meant. All else in an address belongs to its view.
 */
import { choice, list, text } from './fields.ts'

/** How far back from the latest event; `custom` is from `from` to `to`. */
export const RANGES = ['1h', '24h', '7d', '30d', '90d', 'all', 'custom'] as const
export type Range = (typeof RANGES)[number]

export const SHARED = {
  range: choice(RANGES, '7d'),
  /** For `custom`: days such as 2026-01-31, the last one included. */
  from: text(),
  to: text(),
  compare: choice(['previous', 'none'], 'none'),
  /** As the API takes it: `channel=email`, `utm_source!=ads`. */
  where: list(),
} as const

/** Of a query, what another view understands too. */
export function sharedOf(query: string): URLSearchParams {
  const kept = [...new URLSearchParams(query)].filter(([name]) => Object.hasOwn(SHARED, name))
  return new URLSearchParams(kept)
}
