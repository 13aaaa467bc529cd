/**
 * How rows become partial states: one query for each part of a group. Whoever reads merges what the
 * batches brought; see render_states.ts.
 */
import { columnsIn, type Expression } from '../../model/expression.ts'
import type { State } from '../../model/measure.ts'
import type { Group, Key, Pane, PlannedState } from '../../plan/plan.ts'
import { quoteName } from '../../std/duckdb.ts'
import { beginOf } from '../../std/local_time.ts'
import { floorLog2, renderExpression } from './render_expression.ts'
import { type Crowd, sessionRows, stepColumns, toldSteps } from './render_sessions.ts'
import { type Part, partsOf, REGISTERS, scalarsOf, statesIn } from './render_states.ts'

const ORDERED_BY = ['event_time', 'event_id', 'source']
const ORDER = `(${ORDERED_BY.join(', ')})`
const ALL_TIME = "TIMESTAMP '1970-01-01'"
const REGISTER_BITS = Math.log2(REGISTERS)
const RANK_BITS = 64 - REGISTER_BITS
const LIST_MAX = 1_000

// Within a partial query a key has a name of its own: it may be called like a column it is not.
const innerKey = ({ name }: Key) => quoteName(`key ${name}`)
const idOf = ({ pane, keys }: Group) =>
  keys.find(({ name }) => pane.kind === 'session' && name === pane.id) ?? null
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
    case 'calendar':
      return beginOf(pane.unit, time, { time_zone })
    case 'session': // Sessions begin where their first event lies; see sessionRows.
      throw new Error('Sessions have no fixed panes.')
  }
}

const filter = (condition: string | null) => (condition ? ` FILTER (WHERE ${condition})` : '')
const rendered = (where: Expression<'boolean'> | null) => (where ? renderExpression(where) : null)
const withValue = (state: State, value: string) =>
  [rendered(state.where), `${value} IS NOT NULL`].filter(Boolean).join(' AND ')

/** Whether a state asks for its value twice, and the value is dear enough to be kept. */
const isKept = ({ state }: PlannedState) =>
  (state.primitive === 'first' || state.primitive === 'last') && state.of?.kind === 'call'

const keptName = ({ column }: PlannedState) => quoteName(`value ${column}`)

/** The rows with the values that states ask for twice: said twice, they are computed twice. */
function keepValues(states: readonly PlannedState[], bucketed: string): string {
  const kept = states.filter(isKept).map((planned) => {
    return `${renderExpression(planned.state.of as Expression)} AS ${keptName(planned)}`
  })
  return kept.length > 0 ? `(SELECT *, ${kept.join(', ')} FROM ${bucketed})` : bucketed
}

function partial(planned: PlannedState): string {
  const { column, state } = planned
  const computed = state.of ? renderExpression(state.of) : '*'
  const value = isKept(planned) ? keptName(planned) : computed
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

/** The columns of rows that states are made of, and put in order by. */
function columnsRead({ from, states }: Group): readonly string[] {
  const of = states.flatMap(({ state }) => [state.of, state.where])
  const read = of.flatMap((expression) => (expression ? columnsIn(expression) : []))
  const names = new Set([from.time, ...ORDERED_BY, ...read])
  return [...names].map(quoteName)
}

/** Every row with its pane (`bucket`) and its keys. */
function bucketedRows(group: Group, time_zone: string, relation: string): string {
  const keys = group.keys.map((key) => `${renderExpression(key.expression)} AS ${innerKey(key)}`)
  const where = group.where ? `WHERE ${renderExpression(group.where)}` : ''
  const time = quoteName(group.from.time)
  if (group.pane.kind === 'session') {
    // Of streams that are queries themselves more is asked than what states are made of.
    const columns = group.from.kind === 'rows' ? columnsRead(group) : ['*']
    const keyed = `SELECT ${[...keys, ...columns].join(', ')} FROM ${relation} ${where}`
    const id = idOf(group)
    return sessionRows(group.pane.gap_ms, group.keys.map(innerKey), id && innerKey(id), time, keyed)
  }
  const bucket = `${paneStart(group.pane, time, time_zone)} AS bucket`
  return `(SELECT ${[bucket, ...keys].join(', ')}, * FROM ${relation} ${where})`
}

function mainPartial(group: Group, bucketed: string, batch: number | string, crowd: Crowd): string {
  const names = group.keys.map(innerKey)
  const scalars = scalarsOf(group)
  const told = toldSteps(group, crowd)
  const begun = group.pane.kind === 'session' ? firstTime(group) : 'bucket'
  const grouped = `SELECT ${[
    `${begun} AS begun`,
    ...names,
    `${batch} AS batch`,
    ...scalars.map(partial),
    ...(told ? [told] : []),
  ].join(', ')} FROM ${keepValues(scalars, bucketed)} GROUP BY ${inner(group)}`
  return `SELECT ${[
    'begun AS bucket',
    ...group.keys.map((key) => `${innerKey(key)} AS ${quoteName(key.name)}`),
    'batch',
    ...scalars.map(({ column }) => column),
    ...stepColumns(group),
  ].join(', ')} FROM (${grouped})`
}

const firstTime = ({ from }: Group) => `coalesce(bucket, min(${quoteName(from.time)}))`

/** Rows of parts whose start is not known yet get it: see sessionRows. */
function begunRows(group: Group, bucketed: string): string {
  if (!idOf(group)) return bucketed
  const first = `min(${quoteName(group.from.time)}) OVER (PARTITION BY ${inner(group)})`
  return `(SELECT * REPLACE (coalesce(bucket, ${first}) AS bucket) FROM ${bucketed})`
}

export interface PartialQuery {
  readonly part: Part
  readonly sql: string
}

/** For each part of the group, the query that turns the rows of `relation` into partial states. */
export function partialQueries(
  group: Group,
  relation: string,
  batch: number | string,
  time_zone: string,
  crowd: Crowd = 'none',
): readonly PartialQuery[] {
  const bucketed = bucketedRows(group, time_zone, relation)
  const main = mainPartial(group, bucketed, batch, crowd)
  const rows = partsOf(group)
    .filter((part) => part !== 'main')
    .flatMap((part) =>
      statesIn(group, part).map((planned) => ({
        part,
        sql: partialRows(group, planned, begunRows(group, bucketed)),
      })),
    )
  return [{ part: 'main', sql: main }, ...rows]
}
