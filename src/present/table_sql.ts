/**
 * A gold table as one query: partial states are merged per window and key, then every measure's
 * formula is applied, dimensions are joined and `final` is said. No row is ever stored as
 * presented.
 */

import { partialQueries } from '../engine/duckdb/render_partials.ts'
import {
  joinedSessions,
  lastColumn,
  type SessionPane,
  sessionsOf,
} from '../engine/duckdb/render_sessions.ts'
import {
  keyNames,
  merged,
  type Part,
  partOf,
  partsOf,
  REGISTERS,
  sameRow,
  scalarsOf,
  statesIn,
  stateTable,
} from '../engine/duckdb/render_states.ts'
import { DIMENSIONS, type Dimension, type DimensionName } from '../model/dimensions.ts'
import type { Column } from '../model/expression.ts'
import type { Formula } from '../model/measure.ts'
import type { Window } from '../model/window.ts'
import type { Group, PlannedState, PlannedTable } from '../plan/plan.ts'
import { DUCKDB_TYPES, quoteName } from '../std/duckdb.ts'
import { localTime, utcTime } from '../std/local_time.ts'
import type { Settings } from '../std/settings.ts'
import { quantileColumn, renderFormula } from './formula.ts'

/** Where the partial states of a part stand: stored, or computed here for keyed streams. */
function partRelation(group: Group, part: Part, settings: Settings): string {
  if (group.from.kind === 'rows') return stateTable(group, part)
  const queries = partialQueries(group, group.from.name, 'max(batch)', settings.time_zone)
  const own = queries.filter((query) => query.part === part).map(({ sql }) => sql)
  return `(${own.join(' UNION ALL BY NAME ')})`
}

/** The windows and keys that the rows of `relation` fall into, whatever their states. */
export function partialKeys(group: Group, relation: string, settings: Settings): string {
  const [main] = partialQueries({ ...group, states: [] }, relation, '0', settings.time_zone)
  return `(SELECT *, bucket AS window_start FROM (${main?.sql}))`
}

/**
 * The partial states of a part with the windows they count in: `window_start`. A pane belongs to
 * every window that covers it: one, or size / slide of them; a part of a session to its session.
 */
export function windowed(group: Group, part: Part, window: Window, settings: Settings): string {
  const relation = partRelation(group, part, settings)
  switch (window.kind) {
    case 'sliding': {
      const windows = window.size_ms / window.slide_ms
      return `(SELECT *, bucket - to_milliseconds(${window.slide_ms} * back) AS window_start
        FROM ${relation}, (SELECT unnest(range(${windows})) AS back))`
    }
    case 'session':
      if (part === 'main') {
        return `(SELECT *, bucket AS window_start FROM ${wholeSessions(group, window, settings)})`
      }
      if (group.from.kind === 'rows') return `(SELECT *, bucket AS window_start FROM ${relation})`
      return `(SELECT part.*, session.window_start FROM ${relation} AS part
        JOIN ${partsJoined(group, window, settings)} AS session
          ON ${sameRow(group, 'part', 'session')})`
    default:
      return `(SELECT *, bucket AS window_start FROM ${relation})`
  }
}

/** Of keyed streams, which keep no states, sessions are put together here. */
function wholeSessions(group: Group, pane: SessionPane, settings: Settings): string {
  if (group.from.kind === 'rows') return stateTable(group, 'main')
  return joinedSessions(group, pane, unjoinedParts(group, settings))
}

const unjoinedParts = (group: Group, settings: Settings) =>
  `(SELECT *, NULL::TIMESTAMP[] AS formers FROM ${partRelation(group, 'main', settings)})`

/** Which parts became which session. */
function partsJoined(group: Group, pane: SessionPane, settings: Settings): string {
  const sessions = sessionsOf(group, pane, unjoinedParts(group, settings))
  const columns = ['bucket', ...keyNames(group), 'window_start'].join(', ')
  return `(SELECT DISTINCT ${columns} FROM ${sessions})`
}

export function windowEnd({ table: { window }, group }: PlannedTable, settings: Settings): string {
  switch (window.kind) {
    case 'none':
      return 'NULL::TIMESTAMP'
    case 'tumbling':
    case 'sliding':
      return `window_start + to_milliseconds(${window.size_ms})`
    case 'calendar': {
      const next = `${localTime('window_start', settings)} + INTERVAL 1 ${window.unit}`
      return utcTime(next, settings)
    }
    case 'session':
      return `${lastColumn(group)} + to_milliseconds(${window.gap_ms})`
  }
}

const quantilesOf = (formulas: readonly Formula[]): readonly number[] => {
  const found = new Set<number>()
  const visit = (formula: Formula): void => {
    if (formula.kind === 'quantile') found.add(formula.q)
    if ('args' in formula) formula.args.forEach(visit)
    if ('of' in formula) visit(formula.of)
  }
  formulas.forEach(visit)
  return [...found]
}

/** The columns in which a row state shows itself, one query a state. */
function rowStateAnswer(
  names: string,
  relation: string,
  { column, index, state }: PlannedState,
  quantiles: readonly number[],
): string {
  const own = `${relation} WHERE state = ${index}`
  switch (state.primitive) {
    case 'values': {
      if (state.limit === null) {
        return `SELECT ${names}, count(DISTINCT value) AS ${column} FROM ${own} GROUP BY ${names}`
      }
      const type = state.of ? DUCKDB_TYPES[state.of.type] : 'VARCHAR'
      const all = `list(value ORDER BY t, i, s, value)`
      return `SELECT ${names}, CAST((${all})[:${state.limit}] AS ${type}[]) AS ${column}_elements,
        count(*) > ${state.limit} AS ${column}_more
        FROM (SELECT DISTINCT ${names}, value, t, i, s FROM ${own}) GROUP BY ${names}`
    }
    case 'registers': {
      const zeros = `(${REGISTERS} - count(*))`
      const raw = `(0.7213 / (1 + 1.079 / ${REGISTERS}) * ${REGISTERS * REGISTERS}
        / (sum(pow(2, -rank)) + ${zeros}))`
      const few = `${REGISTERS} * ln(${REGISTERS} / ${zeros})`
      return `SELECT ${names}, CAST(round(CASE WHEN ${zeros} > 0 AND ${raw} <= ${2.5 * REGISTERS}
          THEN ${few} ELSE ${raw} END) AS BIGINT) AS ${column}
        FROM (SELECT ${names}, register, max(rank) AS rank FROM ${own}
          GROUP BY ${names}, register) GROUP BY ${names}`
    }
    case 'bins': {
      const answers = quantiles.map((q) => {
        const reached = `seen >= greatest(1, ceil(${q} * total))`
        return `min(bin) FILTER (WHERE ${reached}) AS ${quantileColumn(column, q)}`
      })
      return `SELECT ${names}, ${answers.join(', ')} FROM (
        SELECT ${names}, bin, sum(n) OVER (PARTITION BY ${names} ORDER BY bin) AS seen,
          sum(n) OVER (PARTITION BY ${names}) AS total
        FROM (SELECT ${names}, bin, sum(n) AS n FROM ${own} GROUP BY ${names}, bin))
        GROUP BY ${names}`
    }
    default:
      throw new Error(`${state.primitive} is no row state.`)
  }
}

/** One row per window and key, with every state that the table reads. */
function mergedStates({ table, group }: PlannedTable, settings: Settings): string {
  const names = ['window_start', ...keyNames(group)].join(', ')
  const formulas = Object.values(table.measures).map(({ formula }) => formula)
  const quantiles = quantilesOf(formulas)
  const scalars = scalarsOf(group).map(merged)
  const version = 'max(batch) AS version'
  const whole = windowed(group, 'main', table.window, settings)
  const main =
    table.window.kind === 'session'
      ? `SELECT * EXCLUDE (bucket, formers, batch), batch AS version FROM ${whole}`
      : `SELECT ${[names, version, ...scalars].join(', ')} FROM ${whole} GROUP BY ${names}`
  const rows = partsOf(group)
    .filter((part) => part !== 'main')
    .flatMap((part) => {
      const relation = windowed(group, part, table.window, settings)
      return statesIn(group, part).map((planned) =>
        rowStateAnswer(names, relation, planned, quantiles),
      )
    })
  if (rows.length === 0) return main
  const columns = group.states.flatMap(({ column, state }) =>
    answerColumns(column, state, quantiles),
  )
  const gathered = columns.map((column) => `any_value(${column}) AS ${column}`)
  return `SELECT ${[names, 'max(version) AS version', ...gathered].join(', ')}
    FROM (${[main, ...rows].join(' UNION ALL BY NAME ')}) GROUP BY ${names}`
}

function answerColumns(
  column: string,
  state: PlannedState['state'],
  quantiles: readonly number[],
): readonly string[] {
  if (state.primitive === 'bins') return quantiles.map((q) => quantileColumn(column, q))
  if (state.primitive !== 'values' || state.limit === null || partOf(state) === 'main') {
    return [column]
  }
  return [`${column}_elements`, `${column}_more`]
}

function joins({ table, group }: PlannedTable): readonly string[] {
  const dimensions = new Set(Object.values(table.join).map((column) => (column as Column).stream))
  return [...dimensions].map((name) => {
    const dimension: Dimension | undefined = DIMENSIONS[name as DimensionName]
    const key = quoteName(dimension?.key ?? '')
    if (!dimension || !keyNames(group).includes(key)) {
      throw new Error(`${table.name} joins ${name}, whose key ${key} is none of its own.`)
    }
    return `LEFT JOIN ${name} ON ${name}.${key} = merged.${key}`
  })
}

/**
 * Where the changes of the table are counted, and how far event time had come with each: sessions
 * follow the others, and under load are behind them.
 */
export const batchesOf = ({ group }: PlannedTable): 'batches' | 'session_batches' =>
  group.from.kind === 'rows' && group.pane.kind === 'session' ? 'session_batches' : 'batches'

/** `final`: no event that counts as on time can change the row any more. */
const finalColumn = (planned: PlannedTable) =>
  `coalesce(window_end + to_milliseconds(${planned.table.lateness_ms})
    <= (SELECT arg_max(horizon, batch) FROM ${batchesOf(planned)}), FALSE)`

/**
 * The table as a query: window_start, window_end, keys, joined columns, measures, final, version.
 */
export function tableSql(planned: PlannedTable, settings: Settings): string {
  const { table, group } = planned
  const measures = Object.entries(table.measures).map(
    ([name, { formula }]) => `${renderFormula(formula, group, settings)} AS ${quoteName(name)}`,
  )
  const joined = Object.entries(table.join).map(([name, column]) => {
    const { stream, name: known } = column as Column
    return `${stream}.${quoteName(known)} AS ${quoteName(name)}`
  })
  const keys = keyNames(group).map((key) => `merged.${key}`)
  const start = table.window.kind === 'none' ? 'NULL::TIMESTAMP' : 'window_start'
  return `SELECT * EXCLUDE (version), ${finalColumn(planned)} AS final, version FROM (
    SELECT ${[
      `${start} AS window_start`,
      `${windowEnd(planned, settings)} AS window_end`,
      ...keys,
      ...joined,
      ...measures,
      'version',
    ].join(', ')}
    FROM (${mergedStates(planned, settings)}) AS merged ${joins(planned).join(' ')})`
}
