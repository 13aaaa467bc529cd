/**
 * Sessions whose chain cannot go beyond its first step, told by the counters of their rows: most of
 * a shop's are, and reading their lists is what a funnel's time goes into.
 */
import type { FunnelStep } from '../../model/funnel_step.ts'
import type { Formula } from '../../model/measure.ts'
import type { Table } from '../../model/table.ts'
import { quoteName } from '../../std/duckdb.ts'
import type { FunnelRequest } from './request.ts'
import { visitsSql } from './units_sql.ts'

/** The event type that a measure counts, if that is all it does. */
function countedType(formula: Formula): string | null {
  if (formula.kind !== 'state' || formula.state.primitive !== 'count') return null
  const { where } = formula.state
  if (where?.kind !== 'call' || where.operator !== 'eq') return null
  const [column, type] = where.args
  if (column?.kind !== 'column' || column.name !== 'event_type') return null
  return type?.kind === 'literal' ? String(type.value) : null
}

/** Event type to the column of `sessions` that counts it. */
export type Counters = ReadonlyMap<string, string>

export function countersOf({ measures }: Pick<Table, 'measures'>): Counters {
  return new Map(
    Object.entries(measures).flatMap(([name, { formula }]) => {
      const type = countedType(formula)
      return type === null ? [] : [[type, `session.${quoteName(name)}`] as const]
    }),
  )
}

const counterOf = (counters: Counters, { event_type }: FunnelStep): string | null =>
  event_type === null ? null : (counters.get(event_type) ?? null)

export interface ShortUnits {
  /** Which sessions they are, as a condition on `session`. */
  readonly condition: string
  /** Their chains, with the columns of `chainsSql`. */
  readonly chains: string
}

/**
 * The steps that may be there all the same, since no chain gets to them: in order, the required
 * ones behind the second, which is missing. Of those with filters a counter tells too little.
 */
function unreached({ funnel, required }: FunnelRequest): readonly FunnelStep[] {
  if (funnel.order === 'any') return []
  return required.slice(2).filter(({ filters }) => filters.length === 0)
}

/** Null where the counters cannot tell: steps of other types, persons, a breakdown by the step. */
export function shortUnits(request: FunnelRequest): ShortUnits | null {
  const { funnel, required, by, counters } = request
  const [first, ...later] = funnel.steps
  const begun = first && first.filters.length === 0 ? counterOf(counters, first) : null
  if (funnel.scope !== 'session' || by?.home === 'step') return null
  if (begun === null || later.length === 0) return null
  if (later.some((step) => counterOf(counters, step) === null)) return null
  const free = unreached(request)
  const missing = later.filter((step) => !free.includes(step))
  const none = [...new Set(missing.map((step) => `${counterOf(counters, step)} = 0`))]
  const condition = ['NOT session.steps_truncated', ...none].join(' AND ')
  const columns = [
    `${begun} > 0 AS has_1`,
    ...later.map((step, index) => {
      const has = free.includes(step) ? `${counterOf(counters, step)} > 0` : 'false'
      return `${has} AS has_${index + 2}`
    }),
    `(${begun} > 0)::INT AS depth`,
    ...required.map((_, index) => `NULL::TIMESTAMP AS time_${index + 1}`),
    ...funnel.steps.flatMap(({ need }, index) =>
      need === 'optional' ? [`false AS is_met_${index + 1}`] : [],
    ),
  ]
  const visits = visitsSql(request, columns, [condition])
  const chains = `SELECT * EXCLUDE (visitor_id, session_id, person_id) FROM (${visits})`
  return { condition, chains }
}
