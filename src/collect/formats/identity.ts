/**
 * The link of a visitor to a person, as an entry of its own: taking it back changes no event. Every
 * format that knows an anonymous id and a user id of one event tells it the same way.
 */
import type { CanonicalEvent } from '../../model/record.ts'
import type { Entry } from './format.ts'

const NO_ENTRIES: readonly Entry[] = Object.freeze([])

/**
 * The link; none where both ids are not known, or are one. `client_time`: by the client's clock.
 */
export function linkOf(visitor: unknown, person: unknown, client_time: unknown): readonly Entry[] {
  if (typeof visitor !== 'string' || typeof person !== 'string' || visitor === person) {
    return NO_ENTRIES
  }
  const time = typeof client_time === 'string' ? client_time : undefined
  return [{ kind: 'identity', key: visitor, row: { person_id: person }, client_time: time }]
}

/** The link that an event tells of, if any. */
export function identityOf({ anonymous_id, user_id, client_time }: CanonicalEvent) {
  return linkOf(anonymous_id, user_id, client_time)
}
