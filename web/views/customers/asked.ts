/**
 * Which customers are looked at: those with an event in the time chosen, as they were at its end.
 * All time takes in everybody.
 */
import { useMemo } from 'react'
import { useFigures } from '../../api/figures.ts'
import { filtersFor } from '../../parts/filter_bar.tsx'
import { useFields } from '../../state/address.ts'
import { choice, integer } from '../../state/fields.ts'
import { type Span, usePeriod } from '../../state/period.ts'
import { SHARED } from '../../state/shared.ts'

/** Columns of customer_features that are worth a filter by hand. */
export const FILTERS = [
  ...['first_channel', 'preferred_device', 'preferred_category_viewed'],
  ...['preferred_category_bought', 'orders', 'revenue', 'sessions', 'carts_abandoned'],
  ...['days_since_last_seen', 'days_since_last_order', 'currency'],
] as const

export const LAPSED_DAYS = [30, 60, 90, 180, 365] as const

export type Breakdown =
  | 'none'
  | 'first_channel'
  | 'preferred_device'
  | 'preferred_category_viewed'
  | 'preferred_category_bought'
export const BREAKDOWNS: readonly Breakdown[] = Object.freeze([
  ...(['none', 'first_channel', 'preferred_device', 'preferred_category_viewed'] as const),
  'preferred_category_bought',
])

export const FIELDS = {
  lapsed_days: integer(90, 1, 3_650),
  by: choice<Breakdown>(BREAKDOWNS, 'none'),
} as const

export interface CustomersAsked {
  readonly as_of?: string
  readonly seen_since?: string
  readonly lapsed_days: number
  readonly where: readonly string[]
}

export interface AskedTimes {
  readonly now: CustomersAsked
  /** As they were when the time looked at began; null where nothing is compared. */
  readonly before: CustomersAsked | null
}

/** Null as long as it is not known how far the events go. */
export function useCustomersAsked(): AskedTimes | null {
  const period = usePeriod()
  const [{ lapsed_days }] = useFields(FIELDS)
  const [{ where: given }] = useFields(SHARED)
  const as_of = useFigures().answer?.as_of ?? null
  const to = period?.current.to
  // Tricky: an end that is yet to come would end the sessions that are under way.
  const isOver = to !== undefined && as_of !== null && to <= as_of
  return useMemo(() => {
    if (!period) return null
    const where = filtersFor(FILTERS, given)
    const of = (span: Span, end: 'over' | 'under way'): CustomersAsked => ({
      ...(span.to && end === 'over' ? { as_of: span.to } : {}),
      ...(span.from ? { seen_since: span.from } : {}),
      ...{ lapsed_days, where },
    })
    return {
      now: of(period.current, isOver ? 'over' : 'under way'),
      before: period.previous && of(period.previous, 'over'),
    }
  }, [period, lapsed_days, given, isOver])
}
