/**
 * People by how they first came: those whose first visit, a session, is such. For questions about
 * people, of whom no single session is asked.
 */
import type { Asked } from './question.ts'
import {
  CUSTOMER_JOIN,
  PERSON_JOIN,
  SESSION_FILTERS,
  sessionConditions,
} from './session_filters.ts'

export const FIRST_VISIT_FILTER = {
  where: {
    ...SESSION_FILTERS.where,
    about: `Only people whose first visit was such. ${SESSION_FILTERS.where.about}`,
  },
} as const

/**
 * A query for their ids, as column person_id; null where everybody is meant. Of visits that begin
 * at the same time the one of the smallest ids is first. Throws BAD_REQUEST.
 */
export function firstVisitsSql({ where }: Asked<typeof FIRST_VISIT_FILTER>): string | null {
  if (where.length === 0) return null
  const { sql, reads } = sessionConditions({ from: undefined, to: undefined, where })
  return `SELECT person_id FROM (
      SELECT coalesce(persons.person_id, session.visitor_id) AS person_id,
        coalesce(${sql.join(' AND ')}, FALSE) AS is_such,
        (session.window_start, session.visitor_id, coalesce(session.session_id, '')) AS place
      FROM sessions AS session ${reads === 'session' ? PERSON_JOIN : CUSTOMER_JOIN})
    GROUP BY person_id HAVING arg_min(is_such, place)`
}
