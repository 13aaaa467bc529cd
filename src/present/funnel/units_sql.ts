/**
 * Units of a funnel: one row per session, or per person with the steps of all their sessions in the
 * range in one order: (time, begin of the session, visitor_id, session_id, place in the session).
 * Columns: unit_start, visitor_id, session_id, person_id, truncated, dimension, and the lists.
 */

import { STEP_COLUMNS, type StepColumn } from '../../model/funnel_step.ts'
import { quoteName } from '../../std/duckdb.ts'
import { CUSTOMER_JOIN, PERSON_JOIN } from '../questions/session_filters.ts'
import { listsOf } from './match_sql.ts'
import type { FunnelRequest } from './request.ts'

const columnOf = ({ column, home }: { readonly column: string; readonly home: string }): string =>
  `${home}.${quoteName(column)}`

/** The lists that are needed: what steps, exclusions and a breakdown by the first step read. */
function neededLists({ funnel: { steps, exclude }, by }: FunnelRequest): readonly string[] {
  const read = by?.home === 'step' ? [STEP_COLUMNS[by.column as StepColumn].list] : []
  return [...new Set([...listsOf([...steps, ...exclude]), ...read])]
}

function joinsOf({ funnel: { scope }, sessions, by }: FunnelRequest): string {
  if (by?.home === 'customer' || sessions.reads === 'session and customer') return CUSTOMER_JOIN
  return scope === 'person' ? PERSON_JOIN : ''
}

/** A row per session that is asked about, of `session`; with these columns beside its own. */
export function visitsSql(
  request: FunnelRequest,
  more: readonly string[],
  where: readonly string[] = [],
): string {
  const { by, funnel } = request
  const conditions = [...request.sessions.sql, ...where]
  const columns = [
    'session.window_start AS unit_start, session.visitor_id, session.session_id',
    funnel.scope === 'person'
      ? 'coalesce(persons.person_id, session.visitor_id) AS person_id'
      : 'NULL AS person_id',
    'session.steps_truncated AS truncated',
    by && by.home !== 'step'
      ? `CAST(${columnOf(by)} AS VARCHAR) AS dimension`
      : 'NULL AS dimension',
    ...more,
  ]
  return `SELECT ${columns.join(', ')}
      FROM sessions AS session
        ${joinsOf(request)}
      ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}`
}

const OWN = ['unit_start', 'visitor_id', 'session_id', 'truncated', 'dimension']

/**
 * Tricky: sessions of one person may overlap, so what was strung together is put in order of time.
 * One list of whole visits is sorted; an ordered list per column would hold each row several times.
 */
function strungTogether(lists: readonly string[], visits: string): string {
  // Visits are sorted by the first three; no two are alike in these.
  const packed = [...OWN.slice(0, 3), ...lists, ...OWN.slice(3)].map((name) => `${name} := ${name}`)
  const joined = lists.map(
    (list) => `flatten(list_transform(visits, lambda visit: visit.${list})) AS ${list}`,
  )
  const inOrder = lists.map(
    (list) => `CASE WHEN places IS NULL THEN ${list}
      ELSE list_select(${list}, places) END AS ${list}`,
  )
  const own = OWN.map((name) =>
    name === 'truncated'
      ? 'len(list_filter(visits, lambda visit: visit.truncated)) > 0 AS truncated'
      : `visits[1].${name} AS ${name}`,
  )
  return `SELECT person_id, ${OWN.join(', ')}, ${inOrder.join(', ')}
    FROM (SELECT *, CASE WHEN step_times <> list_sort(step_times) THEN list_transform(
        list_sort(list_zip(step_times, range(1, len(step_times) + 1))), lambda pair: pair[2])
      END AS places
    FROM (SELECT person_id, ${[...own, ...joined].join(', ')}
    FROM (SELECT person_id, list_sort(list(struct_pack(${packed.join(', ')}))) AS visits
      FROM (${visits}) GROUP BY person_id)))`
}

/** Most people come once: their session is theirs as it stands, and takes no memory to gather. */
function personsSql(request: FunnelRequest, visits: string): string {
  const lists = neededLists(request)
  const once = `SELECT person_id, ${[...OWN, ...lists].join(', ')}
      FROM visits ANTI JOIN returning_people USING (person_id)`
  return `WITH visits AS NOT MATERIALIZED (${visits}),
    returning_people AS MATERIALIZED (
      SELECT person_id FROM visits GROUP BY person_id HAVING count(*) > 1)
    ${once}
    UNION ALL BY NAME
    ${strungTogether(lists, 'SELECT * FROM visits SEMI JOIN returning_people USING (person_id)')}`
}

/**
 * Of sessions that meet the conditions. person_id is there in the scope of persons alone; for
 * sessions it is found when it is told.
 */
export function unitsSql(request: FunnelRequest, where: readonly string[] = []): string {
  const lists = neededLists(request).map((list) => `session.${list}`)
  const visits = visitsSql(request, lists, where)
  return request.funnel.scope === 'person' ? personsSql(request, visits) : visits
}
