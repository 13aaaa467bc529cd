/**
 * States as DuckDB SQL: how rows become partial states, and how partial states merge.
 *
 *   state_<group>_main       bucket, keys, batch, one column per count sum min max first last
 *   state_<group>_values     bucket, keys, state, value, t, i, s      (t, i, s: order, lists only)
 *   state_<group>_bins       bucket, keys, state, bin, n
 *   state_<group>_registers  bucket, keys, state, register, rank
 *
 * Partials are only ever appended; whoever reads merges. Merging is associative and commutative, so
 * neither order nor number of partials can change an answer.
 */
import type { Expression } from '../../model/expression.ts'
import type { State } from '../../model/measure.ts'
import {
  type Group,
  type Key,
  lastTime,
  type Pane,
  type PlannedState,
  plannedState,
} from '../../plan/plan.ts'
import { DUCKDB_TYPES, quoteName, quoteText } from '../../std/duckdb.ts'
import { floorLog2, renderExpression } from './render_expression.ts'

export type Part = 'main' | 'values' | 'bins' | 'registers'

const ORDER = '(event_time, event_id, source)'
const ALL_TIME = "TIMESTAMP '1970-01-01'"
/** 2^11 registers: a standard error of 1.04 / sqrt(2048) = 2.3 %. */
export const REGISTERS = 2_048
const REGISTER_BITS = 11
const RANK_BITS = 64 - REGISTER_BITS
const LIST_MAX = 1_000

export function partOf(state: State): Part {
  switch (state.primitive) {
    case 'values':
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
export const partsOf = (group: Group): readonly Part[] =>
  (['main', 'values', 'bins', 'registers'] as const).filter(
    (part) => part === 'main' || statesIn(group, part).length > 0,
  )
export const keyNames = (group: Group) => group.keys.map(({ name }) => quoteName(name))
/** The columns that name a row of the group. */
export const identity = (group: Group) => ['bucket', ...keyNames(group)].join(', ')
// Within a partial query a key has a name of its own: it may be called like a column it is not.
const innerKey = ({ name }: Key) => quoteName(`key ${name}`)
const inner = (group: Group) => ['bucket', ...group.keys.map(innerKey)].join(', ')
const renamed = (group: Group) =>
  ['bucket', ...group.keys.map((key) => `${innerKey(key)} AS ${quoteName(key.name)}`)].join(', ')

/** The start of the pane that `time` falls into, as a UTC timestamp. */
function paneStart(pane: Pane, time: string, time_zone: string): string {
  switch (pane.kind) {
    case 'none':
      return ALL_TIME
    case 'tumbling': {
      const size_us = pane.size_ms * 1_000
      return `make_timestamp(epoch_us(${time}) // ${size_us} * ${size_us})`
    }
    case 'calendar': {
      if (time_zone === 'UTC') return `date_trunc('${pane.unit}', ${time})`
      const zone = quoteText(time_zone)
      const local = `timezone(${zone}, timezone('UTC', ${time}))`
      return `timezone('UTC', timezone(${zone}, date_trunc('${pane.unit}', ${local})))`
    }
    case 'session': // Sessions begin where their first event lies; see sessionRows.
      throw new Error('Sessions have no fixed panes.')
  }
}

const filter = (condition: string | null) => (condition ? ` FILTER (WHERE ${condition})` : '')
const rendered = (where: Expression<'boolean'> | null) => (where ? renderExpression(where) : null)
const withValue = (state: State, value: string) =>
  [rendered(state.where), `${value} IS NOT NULL`].filter(Boolean).join(' AND ')

function partial({ column, state }: PlannedState): string {
  const value = state.of ? renderExpression(state.of) : '*'
  switch (state.primitive) {
    case 'count':
      return `count(*)${filter(rendered(state.where))} AS ${column}`
    case 'sum':
    case 'min':
    case 'max':
      return `${state.primitive}(${value})${filter(rendered(state.where))} AS ${column}`
    case 'first':
    case 'last': {
      const pick = state.primitive === 'first' ? 'arg_min' : 'arg_max'
      const told = `{'v': ${value}, 't': event_time, 'i': event_id, 's': source}`
      return `${pick}(${told}, ${ORDER})${filter(withValue(state, value))} AS ${column}`
    }
    default:
      throw new Error(`${state.primitive} is no scalar state.`)
  }
}

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
    default:
      return type
  }
}

/** The rows of one row state (values, bins, registers) that a relation adds. */
function partialRows(group: Group, { state, index }: PlannedState, bucketed: string): string {
  const value = state.of ? renderExpression(state.of) : 'NULL'
  const names = inner(group)
  const head = `${renamed(group)}, ${index} AS state`
  const rows = `FROM ${bucketed} WHERE ${withValue(state, value)}`
  switch (state.primitive) {
    case 'bins':
      return `SELECT ${head}, ${value} AS bin, count(*) AS n ${rows} GROUP BY ALL`
    case 'registers':
      return partialRegisters(head, names, value, rows)
    case 'values':
      return partialValues(head, names, value, rows, state)
    default:
      throw new Error(`${state.primitive} is no row state.`)
  }
}

function partialRegisters(head: string, names: string, value: string, rows: string): string {
  const hashed = `md5_number_lower(CAST(${value} AS VARCHAR)) AS h`
  const rest = `CAST(h >> ${REGISTER_BITS} AS BIGINT)`
  const rank = `CASE WHEN ${rest} = 0 THEN ${RANK_BITS + 1}
    ELSE ${RANK_BITS} - ${floorLog2(rest)} END`
  return `SELECT ${head}, CAST(h & ${REGISTERS - 1} AS SMALLINT) AS register,
    max(CAST(${rank} AS TINYINT)) AS rank
    FROM (SELECT ${names}, ${hashed} ${rows}) GROUP BY ALL`
}

function partialValues(
  head: string,
  names: string,
  value: string,
  rows: string,
  { keep, limit }: State & { primitive: 'values' },
): string {
  if (keep === 'list') {
    const told = `{'value': CAST(${value} AS VARCHAR), 't': event_time, 'i': event_id, 's': source}`
    const kept = `arg_min(${told}, ${ORDER}, ${(limit ?? LIST_MAX) + 1})`
    return `SELECT ${head}, row.value, row.t, row.i, row.s
      FROM (SELECT ${names}, unnest(${kept}) AS row ${rows} GROUP BY ${names})`
  }
  const none = 'NULL::TIMESTAMP AS t, NULL::VARCHAR AS i, NULL::VARCHAR AS s'
  const different = `SELECT DISTINCT ${names}, CAST(${value} AS VARCHAR) AS value ${rows}`
  // A bounded set is cut when partials merge: ranking every batch costs more than a few rows.
  return `SELECT ${head}, value, ${none} FROM (${different})`
}

/** Every row with its pane (`bucket`) and its keys. */
function bucketedRows(group: Group, time_zone: string, relation: string): string {
  const keys = group.keys.map((key) => `${renderExpression(key.expression)} AS ${innerKey(key)}`)
  const where = group.where ? `WHERE ${renderExpression(group.where)}` : ''
  const time = quoteName(group.from.time)
  if (group.pane.kind === 'session') {
    const keyed = `(SELECT ${[...keys, '*'].join(', ')} FROM ${relation} ${where})`
    return sessionRows(group.keys.map(innerKey), time, group.pane.gap_ms, keyed)
  }
  const bucket = `${paneStart(group.pane, time, time_zone)} AS bucket`
  return `(SELECT ${[bucket, ...keys].join(', ')}, * FROM ${relation} ${where})`
}

/**
 * Rows of the same keys that follow one another within the gap belong together; `bucket` is the
 * first one's time. What lies in other batches is joined when presented: see `sessionsOf`.
 */
function sessionRows(keys: readonly string[], time: string, gap_ms: number, rows: string): string {
  const partition = keys.length > 0 ? `PARTITION BY ${keys.join(', ')}` : ''
  const within = keys.length > 0 ? `PARTITION BY ${keys.join(', ')}, part` : 'PARTITION BY part'
  const apart = `${time} - lag(${time}) OVER (${partition} ORDER BY ${time})`
  const opens = `CASE WHEN ${apart} <= to_milliseconds(${gap_ms}) THEN 0 ELSE 1 END AS opens`
  const part = `sum(opens) OVER (${partition} ORDER BY ${time} ROWS UNBOUNDED PRECEDING) AS part`
  return `(SELECT min(${time}) OVER (${within}) AS bucket, * EXCLUDE (opens, part)
    FROM (SELECT *, ${part} FROM (SELECT *, ${opens} FROM ${rows})))`
}

/**
 * The main partials of a session group, each with the session it belongs to: `window_start`,
 * `session_end` (last event and gap) and `session_batch`, the latest batch that touched the
 * session.
 */
export function sessionsOf(group: Group, gap_ms: number, relation: string): string {
  const { column } = plannedState(group, lastTime(group.from))
  const keys = keyNames(group)
  const partition = keys.length > 0 ? `PARTITION BY ${keys.join(', ')}` : ''
  const gap = `to_milliseconds(${gap_ms})`
  const seen = `max(${column}) OVER (${partition} ORDER BY bucket
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  const island = `sum(CASE WHEN bucket <= seen + ${gap} THEN 0 ELSE 1 END)
    OVER (${partition} ORDER BY bucket ROWS UNBOUNDED PRECEDING) AS island`
  const whole = `PARTITION BY ${[...keys, 'island'].join(', ')}`
  return `(SELECT * EXCLUDE (seen, island), min(bucket) OVER (${whole}) AS window_start,
      max(${column}) OVER (${whole}) + ${gap} AS session_end,
      max(batch) OVER (${whole}) AS session_batch
    FROM (SELECT *, ${island} FROM (SELECT *, ${seen} AS seen FROM ${relation})))`
}

/** For each part of the group, the query that turns the rows of `relation` into partial states. */
export function partialQueries(
  group: Group,
  relation: string,
  batch: number | string,
  time_zone: string,
): readonly { readonly part: Part; readonly sql: string }[] {
  const bucketed = bucketedRows(group, time_zone, relation)
  const scalars = statesIn(group, 'main').map(partial)
  const main = `SELECT ${[renamed(group), `${batch} AS batch`, ...scalars].join(', ')}
    FROM ${bucketed} GROUP BY ${inner(group)}`
  const rows = partsOf(group)
    .filter((part) => part !== 'main')
    .flatMap((part) =>
      statesIn(group, part).map((planned) => ({
        part,
        sql: partialRows(group, planned, bucketed),
      })),
    )
  return [{ part: 'main', sql: main }, ...rows]
}

/** Bounded collections keep one more than their limit: enough to know that there were more. */
function keepLimits(group: Group): string {
  const bounded = statesIn(group, 'values').flatMap(({ state, index }) =>
    state.primitive === 'values' && state.limit !== null
      ? [`WHEN ${index} THEN ${state.limit + 1}`]
      : [],
  )
  if (bounded.length === 0) return ''
  const place = `row_number() OVER (PARTITION BY ${identity(group)}, state ORDER BY t, i, s, value)`
  return `QUALIFY ${place} <= CASE state ${bounded.join(' ')} ELSE ${Number.MAX_SAFE_INTEGER} END`
}

/** One row per (bucket, keys): the partials of `part` in `relation`, merged. */
export function mergedPart(group: Group, part: Part, relation: string): string {
  const names = identity(group)
  switch (part) {
    case 'main': {
      const scalars = statesIn(group, 'main').map(merged)
      return `SELECT ${[names, 'max(batch) AS batch', ...scalars].join(', ')}
        FROM ${relation} GROUP BY ${names}`
    }
    case 'bins':
      return `SELECT ${names}, state, bin, sum(n) AS n
        FROM ${relation} GROUP BY ${names}, state, bin`
    case 'registers':
      return `SELECT ${names}, state, register, max(rank) AS rank
        FROM ${relation} GROUP BY ${names}, state, register`
    case 'values':
      return `SELECT DISTINCT ${names}, state, value, t, i, s FROM ${relation}
        ${keepLimits(group)}`
  }
}
