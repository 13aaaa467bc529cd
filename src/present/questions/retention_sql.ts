/**
 * The SQL of retention: counts from the rows of people, each of whom carries a bit for every period
 * in which they were back.
 */
import type { Zone } from '../../std/local_time.ts'
import type { Statement } from './question.ts'
import { type Measure, peopleSql, type RetentionSql } from './retention_people.ts'

/** A bit a period; so many fit into one number. */
const BITS = 64

interface Word {
  readonly name: string
  /** Numbers of the first and the last period that it has a bit for. */
  readonly first: number
  readonly last: number
}

/** Words with a bit for every period in which a cohort that is shown may be back. */
function wordsOf({ shown: [first, to], periods, last }: RetentionSql): readonly Word[] {
  const end = Math.min(last, to + periods)
  const count = Math.max(0, Math.ceil((end - first + 1) / BITS))
  return Array.from({ length: count }, (_, index) => {
    const begin = first + index * BITS
    return { name: `marks_${index}`, first: begin, last: Math.min(end, begin + BITS - 1) }
  })
}

/** A list of the periods of each person would say the same, and take thrice the time. */
function marksOf({ name, first, last }: Word): Measure {
  const bit = `CAST(1 AS UBIGINT) << CAST(number - ${first} AS UTINYINT)`
  const isMarked = `returns AND number BETWEEN ${first} AND ${last}`
  return { name, ofActs: `bit_or(CASE WHEN ${isMarked} THEN ${bit} END)`, ofVisitors: 'bit_or' }
}

const LAST: Measure = {
  ...{ name: 'last', ofActs: 'max(CASE WHEN returns THEN number END)', ofVisitors: 'max' },
}

/** Rows of first, number, persons: how many who began in `first` were back in `number`. */
function seenSql(words: readonly Word[]): string {
  const columns = ['first', ...words.map(({ name }) => name)].join(', ')
  const parts = words.map(({ name, first, last }) => {
    const isSet = `(${name} >> CAST(number - ${first} AS UTINYINT)) & 1 = 1`
    return `SELECT first, number, sum(persons) AS persons FROM patterns,
      (SELECT unnest(range(${first}, ${last + 1})) AS number) WHERE ${isSet} GROUP BY ALL`
  })
  const none = 'SELECT first, 0 AS number, persons FROM patterns WHERE FALSE'
  return `patterns AS MATERIALIZED (SELECT ${columns}, count(*) AS persons FROM people
      GROUP BY ALL),
    seen AS MATERIALIZED (${[...parts, ...(parts.length > 0 ? [] : [none])].join(' UNION ALL ')})`
}

const BOUNDED = `SELECT first, number - first AS number, sum(persons) AS persons FROM seen
  WHERE number >= first GROUP BY ALL`
const rolling = (periods: number) => `SELECT first, number, sum(persons) AS persons
  FROM (SELECT first, last, count(*) AS persons FROM people
    WHERE first IS NOT NULL GROUP BY ALL),
    (SELECT unnest(range(${periods + 1})) AS number)
  WHERE last >= first + number GROUP BY ALL`

/**
 * Rows of what: `cohort` (number = its period; persons, repeaters), `cell` (first = the cohort,
 * number = periods later), `active` (number = the period; persons, fresh, old), `nobody` (acts that
 * are nobody's), `hidden` (people in cohorts that are not shown).
 */
export function countsSql(asked: RetentionSql, settings: Zone): Statement {
  const words = wordsOf(asked)
  const marks = words.map(marksOf)
  const { sql, params } = peopleSql(asked, settings, [
    ...marks,
    ...(asked.kind === 'rolling' ? [LAST] : []),
  ])
  const between = (name: string) => `${name} BETWEEN ${asked.shown[0]} AND ${asked.shown[1]}`
  const cells = asked.kind === 'rolling' ? rolling(asked.periods) : BOUNDED
  return {
    sql: `${sql}, ${seenSql(words)}
    SELECT 'cohort' AS what, first AS number, NULL AS first, count(*) AS persons,
      count(*) FILTER (WHERE acts > 1) AS repeaters, NULL AS fresh, NULL AS old
    FROM people WHERE ${between('first')} GROUP BY ALL
    UNION ALL SELECT 'cell', number, first, persons, NULL, NULL, NULL FROM (${cells})
      WHERE number <= ${asked.periods} AND ${between('first')}
    UNION ALL SELECT 'active', number, NULL, sum(persons), NULL,
      sum(persons) FILTER (WHERE first = number), sum(persons) FILTER (WHERE first < number)
    FROM seen WHERE ${between('number')} GROUP BY number
    UNION ALL SELECT 'nobody', NULL, NULL, sum(acts), NULL, NULL, NULL FROM unlinked
      WHERE is_nobody
    UNION ALL SELECT 'hidden', NULL, NULL, count(*), NULL, NULL, NULL FROM people
      WHERE first IS NOT NULL AND NOT ${between('first')}
    ORDER BY what, first, number`,
    params,
  }
}

/** The people for whom the conditions hold; `is_back` is true where `back_when` is of an act. */
export function whoSql(
  asked: RetentionSql,
  settings: Zone,
  back_when: string,
  conditions: readonly string[],
): Statement {
  const isBack = `bool_or(returns AND ${back_when})`
  const { sql, params } = peopleSql(asked, settings, [
    { name: 'is_back', ofActs: isBack, ofVisitors: 'bool_or' },
    { name: 'first_seen', ofActs: 'min(act_time)', ofVisitors: 'min' },
    { name: 'last_seen', ofActs: 'max(act_time)', ofVisitors: 'max' },
  ])
  return {
    sql: `${sql} SELECT person_id, visitor_id, first_seen, last_seen, acts FROM people
      WHERE ${conditions.join(' AND ')} ORDER BY first_seen, person_id`,
    params,
  }
}
