/** What can be chosen of retention, as it stands in the address, and how it is asked of the API. */
import type { Answer, Asked } from '../../api/routes.ts'
import { choice, integer, text, type ValuesOf } from '../../state/fields.ts'

export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

export const FIELDS = {
  cohort: text('visit'),
  return: text('visit'),
  period: choice(PERIODS, 'week'),
  kind: choice(['bounded', 'rolling'], 'bounded'),
  /** How many cohorts are shown, and so how long they are followed. */
  cohorts: integer(12, 4, 52),
  compare: choice(['previous', 'none'], 'none'),
} as const

export type RetentionFields = ValuesOf<typeof FIELDS>
export type Retention = Answer<'/api/retention'>
export type Cohort = Retention['cohorts'][number]
export type Cell = Cohort['cells'][number]

/** So many periods before a moment; the API takes the period in which it lies. */
function earlier(time: string, period: Period, count: number): string {
  const at = new Date(time)
  // The middle of a month exists in every month.
  if (period === 'month') {
    at.setUTCDate(15)
    at.setUTCMonth(at.getUTCMonth() - count)
  } else {
    at.setUTCDate(at.getUTCDate() - count * (period === 'week' ? 7 : 1))
  }
  return at.toISOString().slice(0, 10)
}

/** The latest cohorts, or as many before them. Null as long as nobody knows how far events go. */
export function askedOf(
  fields: RetentionFields,
  where: readonly string[],
  as_of: string | null | undefined,
  which: 'latest' | 'before',
): Asked<'/api/retention'> | null {
  if (!as_of) return null
  const { cohort, period, kind, cohorts } = fields
  const asked = { cohort, return: fields.return, period, kind, periods: cohorts - 1, where }
  const first = earlier(as_of, period, cohorts - 1)
  if (which === 'latest') return { ...asked, from: first }
  return { ...asked, from: earlier(first, period, cohorts), to: startOf(first, period) }
}

/** The first day of its period, by the calendar of UTC. */
function startOf(date: string, period: Period): string {
  const at = new Date(date)
  if (period === 'month') at.setUTCDate(1)
  // Sunday is 0, and weeks begin on Monday.
  if (period === 'week') at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  return at.toISOString().slice(0, 10)
}
