/** The visitors that customers are: which, since when, and by which user ids. */
import type { Statement } from '../questions/question.ts'

/** Visitors told of one customer; of more the latest. */
export const VISITORS_MAX = 100

/** One row per visitor of a past, the latest first. */
export function visitorsSql(past: Statement): Statement {
  const sql = `WITH ${past.sql}
    SELECT person_id, visitor_id, list_sort(list(DISTINCT user_id) FILTER (user_id IS NOT NULL))
        AS user_ids, min(event_time) AS first_seen, max(event_time) AS last_seen,
      count(*) AS events, any_value(link.updated_at) AS linked_at
    FROM past_events LEFT JOIN (SELECT visitor_id AS linked_id, updated_at FROM identity
        WHERE person_id IS NOT NULL) AS link ON linked_id = visitor_id
    GROUP BY person_id, visitor_id
    ORDER BY last_seen DESC, visitor_id LIMIT ${VISITORS_MAX + 1}`
  return { sql, params: past.params }
}

/** What the shop told of the customers of a past, by every id that they go by. */
export function profilesSql(past: Statement): Statement {
  const sql = `WITH ${past.sql}
    SELECT * FROM customers WHERE user_id IN (
      SELECT person_id FROM past_events UNION SELECT user_id FROM past_events)
    ORDER BY user_id LIMIT ${VISITORS_MAX}`
  return { sql, params: past.params }
}

/** A row per visitor and user id that it named: the people behind a cell. */
export function peopleSql(past: Statement): Statement {
  const sql = `WITH ${past.sql}
    SELECT DISTINCT person_id, visitor_id, user_id FROM past_events ORDER BY ALL`
  return { sql, params: past.params }
}
