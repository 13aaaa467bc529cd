/**
 * Who a visitor is in the end. A link says that a visitor is a person; that person's id may be
 * linked on (a user whose id changed, by `alias`), so links are followed to their end:
 *
 *   cookie-1 -> mail-7 -> customer-42     cookie-1 and mail-7 are customer-42
 *
 * Links in a ring name nobody in the end: all in it, and all that lead into it, are then the
 * smallest id of the ring, whichever of its links came first.
 */

/** Links that are followed from one visitor; a longer chain ends at the person reached by then. */
const HOPS_MAX = 16

/** `passed` holds the ids that were left behind, the visitor first: as many as links followed. */
export const PERSONS = `WITH RECURSIVE links AS MATERIALIZED (
    SELECT visitor_id, person_id FROM identity WHERE person_id IS NOT NULL
  ), walks AS (
    SELECT visitor_id, person_id, [visitor_id] AS passed FROM links
      WHERE person_id IN (SELECT visitor_id FROM links)
    UNION ALL
    SELECT walks.visitor_id, link.person_id, list_append(passed, walks.person_id)
      FROM walks JOIN links AS link ON link.visitor_id = walks.person_id
      WHERE len(passed) < ${HOPS_MAX} AND NOT list_contains(passed, walks.person_id)
  ), ends AS (
    SELECT visitor_id, arg_max(person_id, len(passed)) AS reached,
      arg_max(passed, len(passed)) AS passed FROM walks GROUP BY visitor_id
  )
  SELECT visitor_id, coalesce(list_min(passed[list_position(passed, reached):]), reached, person_id)
      AS person_id, coalesce(len(passed), 1) AS links
    FROM links LEFT JOIN ends USING (visitor_id)`
