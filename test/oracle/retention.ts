/**
 * Retention by hand: who did something first in which period, and who was back how much later. Acts
 * come with the date of the shop's calendar; nothing here knows of time zones.
 */
export interface Act {
  readonly person: string
  /** `2026-01-31`. */
  readonly date: string
  /** Counts for the beginning, for being back, or for both. */
  readonly begins: boolean
  readonly returns: boolean
}

export interface RetentionOf {
  readonly period: 'day' | 'week' | 'month'
  readonly kind: 'bounded' | 'rolling'
  readonly periods: number
}

export interface OracleCohort {
  readonly cohort: string
  readonly persons: number
  readonly repeaters: number
  /** Back after 0, 1, 2, ... periods. */
  readonly back: readonly number[]
}

const DAY_MS = 86_400_000
const add = (date: string, days: number) =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)

/** The first date of the period of a date. */
export function startOf(period: RetentionOf['period'], date: string): string {
  if (period === 'day') return date
  if (period === 'month') return `${date.slice(0, 7)}-01`
  const weekday = new Date(date).getUTCDay()
  return add(date, weekday === 0 ? -6 : 1 - weekday)
}

/** The first date of the next period. */
export function next(period: RetentionOf['period'], start: string): string {
  if (period !== 'month') return add(start, period === 'day' ? 1 : 7)
  return startOf('month', add(start, 31))
}

/** The cohorts in their order; `back` has an element for every period up to that of `last_date`. */
export function cohortsOf(
  acts: readonly Act[],
  { period, kind, periods }: RetentionOf,
  last_date: string,
): readonly OracleCohort[] {
  const persons = [...Map.groupBy(acts, ({ person }) => person).values()]
  const histories = persons.flatMap((own) => {
    const begun = own.filter(({ begins }) => begins).map(({ date }) => startOf(period, date))
    const back = own.filter(({ returns }) => returns).map(({ date }) => startOf(period, date))
    const [first] = begun.toSorted()
    return first === undefined ? [] : [{ first, times: begun.length, back: new Set(back) }]
  })
  const cohorts = [...Map.groupBy(histories, ({ first }) => first)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )
  return cohorts.map(([cohort, members]) => {
    const back: number[] = []
    for (let start = cohort; start <= last_date; start = next(period, start)) {
      if (back.length > periods) break
      const isBack = (each: string) => (kind === 'bounded' ? each === start : each >= start)
      back.push(members.filter((member) => [...member.back].some(isBack)).length)
    }
    const repeaters = members.filter(({ times }) => times > 1).length
    return { cohort, persons: members.length, repeaters, back }
  })
}

/** Persons who did something that counts as being back, per period. */
export function activeOf(acts: readonly Act[], period: RetentionOf['period']) {
  const returns = acts.filter((act) => act.returns)
  const periods = Map.groupBy(returns, ({ date }) => startOf(period, date))
  return new Map(
    [...periods].map(([start, own]) => [start, new Set(own.map((a) => a.person)).size]),
  )
}
