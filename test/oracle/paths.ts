/**
 * Paths, journeys and transitions by hand: one pass over the steps of each session. Knows nothing
 * of the product's SQL; sessions come from `sessions.ts` beside it.
 */
import type { Row } from './event.ts'

export interface Step {
  readonly event_type: string
  readonly page: string | null
  readonly category: string | null
  readonly product: string | null
  readonly time: string
}

type IsStep = (step: Step) => boolean

export interface WalkOf {
  readonly by: 'event_type' | 'page' | 'category' | 'product'
  readonly start?: IsStep | undefined
  readonly end?: IsStep | undefined
  readonly repeats: 'collapse' | 'keep'
  readonly depth: number
}

export function stepsOf(session: Row): readonly Step[] {
  const list = (name: string) => session[name] as unknown as readonly (string | null)[]
  return list('step_types').map((event_type, at) => ({
    event_type: event_type ?? '',
    page: list('step_pages')[at] ?? null,
    category: list('step_categories')[at] ?? null,
    product: list('step_products')[at] ?? null,
    time: list('step_times')[at] ?? '',
  }))
}

/** The nodes of a session's way, or nothing where start or end are missing. */
export function wayOf(session: Row, { by, start, end, repeats }: WalkOf) {
  let steps = stepsOf(session)
  if (start) {
    const first = steps.findIndex(start)
    if (first < 0) return undefined
    steps = steps.slice(first)
  }
  if (end) {
    const last = steps.findIndex((step, at) => end(step) && (!start || at > 0))
    if (last < 0) return undefined
    steps = steps.slice(0, last + 1)
  }
  const nodes: string[] = []
  for (const step of steps) {
    const node = step[by]
    if (node === null) continue
    if (repeats === 'collapse' && nodes.at(-1) === node) continue
    nodes.push(node)
  }
  return nodes
}

const escaped = (node: string) => (node.startsWith('(') ? `(${node}` : node)
const add = (counts: Map<string, number>, key: string) =>
  counts.set(key, (counts.get(key) ?? 0) + 1)
const bytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right))

/** The most frequent of a column, ties by name. */
function mostFrequent(nodes: readonly (string | undefined)[], top: number): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const node of nodes) if (node !== undefined) add(counts, node)
  const ranked = [...counts].sort((one, two) => two[1] - one[1] || bytes(one[0], two[0]))
  return new Set(ranked.slice(0, top).map(([node]) => node))
}

/** Nodes by id and links as `id > id`, each with its sessions. */
export function graphOf(sessions: readonly Row[], walk: WalkOf, top: number) {
  const { depth, start, end } = walk
  const ways = sessions.map((session) => wayOf(session, walk)).filter((way) => way !== undefined)
  const outside = end ? (start ? '(reached)' : '(entered)') : '(left)'
  const columns = Array.from({ length: depth }, (_, column) =>
    ways.map((way) => (end && !start ? way[way.length - depth + column] : way[column])),
  )
  const named = columns.map((column) => mostFrequent(column, top))
  const nodes = new Map<string, number>()
  const links = new Map<string, number>()
  for (const at of ways.keys()) {
    const ids = columns.map((column, position) => {
      const node = column[at]
      const known = node !== undefined && named[position]?.has(node)
      const word = known ? escaped(node) : node === undefined ? outside : '(other)'
      return `${position + 1}:${word}`
    })
    for (const id of ids) add(nodes, id)
    for (const [position, id] of ids.slice(1).entries()) add(links, `${ids[position]} > ${id}`)
  }
  return { sessions: ways.length, nodes, links }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, two) => one - two)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

/** The most frequent ones first; of those that are as frequent all, in no order. */
export function journeysOf(sessions: readonly Row[], walk: WalkOf) {
  const groups = new Map<string, Row[]>()
  for (const session of sessions) {
    const way = wayOf(session, walk)
    if (!way) continue
    const nodes = walk.end && !walk.start ? way.slice(-walk.depth) : way.slice(0, walk.depth)
    const key = JSON.stringify([nodes, way.length > walk.depth])
    groups.set(key, [...(groups.get(key) ?? []), session])
  }
  return new Map(
    [...groups].map(([key, members]) => [
      key,
      {
        sessions: members.length,
        converted_sessions: members.filter(({ converted }) => converted).length,
        duration_s_median: medianOf(members.map(({ duration_s }) => Number(duration_s))),
      },
    ]),
  )
}

/** By `from > to`: transitions, sessions, and the seconds between. */
export function transitionsOf(sessions: readonly Row[]) {
  const moves = new Map<string, { sessions: Set<Row>; seconds: number[]; transitions: number }>()
  const told = (key: string) => {
    const move = moves.get(key) ?? { sessions: new Set<Row>(), seconds: [], transitions: 0 }
    moves.set(key, move)
    return move
  }
  for (const session of sessions) {
    const steps = stepsOf(session)
    const last = session.steps_truncated ? '(more)' : '(left)'
    for (const at of [...steps.keys(), steps.length]) {
      const [from, to] = [steps[at - 1], steps[at]]
      const words = [
        from ? escaped(from.event_type) : '(entered)',
        to ? escaped(to.event_type) : last,
      ]
      const move = told(words.join(' > '))
      move.transitions += 1
      move.sessions.add(session)
      if (from && to) move.seconds.push((Date.parse(to.time) - Date.parse(from.time)) / 1000)
    }
  }
  return new Map(
    [...moves].map(([key, { sessions: within, seconds, transitions }]) => {
      const sum = seconds.reduce((all, each) => all + each, 0)
      const known = seconds.length > 0
      return [
        key,
        {
          transitions,
          sessions: within.size,
          seconds_mean: known ? sum / seconds.length : null,
          seconds_median: known ? medianOf(seconds) : null,
        },
      ]
    }),
  )
}
