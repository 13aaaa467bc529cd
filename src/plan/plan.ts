/**
 * The plan: what the declared tables need, in neutral words. Tables that read the same stream in
 * the same panes by the same keys share one group of states, however many measures they have. No
 * dialect.
 */
import { createHash } from 'node:crypto'
import type { Expression } from '../model/expression.ts'
import { type State, statesOf } from '../model/measure.ts'
import { isSteps, steps } from '../model/measures/steps.ts'
import type { StreamDeclaration } from '../model/stream.ts'
import type { Table } from '../model/table.ts'
import type { Window } from '../model/window.ts'

/** What a state is kept for: the smallest stretch of time that windows are put together from. */
export type Pane = Exclude<Window, { kind: 'sliding' }>

export interface PlannedState {
  /** Its column or number within the group: s0, s1, ... */
  readonly column: string
  readonly index: number
  readonly state: State
}

export interface Key {
  readonly name: string
  readonly expression: Expression
}

export interface Group {
  /** Changes whenever anything about the group's states changes: the registry compares it. */
  readonly id: string
  readonly from: StreamDeclaration
  readonly pane: Pane
  readonly keys: readonly Key[]
  readonly where: Expression<'boolean'> | null
  readonly states: readonly PlannedState[]
  readonly tables: readonly string[]
}

export interface PlannedTable {
  readonly table: Table
  readonly group: Group
}

export interface Plan {
  /** Groups whose states an engine keeps: those over streams of rows. */
  readonly groups: readonly Group[]
  readonly tables: ReadonlyMap<string, PlannedTable>
}

function paneOf(window: Window): Pane {
  return window.kind === 'sliding' ? { kind: 'tumbling', size_ms: window.slide_ms } : window
}

/** The text by which equal expressions and states are recognised as equal. */
function signature(value: unknown): string {
  return JSON.stringify(value)
}

function paneName(pane: Pane): string {
  if (pane.kind === 'tumbling') return `${pane.size_ms / 1_000}s`
  if (pane.kind === 'session') return `session_${pane.gap_ms / 1_000}s`
  return pane.kind === 'calendar' ? pane.unit : 'all'
}

/** The state that says where a part of a session ends: parts within the gap of it join. */
export function lastTime(from: StreamDeclaration): State {
  const of = { kind: 'column', stream: from.name, name: from.time, type: 'timestamp' } as const
  return { primitive: 'max', of, where: null }
}

/** The steps of a session, if its tables keep any; the three that order them come first. */
export function stepsOf(group: Group): readonly PlannedState[] {
  const steps = group.states.filter(({ state }) => isSteps(state))
  if (steps.length === 0) return []
  const order = orderOf(group.from).map((state) => plannedState(group, state))
  return [...order, ...steps.filter((step) => !order.includes(step))]
}

/** The total order, kept beside the steps so that parts of a session can be put in one. */
function orderOf(from: StreamDeclaration): readonly State[] {
  const columns = [from.time, 'event_id', 'source'].map((name) => {
    const { type } = from.columns[name] ?? { type: 'text' }
    return { kind: 'column', stream: from.name, name, type } as const
  })
  return columns.map((column) => steps(column).formula.state)
}

/** What its states need beyond what its measures read. */
function impliedStates({ from, window }: Table, states: readonly State[]): readonly State[] {
  if (window.kind === 'session')
    return [lastTime(from), ...(states.some(isSteps) ? orderOf(from) : [])]
  if (states.some(isSteps)) throw new Error('steps() needs a session window.')
  return []
}

function groupOf(tables: readonly Table[]): Group {
  const [table] = tables
  if (!table) throw new Error('A group needs a table.')
  const bySignature = new Map<string, State>()
  for (const { measures } of tables) {
    for (const { formula } of Object.values(measures)) {
      for (const state of statesOf(formula)) bySignature.set(signature(state), state)
    }
  }
  for (const state of impliedStates(table, [...bySignature.values()])) {
    bySignature.set(signature(state), state)
  }
  const states = [...bySignature.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, state], index) => ({ column: `s${index}`, index, state }))
  const pane = paneOf(table.window)
  const keys = Object.entries(table.by).map(([name, expression]) => ({ name, expression }))
  const declared = { from: table.from.name, pane, keys, where: table.where, states }
  const hash = createHash('sha256').update(signature(declared)).digest('hex').slice(0, 10)
  const words = [table.from.name, paneName(pane), ...keys.map(({ name }) => name)]
  return Object.freeze({
    id: `${words.join('_').slice(0, 40)}_${hash}`,
    from: table.from,
    pane,
    keys,
    where: table.where,
    states,
    tables: tables.map(({ name }) => name),
  })
}

/** Plans the tables. Throws when two have the same name. */
export function planTables(tables: readonly Table[]): Plan {
  const names = new Set<string>()
  const shared = new Map<string, Table[]>()
  for (const table of tables) {
    if (names.has(table.name)) throw new Error(`Two tables are called ${table.name}.`)
    names.add(table.name)
    const shape = signature([table.from.name, paneOf(table.window), table.by, table.where])
    shared.set(shape, [...(shared.get(shape) ?? []), table])
  }
  const planned = new Map<string, PlannedTable>()
  const groups: Group[] = []
  for (const members of shared.values()) {
    const group = groupOf(members)
    if (group.from.kind === 'rows') groups.push(group)
    for (const table of members) planned.set(table.name, { table, group })
  }
  const ordered = tables.map(({ name }) => [name, planned.get(name) as PlannedTable] as const)
  return Object.freeze({ groups, tables: new Map(ordered) })
}

/** The number and primitive of a state within its group. */
export function plannedState(group: Group, state: State): PlannedState {
  const wanted = signature(state)
  const found = group.states.find((candidate) => signature(candidate.state) === wanted)
  if (!found) throw new Error(`A state of ${group.id} was not planned: ${wanted}`)
  return found
}
