/**
 * Counted links as a layered graph: columns of nodes, links from each to the next. Every column
 * adds up to all sessions, since those that are outside are a node like any other; so do the links
 * between two columns.
 */
import type { Row } from '../../engine/contract.ts'
import { type NodeCell, type NodeKindInGraph, nodeWord, outsideOf } from './paths_nodes.ts'
import type { Direction } from './paths_walk.ts'

export interface GraphNode {
  /** `2:cart`: the position and the node's word. */
  readonly id: string
  readonly position: number
  readonly kind: NodeKindInGraph
  readonly node: string | null
  readonly sessions: number
  /** Of all sessions in the answer. */
  readonly share: number | null
  readonly people: string
}

export interface GraphLink {
  readonly source: string
  readonly target: string
  /** Of the source. */
  readonly position: number
  readonly sessions: number
  readonly share: number | null
  readonly share_of_source: number | null
  readonly people: string
}

/** A column added up. */
export interface GraphPosition {
  readonly position: number
  readonly total: number
  readonly steps: number
  readonly other: number
  /** Those that left before, have not entered yet, or have reached the end. */
  readonly outside: number
}

export interface Graph {
  readonly sessions: number
  readonly truncated_sessions: number
  readonly positions: readonly GraphPosition[]
  readonly nodes: readonly GraphNode[]
  readonly links: readonly GraphLink[]
}

export interface GraphShape {
  readonly depth: number
  readonly top: number
  readonly direction: Direction
  /** The path of the API for the people of a node (without `next`) or a link. */
  peopleOf(position: number, node: string, next?: string): string
}

interface CountedNode extends NodeCell {
  readonly position: number
  readonly code: number
  sessions: number
}

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole)
const total = (rows: readonly { readonly sessions?: unknown }[]) =>
  rows.reduce((sum, { sessions }) => sum + Number(sessions), 0)

function cellOf(code: number, node: unknown, { top, direction }: GraphShape): NodeCell {
  if (code === 0) return { kind: outsideOf(direction), node: null }
  return code > top ? { kind: 'other', node: null } : { kind: 'step', node: String(node) }
}

/** By position, the most frequent first, then other, then outside. */
const byPlace = (left: CountedNode, right: CountedNode) =>
  left.position - right.position ||
  (left.code || Number.MAX_VALUE) - (right.code || Number.MAX_VALUE)

function countNodes(rows: readonly Row[], shape: GraphShape): readonly CountedNode[] {
  const nodes = new Map<string, CountedNode>()
  const add = (position: number, code: number, node: unknown, sessions: number) => {
    const key = `${position}:${code}`
    const known = nodes.get(key) ?? { position, code, sessions: 0, ...cellOf(code, node, shape) }
    known.sessions += sessions
    nodes.set(key, known)
  }
  for (const { position, source, source_node, target, target_node, sessions } of rows) {
    const [at, count] = [Number(position), Number(sessions)]
    add(at, Number(source), source_node, count)
    // A node's sessions go on by its links; those of the last column only come by them.
    if (at + 1 === shape.depth) add(at + 1, Number(target), target_node, count)
  }
  return [...nodes.values()].sort(byPlace)
}

function positionOf(position: number, nodes: readonly CountedNode[]): GraphPosition {
  const own = nodes.filter((node) => node.position === position)
  const ofKind = (kind: NodeKindInGraph) => total(own.filter((node) => node.kind === kind))
  const [steps, other] = [ofKind('step'), ofKind('other')]
  return { position, total: total(own), steps, other, outside: total(own) - steps - other }
}

function linksOf(
  rows: readonly Row[],
  all: number,
  shape: GraphShape,
  nodes: readonly CountedNode[],
) {
  const known = new Map(nodes.map((node) => [`${node.position}:${node.code}`, node]))
  const links = rows.flatMap((row) => {
    const position = Number(row.position)
    const source = known.get(`${position}:${row.source}`)
    const target = known.get(`${position + 1}:${row.target}`)
    return source && target ? [{ source, target, sessions: Number(row.sessions) }] : []
  })
  links.sort((one, two) => byPlace(one.source, two.source) || byPlace(one.target, two.target))
  return links.map(({ source, target, sessions }): GraphLink => {
    const [from, to] = [nodeWord(source), nodeWord(target)]
    return {
      source: `${source.position}:${from}`,
      target: `${target.position}:${to}`,
      position: source.position,
      sessions,
      share: ratio(sessions, all),
      share_of_source: ratio(sessions, source.sessions),
      people: shape.peopleOf(source.position, from, to),
    }
  })
}

/** From the rows of `graphSql`, those of position 0 left out. */
export function graphOf(rows: readonly Row[], shape: GraphShape): Graph {
  const begin = rows.filter(({ position }) => Number(position) === 1)
  const sessions = total(begin)
  const counted = countNodes(rows, shape)
  const nodes = counted.map((node): GraphNode => {
    const word = nodeWord(node)
    return {
      id: `${node.position}:${word}`,
      position: node.position,
      kind: node.kind,
      node: node.node,
      sessions: node.sessions,
      share: ratio(node.sessions, sessions),
      people: shape.peopleOf(node.position, word),
    }
  })
  const positions = Array.from({ length: shape.depth }, (_, index) => index + 1)
  return {
    sessions,
    truncated_sessions: begin.reduce((sum, { truncated }) => sum + Number(truncated), 0),
    positions: positions.map((position) => positionOf(position, counted)),
    nodes,
    links: shape.depth === 1 ? [] : linksOf(rows, sessions, shape, counted),
  }
}
