/**
 * The SQL of `journeys`. Where there may be as many different ways as sessions, they are counted by
 * a hash of their nodes, which is quick; only the most frequent are then looked at node by node, so
 * what is told is counted by the nodes themselves. Among equally frequent ones the hash decides:
 * always the same ones are told, in the same order.
 */
import { peopleOf, type WalkAsked, walkSql } from './paths_walk.ts'
import type { Statement } from './question.ts'

export interface JourneysAsked extends WalkAsked {
  readonly outcome: string
  readonly limit: number
  readonly journey: string | undefined
  readonly goes_on: string | undefined
}

const OUTCOMES: Readonly<Record<string, string>> = { converted: 'converted', left: 'NOT converted' }

/** More than are asked for: should two ways share a hash, both are found. */
const SPARE = 16

function waysSql(asked: JourneysAsked, whose: string): Statement {
  const { depth, outcome } = asked
  const { sql, params } = walkSql(asked)
  const isBefore = asked.end !== undefined && asked.start === undefined
  const nodes = isBefore ? `path[-${depth}:]` : `path[:${depth}]`
  return {
    sql: `${sql},
  ways AS (SELECT ${whose}, ${nodes} AS nodes, len(path) > ${depth} AS goes_on
    FROM paths WHERE ${OUTCOMES[outcome] ?? 'true'})`,
    params,
  }
}

const MEASURES = `count(*) AS sessions, count(*) FILTER (converted) AS converted,
      median(duration_s) AS duration_s`
const LONG = 'count(*) FILTER (steps_truncated) AS truncated'

/** Ways by event type are few: they are put together node by node at once. */
const fewSql = (
  limit: number,
) => `grouped AS MATERIALIZED (SELECT nodes, goes_on, ${MEASURES}, ${LONG}
    FROM ways GROUP BY nodes, goes_on),
  totals AS (SELECT sum(sessions) AS sessions, sum(converted) AS converted, count(*) AS journeys,
      sum(truncated) AS truncated FROM grouped),
  told AS (SELECT * EXCLUDE (truncated) FROM grouped
    ORDER BY sessions DESC, hash(nodes, goes_on) LIMIT ${limit})`

const manySql = (limit: number) => `hashed AS MATERIALIZED (
    SELECT *, hash(nodes, goes_on) AS way FROM ways),
  counted AS MATERIALIZED (SELECT way, count(*) AS sessions,
      count(*) FILTER (converted) AS converted, ${LONG} FROM hashed GROUP BY way),
  totals AS (SELECT sum(sessions) AS sessions, sum(converted) AS converted, count(*) AS journeys,
      sum(truncated) AS truncated FROM counted),
  most AS MATERIALIZED (SELECT way FROM counted ORDER BY sessions DESC, way LIMIT ${limit + SPARE}),
  told AS (SELECT nodes, goes_on, ${MEASURES}
    FROM hashed WHERE way IN (SELECT way FROM most) GROUP BY nodes, goes_on
    ORDER BY sessions DESC, min(way) LIMIT ${limit})`

/**
 * A row per journey, the most frequent first; before them one without nodes for all together, whose
 * `journeys` is how many different ones there are.
 */
export function journeysSql(asked: JourneysAsked): Statement {
  const { sql, params } = waysSql(asked, 'converted, duration_s, steps_truncated')
  const counts = asked.by === 'event_type' ? fewSql(asked.limit) : manySql(asked.limit)
  return {
    sql: `WITH ${sql},
  ${counts}
  SELECT NULL AS nodes, NULL AS goes_on, sessions, converted, NULL AS duration_s, journeys,
    truncated FROM totals
  UNION ALL SELECT *, 1, 0 FROM told`,
    params,
  }
}

/** Everybody in the answer, or those who took one journey. */
export function journeyPeopleSql(asked: JourneysAsked): Statement {
  const { sql, params } = waysSql(asked, 'visitor_id, user_id, window_start')
  const { journey, goes_on } = asked
  const conditions = [
    ...(journey === undefined ? [] : ['nodes = CAST(CAST(? AS JSON) AS VARCHAR[])']),
    ...(goes_on === undefined ? [] : [goes_on === 'yes' ? 'goes_on' : 'NOT goes_on']),
  ]
  const where = ['true', ...conditions].join(' AND ')
  return {
    sql: `WITH ${sql}
  ${peopleOf(`SELECT visitor_id, user_id, window_start FROM ways WHERE ${where}`)}`,
    params: journey === undefined ? params : [...params, journey],
  }
}
