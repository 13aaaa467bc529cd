/**
 * States as DuckDB SQL: the tables that hold them, and how partial states merge.
 *
 *   state_<group>_main       bucket, keys, batch, one column per count sum min max first last;
 *                            of session windows also lists of steps, see render_sessions.ts
 *   state_<group>_values     bucket, keys, state, value, t, i, s      (t, i, s: order, lists only)
 *   state_<group>_bins       bucket, keys, state, bin, n
 *   state_<group>_registers  bucket, keys, state, register, rank
 *
 * Partials are only ever appended; whoever reads merges. Merging is associative and commutative, so
 * neither order nor number of partials can change an answer.
 */
import type { State } from '../../model/measure.ts'
import type { Group, PlannedState } from '../../plan/plan.ts'
import { DUCKDB_TYPES, quoteName } from '../../std/duckdb.ts'

export type Part = 'main' | 'values' | 'bins' | 'registers'

/** 2^11 registers: a standard error of 1.04 / sqrt(2048) = 2.3 %. */
export const REGISTERS = 2_048

export function partOf(state: State): Part {
  switch (state.primitive) {
    case 'values':
      return state.keep === 'steps' ? 'main' : 'values'
    case 'bins':
    case 'registers':
      return state.primitive
    default:
      return 'main'
  }
}

export const stateTable = (group: Group, part: Part) => quoteName(`state_${group.id}_${part}`)
export const statesIn = (group: Group, part: Part) =>
  group.states.filter(({ state }) => partOf(state) === part)
/** The states of one number or value each. */
export const scalarsOf = (group: Group) =>
  statesIn(group, 'main').filter(({ state }) => state.primitive !== 'values')
export const partsOf = (group: Group): readonly Part[] =>
  (['main', 'values', 'bins', 'registers'] as const).filter(
    (part) => part === 'main' || statesIn(group, part).length > 0,
  )
export const keyNames = (group: Group) => group.keys.map(({ name }) => quoteName(name))
/** Whether two rows agree in these columns, as a condition; null is a value like any other. */
export const sameIn = (names: readonly string[], left: string, right: string): string =>
  names.map((name) => `${left}.${name} IS NOT DISTINCT FROM ${right}.${name}`).join(' AND ') ||
  'TRUE'
/** Whether two rows of the group have the same name. */
export const sameRow = (group: Group, left: string, right: string) =>
  sameIn(['bucket', ...keyNames(group)], left, right)
/** The columns that name a row of the group. */
export const identity = (group: Group) => ['bucket', ...keyNames(group)].join(', ')
/** How the partials of a scalar state become one; the columns keep their names. */
export function merged({ column, state }: PlannedState): string {
  switch (state.primitive) {
    case 'count':
    case 'sum':
      return `sum(${column}) AS ${column}`
    case 'min':
    case 'max':
      return `${state.primitive}(${column}) AS ${column}`
    case 'first':
    case 'last': {
      const pick = state.primitive === 'first' ? 'arg_min' : 'arg_max'
      return `${pick}(${column}, (${column}.t, ${column}.i, ${column}.s)) AS ${column}`
    }
    default:
      throw new Error(`${state.primitive} is no scalar state.`)
  }
}

export function columnType(state: State): string {
  const type = state.of ? DUCKDB_TYPES[state.of.type] : 'BIGINT'
  switch (state.primitive) {
    case 'count':
      return 'BIGINT'
    case 'sum':
      return state.of?.type === 'decimal' ? 'DECIMAL(38,4)' : 'HUGEINT'
    case 'first':
    case 'last':
      return `STRUCT(v ${type}, t TIMESTAMP, i VARCHAR, s VARCHAR)`
    case 'values': // Steps: the one row state that stands in the main part.
      return `${type}[]`
    default:
      return type
  }
}

/**
 * By state, the number that `limit` makes of the bound of a collection; null where none is bounded.
 */
function byLimit(group: Group, limit: (kept: number) => string): string | null {
  const bounded = statesIn(group, 'values').flatMap(({ state, index }) =>
    // One more than the limit: enough to know that there were more.
    state.primitive === 'values' && state.limit !== null
      ? [`WHEN ${index} THEN ${limit(state.limit + 1)}`]
      : [],
  )
  if (bounded.length === 0) return null
  return `CASE state ${bounded.join(' ')} ELSE ${Number.MAX_SAFE_INTEGER} END`
}

function keepLimits(group: Group): string {
  const most = byLimit(group, String)
  if (most === null) return ''
  const place = `row_number() OVER (PARTITION BY ${identity(group)}, state ORDER BY t, i, s, value)`
  return `QUALIFY ${place} <= ${most}`
}

/** What tells the rows of a state apart that do not merge. */
export function rowNames(group: Group, part: Exclude<Part, 'main'>): string {
  const own = { values: 'value, t, i, s', bins: 'bin', registers: 'register' }
  return `${identity(group)}, ${own[part]}`
}

/** As an aggregate over rows of one state: how many there are at most when all are merged. */
export function rowsMax(group: Group, part: Part): string {
  const names = `approx_count_distinct((${identity(group)}))`
  const most = part === 'values' ? byLimit(group, (kept) => `${kept} * ${names}`) : null
  return most ?? `${Number.MAX_SAFE_INTEGER}`
}

/** One row per (bucket, keys): the partials of `part` in `relation`, merged. */
export function mergedPart(group: Group, part: Part, relation: string): string {
  const names = identity(group)
  switch (part) {
    case 'main': {
      const scalars = scalarsOf(group).map(merged)
      return `SELECT ${[names, 'max(batch) AS batch', ...scalars].join(', ')}
        FROM ${relation} GROUP BY ${names}`
    }
    case 'bins':
      return `SELECT state, ${rowNames(group, part)}, sum(n) AS n
        FROM ${relation} GROUP BY ALL`
    case 'registers':
      return `SELECT state, ${rowNames(group, part)}, max(rank) AS rank
        FROM ${relation} GROUP BY ALL`
    case 'values':
      // Tricky: DISTINCT comes after QUALIFY, which would count copies of a value as values.
      return `SELECT * FROM (SELECT DISTINCT state, ${rowNames(group, part)} FROM ${relation})
        ${keepLimits(group)}`
  }
}
