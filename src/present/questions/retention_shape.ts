/** The answer of retention, as JSON: cohorts with their cells, active people, repeaters. */
interface Counted {
  readonly persons: number
  /** The share of its whole; null where the whole is nobody. */
  readonly rate: number | null
  /** The period is not over at `as_of`: the number still grows. */
  readonly incomplete: boolean
  readonly people: string
}

export interface RetentionCell extends Counted {
  /** How many periods after the cohort's own. */
  readonly period: number
}

export interface Cohort {
  /** The first date of the period that makes the cohort. */
  readonly cohort: string
  readonly persons: number
  readonly incomplete: boolean
  readonly repeaters: number
  readonly repeat_rate: number | null
  readonly people: string
  readonly cells: readonly RetentionCell[]
}

export interface CurvePoint {
  readonly period: number
  readonly persons: number
  /** Everybody in the cohorts for which this period is over. */
  readonly of: number
  readonly rate: number | null
}

export interface ActivePeriod {
  readonly start: string
  readonly persons: number
  readonly new: number
  readonly returning: number
  readonly not_yet: number
  readonly incomplete: boolean
  readonly people: string
}

export interface RetentionAnswer {
  readonly cohort: string
  readonly return: string
  readonly period: string
  readonly kind: string
  readonly time_zone: string
  readonly as_of: string
  readonly definition: string
  readonly cohorts: readonly Cohort[]
  /** All cohorts together, as far as the period is over for them. */
  readonly curve: readonly CurvePoint[]
  readonly active: readonly ActivePeriod[]
  readonly persons: number
  readonly repeaters: number
  readonly repeat_rate: number | null
  /** People in cohorts outside of what is shown. */
  readonly persons_not_shown: number
  readonly acts_without_person: number
}

const number = { type: 'number' }
const text = { type: 'string' }
const flag = { type: 'boolean' }
const rate = { type: ['number', 'null'] }
const list = (properties: object) => ({ type: 'array', items: { type: 'object', properties } })
const counted = { persons: number, rate, incomplete: flag, people: text }

export const RETENTION_SCHEMA = {
  type: 'object',
  properties: {
    ...{ cohort: text, return: text, period: text, kind: text, time_zone: text, as_of: text },
    definition: text,
    cohorts: list({
      ...{ cohort: text, persons: number, incomplete: flag, repeaters: number },
      ...{ repeat_rate: rate, people: text, cells: list({ period: number, ...counted }) },
    }),
    curve: list({ period: number, persons: number, of: number, rate }),
    active: list({
      ...{ start: text, persons: number, new: number, returning: number, not_yet: number },
      ...{ incomplete: flag, people: text },
    }),
    ...{ persons: number, repeaters: number, repeat_rate: rate, persons_not_shown: number },
    acts_without_person: number,
  },
} as const
