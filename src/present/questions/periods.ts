/**
 * Calendar periods as whole numbers, so that "two periods later" is a plus: days and weeks are
 * counted from 1970, months from the year 0. The calendar is that of the shop's time zone; weeks
 * begin on Monday.
 */
export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

const DAY_MS = 86_400_000
/** 1970 began on a Thursday, three days after a Monday. */
const DAYS_SINCE_MONDAY = 3

const dayNumber = (date: string): number => Date.parse(date) / DAY_MS
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** The number of the period that a date (`2026-01-31`) of the shop's calendar lies in. */
export function periodOf(period: Period, date: string): number {
  switch (period) {
    case 'day':
      return dayNumber(date)
    case 'week':
      return Math.floor((dayNumber(date) + DAYS_SINCE_MONDAY) / 7)
    case 'month':
      return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
  }
}

/** Its first date: `2026-01-01`. */
export function firstDate(period: Period, number: number): string {
  switch (period) {
    case 'day':
      return dateOf(number)
    case 'week':
      return dateOf(number * 7 - DAYS_SINCE_MONDAY)
    case 'month': {
      const [year, month] = [Math.floor(number / 12), (number % 12) + 1]
      return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`
    }
  }
}

/** The number of the period in which a moment (ISO 8601) lies. */
export function periodAt(period: Period, time: string, time_zone: string): number {
  // Tricky: of all locales the Canadian one writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, dateStyle: 'short' })
  return periodOf(period, format.format(Date.parse(time)))
}

/** The number of the period of a DATE, as SQL; the same numbers as `periodOf`. */
export function periodSql(period: Period, date: string): string {
  const day = `CAST(${date} - DATE '1970-01-01' AS INTEGER)`
  if (period === 'day') return day
  if (period === 'week') return `(${day} + ${DAYS_SINCE_MONDAY}) // 7`
  return `CAST(year(${date}) * 12 + month(${date}) - 1 AS INTEGER)`
}
