/**
 * How a node of a path is named in ids and in paths of the API. What is no step of anybody stands
 * in parentheses; a step that begins with one gets another before it, so that no two are the same.
 */
import { ClickpathError } from '../../std/errors.ts'
import type { Direction } from './paths_walk.ts'

/**
 * step: a node by its name. other: all that are not among the most frequent of the position.
 * left: the session had no further step. entered: the session had not begun. reached: the end that
 * was asked for came before.
 */
export type NodeKindInGraph = 'step' | 'other' | 'left' | 'entered' | 'reached'

export interface NodeCell {
  readonly kind: NodeKindInGraph
  /** Null but for steps. */
  readonly node: string | null
}

const OUTSIDE = ['left', 'entered', 'reached'] as const

/** What is said of a session that has no step at a position. */
export function outsideOf(direction: Direction): (typeof OUTSIDE)[number] {
  if (direction === 'before') return 'entered'
  return direction === 'between' ? 'reached' : 'left'
}

export function nodeWord({ kind, node }: NodeCell): string {
  if (kind !== 'step') return `(${kind})`
  return node?.startsWith('(') ? `(${node}` : (node ?? '')
}

/** Throws BAD_REQUEST where the answer has no such position. */
export function nodeCellOf(
  { depth }: { readonly depth: number },
  position: number,
  word: string,
): NodeCell {
  if (position > depth) {
    throw new ClickpathError(
      'BAD_REQUEST',
      `position: there are ${depth}, and ${position} is none.`,
    )
  }
  if (word === '(other)') return { kind: 'other', node: null }
  const outside = OUTSIDE.find((kind) => word === `(${kind})`)
  if (outside) return { kind: outside, node: null }
  return { kind: 'step', node: word.startsWith('((') ? word.slice(1) : word }
}
