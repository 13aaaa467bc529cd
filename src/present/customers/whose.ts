/**
 * Whose past is asked for. Persons are found first and turned into the visitors that they are, so
 * that streams are cut down by their own column before anything else is done with them.
 */
import { quoteText } from '../../std/duckdb.ts'
import type { Statement } from '../questions/question.ts'

/** A statement gives a `person_id` a row; it may read the parts `moment` and `linked`. */
export type Whose = 'everybody' | Statement | { readonly visitors: readonly string[] }

const isStatement = (whose: Whose): whose is Statement => whose !== 'everybody' && 'sql' in whose

/** The condition on a stream's `visitor_id`; it reads the part `wanted`, where there is one. */
export function isWanted(whose: Whose): string {
  if (whose === 'everybody') return 'TRUE'
  if (isStatement(whose)) return 'visitor_id IN (SELECT visitor_id FROM wanted)'
  return `list_contains([${whose.visitors.map(quoteText).join(', ')}]::VARCHAR[], visitor_id)`
}

/** The part `wanted`: the visitors that the persons are, and no visitor that is somebody else. */
export function wantedPart(whose: Whose): Statement {
  if (!isStatement(whose)) return { sql: '', params: [] }
  const sql = `matched AS MATERIALIZED (${whose.sql}), wanted AS MATERIALIZED (
      SELECT visitor_id FROM linked WHERE person_id IN (SELECT person_id FROM matched)
      UNION SELECT person_id FROM matched
        WHERE NOT EXISTS (SELECT 1 FROM linked WHERE linked.visitor_id = matched.person_id)),`
  return { sql, params: whose.params }
}

/**
 * What the shop told of them, joined to `known` (person_id, user_id): of the person as `own`, of
 * the user id that their events named as `told`.
 */
export const PROFILES = `LEFT JOIN customers AS own ON own.user_id = known.person_id
  LEFT JOIN customers AS told ON told.user_id = known.user_id`

/** Whoever has the text in an id, name or address of theirs, in any case of letters. */
export function searched(text: string): Statement {
  const sql = `SELECT DISTINCT person_id FROM (
      SELECT coalesce(linked.person_id, seen.visitor_id) AS person_id, seen.visitor_id, user_id
      FROM (SELECT DISTINCT visitor_id, user_id FROM events) AS seen
        LEFT JOIN linked ON linked.visitor_id = seen.visitor_id) AS known ${PROFILES}
    WHERE contains(lower(concat_ws(' ', person_id, visitor_id, known.user_id, own.customer_name,
      own.email, told.customer_name, told.email)), lower(?))`
  return { sql, params: [text] }
}

/** Whoever the id belongs to: a person, a visitor, or all whose events named it as their user. */
export function named(id: string): Statement {
  const sql = `SELECT coalesce((SELECT person_id FROM linked WHERE visitor_id = ?), ?) AS person_id
    UNION SELECT coalesce(linked.person_id, seen.visitor_id)
      FROM (SELECT DISTINCT visitor_id FROM events WHERE user_id = ?) AS seen
        LEFT JOIN linked ON linked.visitor_id = seen.visitor_id`
  return { sql, params: [id, id, id] }
}
