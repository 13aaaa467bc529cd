/** The people behind one cell of a funnel: who reached a step, or went no further than it. */
import { quoteText } from '../../std/duckdb.ts'
import { ClickpathError } from '../../std/errors.ts'
import type { Zone } from '../../std/local_time.ts'
import { chainParts, depthOf, intervalSql, reachedSql } from './counts_sql.ts'
import type { FunnelRequest } from './request.ts'

const PEOPLE_MAX = 1_001

export interface FunnelCell {
  readonly step: number
  readonly outcome: string
  /** Which part of a breakdown: all of it, one value, no value, or what is not among the named. */
  readonly group: string
  readonly value: string | undefined
  /** The begin of an interval of the trend. */
  readonly start: string | undefined
}

function outcomeSql(request: FunnelRequest, { step, outcome }: FunnelCell): string {
  const { steps } = request.funnel
  if (step > steps.length) {
    throw new ClickpathError('BAD_REQUEST', `step: this funnel has ${steps.length} steps.`)
  }
  if (outcome === 'reached') return reachedSql(request, step)
  const depth = depthOf(request, step)
  if (steps[step - 1]?.need === 'optional') return `depth >= ${depth} AND NOT is_met_${step}`
  return depth === request.required.length ? 'false' : `depth = ${depth}`
}

function groupSql({ group, value }: FunnelCell): readonly string[] {
  switch (group) {
    case 'value':
      return [`chains.dimension = ${quoteText(value ?? '')}`]
    case 'none':
      return ['chains.dimension IS NULL']
    case 'other':
      return ['named.rank IS NULL']
    default:
      return []
  }
}

/** At most 1,001 rows, so that a reader of 1,000 knows whether there are more. */
export function peopleSql(request: FunnelRequest, cell: FunnelCell, zone: Zone): string {
  const begin = intervalSql('unit_start', request.interval, zone)
  const conditions = [
    outcomeSql(request, cell),
    ...groupSql(cell),
    ...(cell.start === undefined ? [] : [`${begin} = CAST(${quoteText(cell.start)} AS TIMESTAMP)`]),
  ]
  const last = request.required.map((_, index) => `time_${index + 1}`).reverse()
  const at = request.funnel.order === 'any' ? '' : `coalesce(${last.join(', ')}) AS last_step_at, `
  return `WITH ${chainParts(request, zone, 'people')}
  SELECT coalesce(found.person_id, persons.person_id, found.visitor_id) AS person_id,
    found.* EXCLUDE (person_id)
  FROM (SELECT chains.person_id, visitor_id, session_id, unit_start AS begun,
      depth AS steps_reached, ${at}chains.dimension AS value
    FROM chains LEFT JOIN named ON named.dimension IS NOT DISTINCT FROM chains.dimension
    WHERE ${conditions.join(' AND ')}
    ORDER BY unit_start DESC, visitor_id, session_id LIMIT ${PEOPLE_MAX}) AS found
    LEFT JOIN persons ON persons.visitor_id = found.visitor_id
  ORDER BY begun DESC, found.visitor_id, session_id`
}
