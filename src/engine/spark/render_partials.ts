/**
 * How rows become partial states in Spark SQL: one query for each part of a group, with the columns
 * of the store's state tables. The twin of the other engine's; both are held to the same answers.
 */
import type { Expression } from '../../model/expression.ts'
import type { State } from '../../model/measure.ts'
import { STEPS_MAX } from '../../model/measures/steps.ts'
import { type Group, type Key, type Pane, type PlannedState, stepsOf } from '../../plan/plan.ts'
import { type Part, partsOf, REGISTERS, scalarsOf, statesIn } from '../duckdb/render_states.ts'
import { floorLog2, renderExpression } from './render_expression.ts'
import { sparkName, sparkText } from './words.ts'

const ORDER = 'struct(event_time, event_id, source)'
const ALL_TIME = "TIMESTAMP '1970-01-01 00:00:00'"
const REGISTER_BITS = Math.log2(REGISTERS)
const RANK_BITS = 64 - REGISTER_BITS
const LIST_MAX = 1_000

// A key has a name of its own within a query: it may be called like a column it is not.
const innerKey = ({ name }: Key) => sparkName(`key ${name}`)
const inner = (group: Group) => ['bucket', ...group.keys.map(innerKey)].join(', ')
const renamed = (group: Group) =>
  group.keys.map((key) => `${kept(innerKey(key), key.expression.type)} AS ${sparkName(key.name)}`)

function paneStart(pane: Pane, time: string, time_zone: string): string {
  switch (pane.kind) {
    case 'none':
      return ALL_TIME
    case 'tumbling': {
      const size_us = pane.size_ms * 1_000
      return `timestamp_micros(unix_micros(${time}) - pmod(unix_micros(${time}), ${size_us}))`
    }
    case 'calendar': {
      const zone = sparkText(time_zone)
      const local = `from_utc_timestamp(${time}, ${zone})`
      return `to_utc_timestamp(date_trunc('${pane.unit}', ${local}), ${zone})`
    }
    case 'session':
      throw new Error('Sessions have no fixed panes.')
  }
}

/**
 * A value as the store keeps it. Tricky: Spark's TIMESTAMP is a moment, which readers of its files
 * show in a zone of their own; the store's times are UTC and have none.
 */
const kept = (value: string, type: string | undefined) =>
  type === 'timestamp' ? `CAST(${value} AS TIMESTAMP_NTZ)` : value
const keptTime = (time: string) => kept(time, 'timestamp')

const filter = (condition: string | null) => (condition ? ` FILTER (WHERE ${condition})` : '')
const rendered = (where: Expression<'boolean'> | null) => (where ? renderExpression(where) : null)
const withValue = (state: State, value: string) =>
  [rendered(state.where), `${value} IS NOT NULL`].filter(Boolean).join(' AND ')

const sumType = (state: State) =>
  state.of?.type === 'decimal'
    ? 'DECIMAL(38,4)'
    : state.of?.type === 'double'
      ? 'DOUBLE'
      : 'DECIMAL(38,0)'

function partial({ column, state }: PlannedState): string {
  const value = state.of ? renderExpression(state.of) : '*'
  const where = filter(rendered(state.where))
  switch (state.primitive) {
    case 'count':
      return `count(*)${where} AS ${column}`
    case 'sum':
      return `CAST(sum(CAST(${value} AS ${sumType(state)}))${where}
        AS ${sumType(state)}) AS ${column}`
    case 'min':
    case 'max':
      return `${kept(`${state.primitive}(${value})${where}`, state.of?.type)} AS ${column}`
    case 'first':
    case 'last': {
      const pick = state.primitive === 'first' ? 'min_by' : 'max_by'
      const told = `named_struct('v', ${kept(value, state.of?.type)},
        't', ${keptTime('event_time')}, 'i', event_id, 's', source)`
      return `${pick}(${told}, ${ORDER})${filter(withValue(state, value))} AS ${column}`
    }
    default:
      throw new Error(`${state.primitive} is no scalar state.`)
  }
}

/** The rows of one row state (values, bins, registers). */
function partialRows(group: Group, { state, index }: PlannedState, bucketed: string): string {
  const value = state.of ? renderExpression(state.of) : 'NULL'
  const head = [
    `${keptTime('bucket')} AS bucket`,
    ...renamed(group),
    `CAST(${index} AS SMALLINT) AS state`,
  ].join(', ')
  const rows = `FROM ${bucketed} WHERE ${withValue(state, value)}`
  switch (state.primitive) {
    case 'bins':
      return `SELECT ${head}, CAST(bin AS BIGINT) AS bin, n FROM (
        SELECT ${inner(group)}, ${value} AS bin, count(*) AS n ${rows}
        GROUP BY ${inner(group)}, ${value})`
    case 'registers':
      return partialRegisters(group, head, value, rows)
    case 'values':
      return partialValues(group, head, value, rows, state)
    default:
      throw new Error(`${state.primitive} is no row state.`)
  }
}

/** The last eight bytes of the digest as a whole number, the last of them the highest. */
function lowerHash(value: string): string {
  const digest = `md5(CAST(${value} AS STRING))`
  const bytes = [31, 29, 27, 25, 23, 21, 19, 17].map((at) => `substring(digest, ${at}, 2)`)
  const half = `transform(array(${digest}), digest -> concat(${bytes.join(', ')}))[0]`
  return `CAST(conv(${half}, 16, 10) AS DECIMAL(20,0))`
}

function partialRegisters(group: Group, head: string, value: string, rows: string): string {
  const rest = `(h div ${REGISTERS})`
  const rank = `CASE WHEN ${rest} = 0 THEN ${RANK_BITS + 1}
    ELSE ${RANK_BITS} - ${floorLog2(rest)} END`
  return `SELECT ${head}, CAST(register AS SMALLINT) AS register, CAST(rank AS TINYINT) AS rank
    FROM (SELECT ${inner(group)}, h % ${REGISTERS} AS register, max(${rank}) AS rank
      FROM (SELECT ${inner(group)}, ${lowerHash(value)} AS h ${rows})
      GROUP BY ${inner(group)}, h % ${REGISTERS})`
}

function partialValues(
  group: Group,
  head: string,
  value: string,
  rows: string,
  { keep, limit }: State & { primitive: 'values' },
): string {
  const names = inner(group)
  if (keep === 'list') {
    const place = `row_number() OVER (PARTITION BY ${names} ORDER BY event_time, event_id, source)`
    return `SELECT ${head}, value, t, i, s FROM (
      SELECT ${names}, CAST(${value} AS STRING) AS value, ${keptTime('event_time')} AS t,
        event_id AS i,
        source AS s, ${place} AS place ${rows}) WHERE place <= ${(limit ?? LIST_MAX) + 1}`
  }
  const none =
    'CAST(NULL AS TIMESTAMP_NTZ) AS t, CAST(NULL AS STRING) AS i, CAST(NULL AS STRING) AS s'
  return `SELECT ${head}, value, ${none}
    FROM (SELECT DISTINCT ${names}, CAST(${value} AS STRING) AS value ${rows})`
}

/** Every row with its pane (`bucket`) and its keys. */
function bucketedRows(group: Group, time_zone: string, relation: string): string {
  const keys = group.keys.map((key) => `${renderExpression(key.expression)} AS ${innerKey(key)}`)
  const where = group.where ? `WHERE ${renderExpression(group.where)}` : ''
  const time = sparkName(group.from.time)
  if (group.pane.kind === 'session') {
    return sessionRows(
      group,
      group.pane,
      time,
      `(SELECT ${[...keys, '*'].join(', ')}
      FROM ${relation} ${where})`,
    )
  }
  const bucket = `${paneStart(group.pane, time, time_zone)} AS bucket`
  return `(SELECT ${[bucket, ...keys].join(', ')}, * FROM ${relation} ${where})`
}

/**
 * Rows of one part of a session have the same `bucket`, the time of its first row: those of the
 * same keys and the client's id, or, where it gave none, those that follow one another within the
 * gap.
 */
function sessionRows(
  group: Group,
  pane: Extract<Pane, { kind: 'session' }>,
  time: string,
  rows: string,
): string {
  const id = group.keys.find(({ name }) => name === pane.id)
  const keys = group.keys.map(innerKey)
  const by = (names: readonly string[]) =>
    names.length > 0 ? `PARTITION BY ${names.join(', ')}` : ''
  const before = `lag(${time}) OVER (${by(keys)} ORDER BY ${time})`
  const silence_us = `unix_micros(${time}) - unix_micros(${before})`
  const joins = `${silence_us} <= ${pane.gap_ms * 1_000}`
  const named = id ? `${innerKey(id)} IS NOT NULL OR ` : ''
  // Tricky: of rows at the same time, two windows may take another first: they count as one.
  const part = `sum(opens) OVER (${by(keys)} ORDER BY ${time})`
  return `(SELECT *, min(${time}) OVER (${by([...keys, 'part'])}) AS bucket
    FROM (SELECT *, ${part} AS part
      FROM (SELECT *, CASE WHEN ${named}${joins} THEN 0 ELSE 1 END AS opens FROM ${rows})))`
}

function stepsPartial(group: Group): readonly string[] {
  const steps = stepsOf(group)
  if (steps.length === 0) return []
  const fields = steps.map(({ column, state }) => {
    const of = state.of as Expression
    return `'${column}', ${kept(renderExpression(of), of.type)}`
  })
  return [
    `slice(array_sort(collect_list(named_struct(${fields.join(', ')}))), 1, ${STEPS_MAX}) AS told`,
  ]
}

function mainPartial(group: Group, bucketed: string): string {
  const scalars = scalarsOf(group)
  const reduced = [inner(group), ...scalars.map(partial), ...stepsPartial(group)]
  const grouped = `SELECT ${reduced.join(', ')}
    FROM ${bucketed} GROUP BY ${inner(group)}`
  const steps = stepsOf(group).map(({ column }) => {
    return `transform(told, each -> each.${column}) AS ${column}`
  })
  const columns = [
    `${keptTime('bucket')} AS bucket`,
    ...renamed(group),
    ...scalars.map(({ column }) => column),
    ...steps,
  ]
  return `SELECT ${columns.join(', ')} FROM (${grouped})`
}

export interface PartialQuery {
  readonly part: Part
  readonly sql: string
}

/**
 * For each part of the group, the query that turns the rows of `relation` into partial states.
 * Nothing in it is of one batch alone: Spark compiles what it has not compiled before.
 */
export function partialQueries(
  group: Group,
  relation: string,
  time_zone: string,
): readonly PartialQuery[] {
  const bucketed = bucketedRows(group, time_zone, relation)
  const rows = partsOf(group).filter((part) => part !== 'main')
  return [
    { part: 'main', sql: mainPartial(group, bucketed) },
    ...rows.flatMap((part) => {
      const states = statesIn(group, part).map((state) => partialRows(group, state, bucketed))
      return [{ part, sql: states.join(' UNION ALL ') }]
    }),
  ]
}
