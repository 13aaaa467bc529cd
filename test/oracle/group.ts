/** Puts rows with equal keys together. Null is a key like any other. */
import type { Cell } from './event.ts'

export type Keys = Readonly<Record<string, Cell>>

export interface Group<K extends Keys, T> {
  readonly keys: K
  /** In the order in which they came. */
  readonly members: readonly T[]
}

/** `keysOf` gives the keys of every group that a member belongs to: more than one when sliding. */
export function groupBy<K extends Keys, T>(
  members: readonly T[],
  keysOf: (member: T) => readonly K[],
): readonly Group<K, T>[] {
  const groups = new Map<string, { keys: K; members: T[] }>()
  for (const member of members) {
    for (const keys of keysOf(member)) {
      const identity = JSON.stringify(Object.values(keys))
      const group = groups.get(identity)
      if (group) group.members.push(member)
      else groups.set(identity, { keys, members: [member] })
    }
  }
  return [...groups.values()]
}

/** The different values, nulls left out. */
export function different<T>(values: Iterable<T | null | undefined>): ReadonlySet<T> {
  const set = new Set<T>()
  for (const value of values) {
    if (value !== null && value !== undefined) set.add(value)
  }
  return set
}

/** The values that are there, in their order. */
export function present<T>(values: readonly (T | null | undefined)[]): readonly T[] {
  return values.filter((value) => value !== null && value !== undefined)
}
