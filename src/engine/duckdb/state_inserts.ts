/**
 * How a relation of events (a batch, or all of silver) gets into the states of groups. Fixed panes
 * take partials as they come. Sessions are joined when they are stored, which is dearer, and
 * cheaper for many events at once than for a few at a time: under load they wait for some batches.
 */
import type { Expression } from '../../model/expression.ts'
import type { OperatorName } from '../../model/operators.ts'
import { type Group, stepsOf } from '../../plan/plan.ts'
import type { Connection } from './database.ts'
import { renderExpression } from './render_expression.ts'
import { type PartialQuery, partialQueries } from './render_partials.ts'
import type { SessionPane } from './render_sessions.ts'
import { stateTable } from './render_states.ts'
import { type Settling, settling, settlingMany } from './settle.ts'
import { itemsOf } from './silver.ts'

export interface Arrived {
  /** A relation of events, as SQL. */
  readonly events: string
  /** Of an import or a backlog many sessions are whole and new. */
  readonly size: 'few' | 'many'
  /** The batch that brings them. */
  readonly batch: number
  readonly time_zone: string
  /** The groups of which some session has a crowd of them; see `crowdedIn`. */
  readonly crowded: ReadonlySet<string>
}

export const NONE_CROWDED: ReadonlySet<string> = new Set()

/** The steps of so many are not gathered before they are cut. */
export const CROWD_MIN = 5_000

/**
 * Which groups would gather the steps of a session with very many events: somebody's program that
 * reads the whole shop.
 */
export async function crowdedIn(
  connection: Connection,
  groups: readonly Group[],
  events: string,
): Promise<ReadonlySet<string>> {
  const crowded = new Set<string>()
  for (const group of groups) {
    if (stepsOf(group).length === 0) continue
    const keys = group.keys.map(({ expression }) => renderExpression(expression))
    const each = keys.length > 0 ? `GROUP BY ${keys.join(', ')}` : ''
    const [row] = await connection.rows(`SELECT max(n) >= ${CROWD_MIN} AS is_crowded
      FROM (SELECT count(*) AS n FROM ${rowsOf(group, events)} ${each})`)
    if (row?.is_crowded === true) crowded.add(group.id)
  }
  return crowded
}

export const isSession = (group: Group): group is Group & { pane: SessionPane } =>
  group.pane.kind === 'session'

const rowsOf = ({ from }: Group, events: string) =>
  from.name === 'items' ? itemsOf(events) : events

const insertInto =
  (group: Group) =>
  ({ part, sql }: PartialQuery) =>
    `INSERT INTO ${stateTable(group, part)} BY NAME ${sql}`

/** How the sessions of a group take in what arrived. */
export function settlingOf(group: Group & { pane: SessionPane }, arrived: Arrived): Settling {
  const { events, size, batch, time_zone, crowded } = arrived
  const crowd = crowded.has(group.id) ? 'some' : 'none'
  const relation = rowsOf(group, events)
  const rows = partialQueries(group, relation, batch, time_zone)
    .filter(({ part }) => part !== 'main')
    .map(insertInto(group))
  const partial = (some: string) =>
    partialQueries(group, some, batch, time_zone, crowd)[0]?.sql ?? ''
  const { find, store } =
    size === 'few'
      ? settling(group, group.pane, partial(relation))
      : settlingMany(group, group.pane, relation, partial)
  return { find, store: [...rows, ...store] }
}

/** Adds what arrived to the states of the groups. */
export function stateInserts(groups: readonly Group[], arrived: Arrived): readonly string[] {
  const { events, batch, time_zone } = arrived
  return groups.flatMap((group) => {
    if (isSession(group)) {
      const { find, store } = settlingOf(group, arrived)
      return [...find, ...store]
    }
    return partialQueries(group, rowsOf(group, events), batch, time_zone).map(insertInto(group))
  })
}

/** Those whose result may not fit its type, with which a statement fails. */
const FALLIBLE: ReadonlySet<OperatorName> = new Set([
  ...(['add', 'subtract', 'multiply', 'product', 'units'] as const),
])

const mayFail = (expression: Expression): boolean =>
  expression.kind === 'call' && (FALLIBLE.has(expression.operator) || expression.args.some(mayFail))

/**
 * Computes what sessions that wait would compute of these events and could fail with: so an event
 * is refused with its own batch, and those that wait can always be joined.
 */
export function sessionTrials(groups: readonly Group[], events: string): readonly string[] {
  return groups.filter(isSession).flatMap((group) => {
    const { keys, states, where } = group
    const expressions = [
      ...keys.map(({ expression }) => expression),
      ...states.flatMap(({ state }) => [state.of, state.where]),
      where,
    ].filter((expression) => expression !== null && mayFail(expression))
    const counts = expressions.map(
      (expression) => `count(${renderExpression(expression as Expression)})`,
    )
    return counts.length > 0 ? [`SELECT ${counts.join(', ')} FROM ${rowsOf(group, events)}`] : []
  })
}
