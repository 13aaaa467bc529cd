/** `retention`: do they come back? Cohorts by a first act, and how many of each were back later. */
import { ClickpathError } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import { firstVisitsSql } from './first_visits.ts'
import { type Period, periodAt, periodOf } from './periods.ts'
import type { Question, QuestionContext } from './question.ts'
import { retentionAnswer, retentionRows } from './retention_answer.ts'
import { RETENTION_PARAMETERS, type RetentionAsked } from './retention_parameters.ts'
import type { RetentionSql } from './retention_people.ts'
import { RETENTION_SCHEMA, type RetentionAnswer } from './retention_shape.ts'
import { countsSql, whoSql } from './retention_sql.ts'

/** Nobody reads more; the latest are shown, and `to` shows earlier ones. */
const COHORTS_MAX = 128

/** Stands in SQL that is only explained, where the last event is not looked up. */
const END_OF_TIME = '9999-12-31T00:00:00.000Z'

/** What there is to ask in SQL, "now" settled; nothing was known before `since`. */
function settled(
  asked: RetentionAsked,
  settings: Settings,
  as_of: string,
  since?: string,
): RetentionSql {
  const period = asked.period as Period
  const at = (time: string | undefined) =>
    time === undefined ? 0 : periodAt(period, time, settings.time_zone)
  const before = (time: string) => at(new Date(Date.parse(time) - 1).toISOString())
  const last = before(as_of)
  const to = Math.min(last, asked.to === undefined ? last : before(asked.to))
  const from = Math.max(to - COHORTS_MAX + 1, at(asked.from), at(since))
  const { cohort: begin, return: back, kind, periods } = asked
  const only = firstVisitsSql(asked)
  return { begin, back, period, kind, periods, as_of, only, shown: [from, to], last }
}

interface Known {
  readonly since: string | undefined
  /** Just after the last event: where nobody says otherwise nothing known is left out. */
  readonly until: string
}

async function known({ store, as_of }: QuestionContext): Promise<Known> {
  const ends = 'SELECT min(event_time) AS first, max(event_time) AS last FROM events'
  const [row] = await store.rows(ends)
  if (typeof row?.first !== 'string') return { since: undefined, until: as_of }
  const until = new Date(Date.parse(String(row.last)) + 1).toISOString()
  return { since: row.first, until }
}

/** The people of a cell: when they were back, and what else holds for them. */
function cellOf(asked: RetentionAsked, { period, kind, shown }: RetentionSql) {
  const { cohort_start, period_number, active_in, group } = asked
  const number = (date: string) => periodOf(period, date.slice(0, 10))
  const groups = { new: '=', returning: '<' } as const
  const repeaters = group === 'repeaters' ? ['acts > 1'] : []
  if (active_in !== undefined) {
    const active = number(active_in)
    const sign = groups[group as keyof typeof groups]
    const own = sign ? [`first ${sign} ${active}`] : repeaters
    const notYet = group === 'not_yet' ? [`(first IS NULL OR first > ${active})`] : []
    return { back_when: `number = ${active}`, conditions: ['is_back', ...own, ...notYet] }
  }
  if (cohort_start === undefined) {
    if (period_number !== undefined) {
      throw new ClickpathError('BAD_REQUEST', 'period_number: say of which cohort_start.')
    }
    const conditions = [`first BETWEEN ${shown[0]} AND ${shown[1]}`, ...repeaters]
    return { back_when: 'TRUE', conditions }
  }
  const first = number(cohort_start)
  const back_when = `number ${kind === 'rolling' ? '>=' : '='} ${first + (period_number ?? 0)}`
  const isBack = period_number === undefined ? [] : ['is_back']
  return { back_when, conditions: [`first = ${first}`, ...repeaters, ...isBack] }
}

export const retention: Question<typeof RETENTION_PARAMETERS, RetentionAnswer> = {
  name: 'retention',
  answers: 'Do they come back, and how many of each cohort after how long?',
  parameters: RETENTION_PARAMETERS,
  examples: [
    'clickpath retention',
    'clickpath retention --cohort purchase --return purchase --period month --kind rolling',
    'clickpath retention --cohort signup --return purchase --period week --periods 8',
  ],
  answer: RETENTION_SCHEMA,
  statements: (asked, settings) => {
    return [countsSql(settled(asked, settings, asked.as_of ?? END_OF_TIME), settings)]
  },
  ask: async (asked, context) => {
    const { settings, store } = context
    const { since, until } = await known(context)
    const sql = settled(asked, settings, asked.as_of ?? until, since)
    const { sql: text, params } = countsSql(sql, settings)
    return retentionAnswer(asked, sql, settings, await store.rows(text, params))
  },
  people: (asked, settings) => {
    const sql = settled(asked, settings, asked.as_of ?? END_OF_TIME)
    const { back_when, conditions } = cellOf(asked, sql)
    return whoSql(sql, settings, back_when, conditions)
  },
  rows: retentionRows,
}
