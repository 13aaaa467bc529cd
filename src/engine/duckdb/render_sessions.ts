/**
 * Sessions as DuckDB SQL. A session window has no fixed panes: a batch brings parts, which join
 * what is stored when they lie within the gap of it, or when the client gave them the same id. What
 * comes of it takes the place of what it was made of, so the stored rows are whole sessions, no two
 * of which would join, and whoever reads takes them as they are.
 *
 * `formers` are the starts under which a session, or what became a part of it, was known before.
 */
import type { Expression } from '../../model/expression.ts'
import { STEPS_MAX } from '../../model/measures/steps.ts'
import { type Group, lastTime, type Pane, plannedState, stepsOf } from '../../plan/plan.ts'
import { quoteName } from '../../std/duckdb.ts'
import { renderExpression } from './render_expression.ts'
import { keyNames, merged, sameIn, scalarsOf, stateTable } from './render_states.ts'

export type SessionPane = Extract<Pane, { kind: 'session' }>

/** Former starts that are remembered for a session, for those who follow its changes. */
const FORMERS_MAX = 100

export const lastColumn = (group: Group) => plannedState(group, lastTime(group.from)).column
export const partitionBy = (keys: readonly string[]) =>
  keys.length > 0 ? `PARTITION BY ${keys.join(', ')}` : ''

/** Whether two parts or rows so far apart belong together. */
const within = (gap_ms: number, id: string | null) => (distance: string) =>
  `(${distance} <= to_milliseconds(${gap_ms})${id ? ` OR ${id} IS NOT NULL` : ''})`

/**
 * Rows of the same keys that follow one another within the gap belong together; `bucket` is the
 * first one's time. Of those with an id it is null: all of the same keys belong together, and the
 * first of them is found when they are grouped. What lies in other batches is joined later.
 * The query `rows` is looked at several times, and computed once.
 */
export function sessionRows(
  gap_ms: number,
  keys: readonly string[],
  id: string | null,
  time: string,
  rows: string,
): string {
  const named = `SELECT NULL::TIMESTAMP AS bucket, * FROM keyed_rows`
  const unnamed = id ? `(FROM keyed_rows WHERE ${id} IS NULL)` : 'keyed_rows'
  const divided = dividedRows(gap_ms, keys, time, unnamed)
  const all = id ? `${divided} UNION ALL BY NAME ${named} WHERE ${id} IS NOT NULL` : divided
  return `(WITH keyed_rows AS MATERIALIZED (${rows}) FROM (${all}))`
}

/**
 * Most are of keys whose rows all lie within the gap, which keys and times alone tell: only the
 * others are put in order, whole as they are.
 */
function dividedRows(gap_ms: number, keys: readonly string[], time: string, rows: string): string {
  const partition = partitionBy(keys)
  const near = within(gap_ms, null)
  const spans = [...keys, `min(${time}) AS bucket`, `max(${time}) AS until`].join(', ')
  const on = sameIn(keys, 'told', 'span')
  const apart = `${time} - lag(${time}) OVER (${partition} ORDER BY ${time})`
  const opens = `CASE WHEN ${near(apart)} THEN 0 ELSE 1 END AS opens`
  // Tricky: not by ROWS. Of rows of one time either may come first, here and for `lag` otherwise.
  const part = `sum(opens) OVER (${partition} ORDER BY ${time}) AS part`
  const far = `(SELECT told.* FROM ${rows} AS told
    SEMI JOIN (FROM spans WHERE NOT ${near('until - bucket')}) AS span ON ${on})`
  return `(WITH spans AS MATERIALIZED (SELECT ${spans} FROM ${rows} GROUP BY ALL)
    SELECT span.bucket, told.* FROM ${rows} AS told
      JOIN (FROM spans WHERE ${near('until - bucket')}) AS span ON ${on}
    UNION ALL BY NAME
    SELECT min(${time}) OVER (${partitionBy([...keys, 'part'])}) AS bucket, * EXCLUDE (opens, part)
      FROM (SELECT *, ${part} FROM (SELECT *, ${opens} FROM ${far})))`
}

/** Whether some part of a session has far more rows than steps are kept. */
export type Crowd = 'none' | 'some'

/**
 * The rows of a part of a session as one list of structs, in their order, as `told`.
 * Tricky: a list is gathered whole before it is cut, and one visitor's rows cannot be divided. What
 * keeps the first alone has room for all of them from the beginning, for each part: more than most
 * ever fill, but there are fewer parts where less is joined at once.
 */
export function toldSteps(group: Group, crowd: Crowd): string | null {
  const steps = stepsOf(group)
  if (steps.length === 0) return null
  const fields = steps.map(({ column, state }) => {
    return `'${column}': ${renderExpression(state.of as Expression)}`
  })
  const step = `{${fields.join(', ')}}`
  return crowd === 'some'
    ? `arg_min(${step}, ${step}, ${STEPS_MAX}) AS told`
    : `list_sort(list(${step}))[:${STEPS_MAX}] AS told`
}

/** The columns of steps, one list each, out of `told`. */
export function stepColumns(group: Group): readonly string[] {
  return stepsOf(group).map(({ column }) => {
    return `list_transform(told, lambda each: each.${column}) AS ${column}`
  })
}

/**
 * Parts, each with the session it belongs to: `window_start`, and `former`, its own start where it
 * was once the name of a session.
 * Tricky: a part that came after all parts before it in time joined them at once: its start never
 * named a session.
 */
export function sessionsOf(group: Group, pane: SessionPane, parts: string): string {
  const last = lastColumn(group)
  const keys = keyNames(group)
  const order = `${partitionBy(keys)} ORDER BY bucket, batch`
  const before = `OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  const joins = within(pane.gap_ms, pane.id && quoteName(pane.id))('bucket - seen')
  const island = `sum(CASE WHEN ${joins} THEN 0 ELSE 1 END)
    OVER (${order} ROWS UNBOUNDED PRECEDING) AS island`
  const whole = partitionBy([...keys, 'island'])
  return `(SELECT * EXCLUDE (seen, known, island),
      min(bucket) OVER (${whole}) AS window_start,
      CASE WHEN known > batch THEN bucket END AS former
    FROM (SELECT *, ${island} FROM (SELECT *, max(${last}) ${before} AS seen,
      max(batch) ${before} AS known FROM ${parts})))`
}

/**
 * The stored sessions that some part may join, by row number (`touched`): of the same keys, and
 * near it or with its id. Those near are looked for in the few row groups of that time; only the
 * columns that are compared are read.
 */
export function touchedRows(group: Group, pane: SessionPane, parts: string): string {
  const keys = keyNames(group)
  const last = lastColumn(group)
  const gap = `to_milliseconds(${pane.gap_ms})`
  const spans = `(SELECT ${[...keys, 'min(bucket) AS since', `max(${last}) AS until`].join(', ')}
    FROM ${parts} ${keys.length > 0 ? 'GROUP BY ALL' : ''})`
  const same = (some: readonly string[]) => sameIn(some, 'stored', 'span')
  const near = [
    `stored.bucket <= span.until + ${gap}`,
    `stored.${last} >= span.since - ${gap}`,
    `stored.bucket <= (SELECT max(${last}) FROM ${parts}) + ${gap}`,
    `stored.${last} >= (SELECT min(bucket) FROM ${parts}) - ${gap}`,
  ]
  const named = ['stored.rowid AS touched', 'bucket', last, ...keys].map((name) =>
    name.startsWith('stored.') ? name : `stored.${name}`,
  )
  const found = (conditions: readonly string[]) =>
    `SELECT ${named.join(', ')} FROM ${stateTable(group, 'main')} AS stored
      JOIN ${spans} AS span ON ${conditions.join(' AND ')}`
  if (pane.id === null) return found([same(keys), ...near])
  const id = quoteName(pane.id)
  const others = keys.filter((key) => key !== id)
  return `${found([same(keys), ...near])}
    UNION ${found([`stored.${id} = span.${id}`, same(others)])}`
}

/** What several parts of one session come to. */
function joinedParts(group: Group, pane: SessionPane, parts: string): string {
  const keys = keyNames(group)
  const steps = stepsOf(group).map(({ column }) => column)
  const zipped = `list_sort(flatten(list(list_zip(${steps.join(', ')}))))[:${STEPS_MAX}] AS told`
  const lists = steps.map((column, place) => {
    return `list_transform(told, lambda each: each[${place + 1}]) AS ${column}`
  })
  const formers = `list_distinct(flatten(list(coalesce(formers, [])))
    || coalesce(list(former) FILTER (WHERE former IS NOT NULL), []))`
  const told = steps.length > 0 ? [zipped] : []
  const merging = [...scalarsOf(group).map(merged), ...told, `${formers} AS known_as`]
  const columns = ['window_start AS bucket', ...keys, 'max(batch) AS batch', ...merging]
  const known = `list_filter(known_as, lambda each: each <> bucket)[:${FORMERS_MAX}] AS formers`
  return `SELECT * EXCLUDE (${['known_as', ...told.map(() => 'told')].join(', ')}),
      ${[known, ...lists].join(', ')}
    FROM (SELECT ${columns.join(', ')} FROM ${sessionsOf(group, pane, parts)}
      GROUP BY ${['window_start', ...keys].join(', ')})`
}

/**
 * One row per session out of `parts`, under the session's start, with its formers. A part that is
 * the only one of its keys is a session as it stands: most are.
 */
export function joinedSessions(group: Group, pane: SessionPane, parts: string): string {
  const keys = keyNames(group)
  if (keys.length === 0) return `(${joinedParts(group, pane, parts)})`
  const same = sameIn(keys, 'part', 'crowded')
  const crowded = `(SELECT ${keys.join(', ')} FROM ${parts} GROUP BY ALL HAVING count(*) > 1)`
  const several = `(SELECT * FROM ${parts} AS part SEMI JOIN ${crowded} AS crowded ON ${same})`
  return `(SELECT * FROM ${parts} AS part ANTI JOIN ${crowded} AS crowded ON ${same}
    UNION ALL BY NAME ${joinedParts(group, pane, several)})`
}
