/**
 * The SQL of `journey_metrics`: steps next to one another, counted over all sessions. How many
 * sessions have a pair is counted over the different sequences of steps, of which there are far
 * fewer than sessions.
 */
import { nodeCellOf } from './paths_nodes.ts'
import { peopleOf } from './paths_walk.ts'
import type { Statement } from './question.ts'

/** What stands in parentheses already gets another one, as everywhere (`paths_nodes.ts`). */
const word = (column: string) =>
  `CASE WHEN starts_with(${column}, '(') THEN '(' || ${column} ELSE ${column} END`

/** After the last step nothing arrives: the list that is one shorter gives null. */
const TRANSITIONS = `moves AS (SELECT
      unnest(step_types) AS departure, unnest(step_types[2:]) AS arrival,
      unnest(step_times) AS departed, unnest(step_times[2:]) AS arrived, steps_truncated
    FROM chosen),
  pairs AS (SELECT departure, arrival, arrival IS NULL AND steps_truncated AS is_cut,
      count(*) AS transitions, avg(epoch_us(arrived) - epoch_us(departed)) / 1e6 AS seconds_mean,
      median(epoch_us(arrived) - epoch_us(departed)) / 1e6 AS seconds_median
    FROM moves GROUP BY ALL),
  ways AS (SELECT row_number() OVER () AS way, step_types, sessions
    FROM (SELECT step_types, count(*) AS sessions FROM chosen GROUP BY step_types)),
  having_pair AS (SELECT departure, arrival, sum(sessions) AS sessions
    FROM (SELECT DISTINCT way, sessions, unnest(step_types) AS departure,
      unnest(step_types[2:]) AS arrival FROM ways) GROUP BY ALL),
  transitions AS (SELECT ${word('departure')} AS from_event,
      CASE WHEN is_cut THEN '(more)' ELSE coalesce(${word('arrival')}, '(left)') END AS to_event,
      transitions, CASE WHEN arrival IS NULL THEN transitions ELSE sessions END AS sessions,
      seconds_mean, seconds_median
    FROM pairs LEFT JOIN having_pair USING (departure, arrival)
    UNION ALL SELECT '(entered)', ${word('step_types[1]')}, count(*), count(*), NULL, NULL
    FROM chosen GROUP BY step_types[1]),
  answered AS (SELECT from_event, to_event, CAST(transitions AS BIGINT) AS transitions,
      CAST(sessions AS BIGINT) AS sessions,
      transitions / sum(transitions) OVER (PARTITION BY from_event) AS share_of_from,
      seconds_mean, seconds_median FROM transitions)`

/** The view of that name: all sessions. */
export const JOURNEY_METRICS = `WITH chosen AS (SELECT step_types, step_times, steps_truncated
    FROM sessions),
  ${TRANSITIONS} SELECT * FROM answered`

/** The rows of the view for chosen sessions, and one without events that counts these. */
export function metricsSql({ sql, params }: Statement): Statement {
  return {
    sql: `WITH chosen AS (${sql}),
  ${TRANSITIONS}
  SELECT * FROM answered
  UNION ALL SELECT NULL, NULL, count(*) FILTER (steps_truncated), count(*), NULL, NULL, NULL
  FROM chosen
  ORDER BY transitions DESC, from_event, to_event`,
    params,
  }
}

/** `(left)` and what else is no event is read off the ends of a session. */
function pairCondition(from: string, to: string): Statement {
  const [departure, arrival] = [from, to].map((each) => nodeCellOf({ depth: 1 }, 1, each).node)
  if (from === '(entered)') return { sql: 'step_types[1] = ?', params: [arrival] }
  if (to === '(left)' || to === '(more)') {
    const cut = to === '(more)' ? 'steps_truncated' : 'NOT steps_truncated'
    return { sql: `step_types[-1] = ? AND ${cut}`, params: [departure] }
  }
  const found = 'lambda step, i: step = ? AND step_types[i + 1] = ?'
  return {
    sql: `list_contains(step_types, ?) AND list_contains(step_types, ?)
      AND len(list_filter(step_types, ${found})) > 0`,
    params: [departure, arrival, departure, arrival],
  }
}

/** Everybody in the answer, or those who made one transition. Throws BAD_REQUEST. */
export function metricsPeopleSql(
  { sql, params }: Statement,
  pair: readonly [string, string] | null,
): Statement {
  const condition = pair ? pairCondition(...pair) : { sql: 'true', params: [] }
  const rows = `SELECT visitor_id, user_id, window_start FROM (${sql}) WHERE ${condition.sql}`
  return { sql: peopleOf(rows), params: [...params, ...condition.params] }
}
