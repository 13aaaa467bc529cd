import { invalid, step } from './step.ts'

type Container = Record<string, unknown>

/** Names are rewritten only when needed: `properties` may hold any key that JSON can write. */
function mendKey(container: Container, key: string): void {
  const mended = key.toWellFormed()
  if (mended === key) return
  const value = container[key]
  delete container[key]
  container[mended] = value
}

/**
 * Mends every text below in place; answers false at the first NUL. Recursion is safe here: the
 * depth was bounded before (`event_depth_max`).
 */
export function mendText(container: object): boolean {
  return mend(container as Container)
}

function mend(container: Container): boolean {
  for (const key of Object.keys(container)) {
    if (key.includes('\0')) return false
    const value = container[key]
    if (typeof value === 'string') {
      if (value.includes('\0')) return false
      if (!value.isWellFormed()) container[key] = value.toWellFormed()
    } else if (typeof value === 'object' && value !== null && !mend(value as Container)) {
      return false
    }
    mendKey(container, key)
  }
  return true
}

/**
 * Tricky: a NUL or half a surrogate pair comes only as a `\u` escape, so most requests skip this.
 */
export const putWellFormedText = step(
  'put_well_formed_text',
  'replaces half surrogate pairs by U+FFFD and refuses NUL: databases can store neither',
  (event, { escapes }) =>
    escapes === 'none' || mendText(event)
      ? event
      : invalid('bad_text', 'a text holds the character NUL (U+0000)'),
)
