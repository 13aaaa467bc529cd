/**
 * Bounds the shape of what was sent before anything else looks at it: keys and depth, counted with
 * a stack of its own, so that no nesting exhausts the machine's.
 */
import type { Settings } from '../std/settings.ts'
import { type Dropped, invalid } from './steps/step.ts'

type ShapeBounds = Pick<Settings, 'event_keys_max' | 'event_depth_max'>

/** An object that may go on, or what is wrong with its shape. Array elements count as keys. */
export function checkShape(value: unknown, bounds: ShapeBounds): Dropped | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid('not_an_object', 'an event must be a JSON object')
  }
  const { event_keys_max, event_depth_max } = bounds
  let keys = 0
  let level: object[] = [value]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > event_depth_max) {
      return invalid('too_deep', `nested deeper than ${event_depth_max} levels`)
    }
    const next: object[] = []
    for (const container of level) {
      for (const key in container) {
        if (++keys > event_keys_max) {
          return invalid('too_many_keys', `more than ${event_keys_max} keys`)
        }
        const child = (container as Record<string, unknown>)[key]
        if (typeof child === 'object' && child !== null) next.push(child)
      }
    }
    level = next
  }
  return undefined
}
