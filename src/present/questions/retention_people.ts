/**
 * What each person did, in one pass over all acts: the first period, how many acts, and what else
 * is asked for.
 */
import { localTime, type Zone } from '../../std/local_time.ts'
import { actsSql, NOBODY } from './acts.ts'
import { type Period, periodSql } from './periods.ts'
import type { Statement } from './question.ts'

export interface RetentionSql {
  readonly begin: string
  readonly back: string
  readonly period: Period
  readonly kind: string
  readonly periods: number
  /** Only what happened before it counts; ISO 8601. */
  readonly as_of: string
  /** A query for the only people that are meant; null where everybody is. */
  readonly only: string | null
  /** Numbers of the first and last period that are shown. */
  readonly shown: readonly [number, number]
  /** The number of the last period in which anything can have happened before `as_of`. */
  readonly last: number
}

/** No offset of a time zone is finer than a quarter of an hour: few rows to ask the calendar of. */
const QUARTER_US = 900_000_000

function datedSql(acts: string, zone: Zone): string {
  const told = `(SELECT * FROM (${acts}) WHERE act_time < CAST(? AS TIMESTAMP))`
  if (zone.time_zone === 'UTC')
    return `told AS ${told}, dated AS (SELECT *, CAST(act_time AS DATE) AS day FROM told)`
  const local = localTime(`make_timestamp(quarter * ${QUARTER_US})`, zone)
  const quarter = `epoch_us(act_time) // ${QUARTER_US}`
  // Read twice, and orders are dear to put together.
  return `told AS MATERIALIZED ${told}, days AS (SELECT quarter, CAST(${local} AS DATE) AS day
      FROM (SELECT DISTINCT ${quarter} AS quarter FROM told)),
    dated AS (SELECT told.*, day FROM told JOIN days ON ${quarter} = quarter)`
}

/** What is put together of the acts of a visitor, and then of all visitors of a person. */
export interface Measure {
  readonly name: string
  readonly ofActs: string
  readonly ofVisitors: 'min' | 'max' | 'sum' | 'bit_or' | 'bool_or'
}

/**
 * Rows of `people`: one per person with the first period, how many acts, and what else is asked
 * for. Visitors come first, since most of them are a person of their own and need no second look.
 * Tricky: IN keeps the small side of a join small; joins in words are guessed the wrong way round.
 */
export function peopleSql(
  { begin, back, period, as_of, only: meant }: RetentionSql,
  settings: Zone,
  more: readonly Measure[],
): Statement {
  const acts = actsSql(begin, back)
  const only = begin === back ? '' : ' FILTER (WHERE begins)'
  const measures: readonly Measure[] = [
    { name: 'first', ofActs: `min(number)${only}`, ofVisitors: 'min' },
    { name: 'acts', ofActs: `count(*)${only}`, ofVisitors: 'sum' },
    ...more,
  ]
  const names = measures.map(({ name }) => name).join(', ')
  const told = measures.map(({ name, ofActs }) => `${ofActs} AS ${name}`).join(', ')
  const merged = measures.map(({ name, ofVisitors }) => `${ofVisitors}(${name}) AS ${name}`)
  const sql = `WITH ${datedSql(acts.sql, settings)},
    visitors AS MATERIALIZED (SELECT visitor_id, ${told}
      FROM (SELECT *, ${periodSql(period, 'day')} AS number FROM dated) GROUP BY visitor_id),
    links AS MATERIALIZED (SELECT visitor_id, person_id FROM persons),
    linked AS MATERIALIZED (FROM links UNION ALL SELECT DISTINCT person_id, person_id FROM links
      WHERE person_id NOT IN (SELECT visitor_id FROM links)),
    nobody AS (${NOBODY}),
    unlinked AS MATERIALIZED (SELECT *, visitor_id IN (FROM nobody) AS is_nobody FROM visitors
      WHERE visitor_id NOT IN (SELECT visitor_id FROM linked)),
    people AS MATERIALIZED (FROM (
      SELECT visitor_id AS person_id, visitor_id, ${names} FROM unlinked WHERE NOT is_nobody
      UNION ALL SELECT person_id, min(visitor_id), ${merged.join(', ')}
        FROM visitors JOIN linked USING (visitor_id) GROUP BY person_id)
      ${meant === null ? '' : `WHERE person_id IN (${meant})`})`
  return { sql, params: [...acts.params, as_of] }
}
