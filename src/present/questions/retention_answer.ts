/** Counts from SQL put into the answer of retention, each with the people behind it. */
import type { Row } from '../../engine/contract.ts'
import type { Zone } from '../../std/local_time.ts'
import { actWords } from './acts.ts'
import { peoplePath } from './parameters.ts'
import { firstDate, periodAt } from './periods.ts'
import { RETENTION_PARAMETERS, type RetentionAsked } from './retention_parameters.ts'
import type { RetentionSql } from './retention_people.ts'
import type {
  ActivePeriod,
  Cohort,
  CurvePoint,
  RetentionAnswer,
  RetentionCell,
} from './retention_shape.ts'

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function definitionOf({ cohort, return: back, kind, period }: RetentionAsked): string {
  const when =
    kind === 'rolling' ? `in that ${period} or any later one` : `in exactly that ${period}`
  return [
    `A cohort is everybody whose first act was in its ${period}; the act is ${actWords(cohort)}.`,
    'First is first in all history known before as_of: from and to choose which cohorts are shown',
    'and change none of them.',
    `Back is ${actWords(back)}, ${when}; period 0 is the cohort's own, the first act included.`,
    'A repeater did the act of the cohort more than once.',
    'Acts known by a session alone, without a visitor or user id, are no person and left out.',
  ].join(' ')
}

/** What all parts of one answer are made from. */
class Counts {
  readonly sql: RetentionSql
  /** The last period in which something can have happened; it is over unless it is `open`. */
  readonly #last: number
  readonly #open: number
  readonly #asked: RetentionAsked
  readonly #rows: ReadonlyMap<string, Row>

  constructor(asked: RetentionAsked, sql: RetentionSql, zone: string, rows: readonly Row[]) {
    this.sql = sql
    this.#asked = asked
    this.#open = periodAt(sql.period, sql.as_of, zone)
    this.#last = periodAt(sql.period, new Date(Date.parse(sql.as_of) - 1).toISOString(), zone)
    this.#rows = new Map(rows.map((row) => [`${row.what} ${row.first} ${row.number}`, row]))
  }

  rowsOf(what: string): readonly Row[] {
    return [...this.#rows.values()].filter((row) => row.what === what)
  }

  persons(what: string, first: number | null = null, number: number | null = null): number {
    return Number(this.#rows.get(`${what} ${first} ${number}`)?.persons ?? 0)
  }

  date(number: number): string {
    return firstDate(this.sql.period, number)
  }

  isOver(number: number): boolean {
    return number < this.#open
  }

  people(cell: Readonly<Record<string, string | number>>): string {
    const told = { as_of: this.sql.as_of, ...cell }
    return peoplePath({ name: 'retention', parameters: RETENTION_PARAMETERS }, this.#asked, told)
  }

  /** Periods that have not begun are left out: nothing is known of them, not even zero. */
  cells(first: number, persons: number): readonly RetentionCell[] {
    const count = Math.min(this.sql.periods, this.#last - first) + 1
    return Array.from({ length: count }, (_, period) => {
      const back = this.persons('cell', first, period)
      return {
        period,
        persons: back,
        rate: share(back, persons),
        incomplete: !this.isOver(first + period),
        people: this.people({ cohort_start: this.date(first), period_number: period }),
      }
    })
  }
}

function cohortOf(counts: Counts, row: Row): Cohort {
  const [first, persons, repeaters] = [row.number, row.persons, row.repeaters].map(Number) as [
    number,
    number,
    number,
  ]
  return {
    cohort: counts.date(first),
    persons,
    incomplete: !counts.isOver(first),
    repeaters,
    repeat_rate: share(repeaters, persons),
    people: counts.people({ cohort_start: counts.date(first) }),
    cells: counts.cells(first, persons),
  }
}

/** A cohort whose period is not over would pull the curve down at every point. */
function curveOf(cohorts: readonly Cohort[], periods: number): readonly CurvePoint[] {
  return Array.from({ length: periods + 1 }, (_, period): CurvePoint => {
    const over = cohorts.filter(({ cells }) => cells[period]?.incomplete === false)
    const persons = sum(over.map(({ cells }) => cells[period]?.persons ?? 0))
    const of = sum(over.map((cohort) => cohort.persons))
    return { period, persons, of, rate: share(persons, of) }
  }).filter(({ of }) => of > 0)
}

function activeOf(counts: Counts, row: Row): ActivePeriod {
  const [persons, fresh, old] = [row.persons, row.fresh ?? 0, row.old ?? 0].map(Number) as [
    number,
    number,
    number,
  ]
  const start = counts.date(Number(row.number))
  return {
    start,
    persons,
    new: fresh,
    returning: old,
    not_yet: persons - fresh - old,
    incomplete: !counts.isOver(Number(row.number)),
    people: counts.people({ active_in: start }),
  }
}

export function retentionAnswer(
  asked: RetentionAsked,
  sql: RetentionSql,
  { time_zone }: Zone,
  rows: readonly Row[],
): RetentionAnswer {
  const counts = new Counts(asked, sql, time_zone, rows)
  const cohorts = counts.rowsOf('cohort').map((row) => cohortOf(counts, row))
  const persons = sum(cohorts.map((cohort) => cohort.persons))
  const repeaters = sum(cohorts.map((cohort) => cohort.repeaters))
  const { cohort, return: back, period, kind } = asked
  return {
    ...{ cohort, return: back, period, kind, time_zone, as_of: sql.as_of },
    definition: definitionOf(asked),
    cohorts,
    curve: curveOf(cohorts, sql.periods),
    active: counts.rowsOf('active').map((row) => activeOf(counts, row)),
    persons,
    repeaters,
    repeat_rate: share(repeaters, persons),
    persons_not_shown: counts.persons('hidden'),
    acts_without_person: counts.persons('nobody'),
  }
}

const rounded = (rate: number | null | undefined) =>
  typeof rate === 'number' ? Math.round(rate * 10_000) / 10_000 : null

/** A row per period: who was active, the cohort that began, and the share of it that was back. */
export function retentionRows({ cohorts, active }: RetentionAnswer): readonly Row[] {
  const longest = Math.max(0, ...cohorts.map(({ cells }) => cells.length))
  const starts = new Set([...active.map(({ start }) => start), ...cohorts.map((one) => one.cohort)])
  return [...starts].sort().map((start) => {
    const own = cohorts.find(({ cohort }) => cohort === start)
    const seen = active.find((each) => each.start === start)
    const rates = Array.from({ length: longest }, (_, period) => {
      return [`after_${period}`, rounded(own?.cells[period]?.rate)]
    })
    return {
      ...{ period: start, active: seen?.persons ?? 0, returning: seen?.returning ?? 0 },
      ...{ cohort: own?.persons ?? 0, repeat_rate: rounded(own?.repeat_rate) },
      ...Object.fromEntries(rates),
    }
  })
}
