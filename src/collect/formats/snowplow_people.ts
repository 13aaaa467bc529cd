/** Who an event of Snowplow's is about: its visitor, and what it says of a customer. */
import { events } from '../../model/events.ts'
import { fieldTable, readFields, type Target } from '../fields.ts'
import { Dropped } from '../steps/step.ts'
import type { Entry } from './format.ts'
import { readCustomer } from './segment_people.ts'
import { type Fields, isSaid } from './sent_object.ts'
import { type Entities, readEntities } from './snowplow_commerce.ts'

/** Where the network user id stands in a payload. Nobody can send it: it is overwritten. */
export const NETWORK_ID = 'clickpath_network_id'

const { anonymous_id, user_id, session_id } = events.declaration.columns
const VISITOR_FIELDS = fieldTable({ anonymous_id, user_id, session_id }, { strict: [] })

function putWhereAbsent(target: Target, column: string, value: unknown): void {
  if (target[column] !== undefined || !isSaid(value)) return
  const read: Target = {}
  readFields({ [column]: value }, VISITOR_FIELDS, read)
  if (read[column] !== undefined) target[column] = read[column]
}

/**
 * Names the visitor where the payload's own parameters did not: by the network id that it was sent
 * with, the session of a mobile tracker, the user of the shop; at last by our own network id.
 */
export function putVisitor(payload: Fields, { user, session }: Entities, target: Target): void {
  putWhereAbsent(target, 'anonymous_id', payload.tnuid)
  putWhereAbsent(target, 'anonymous_id', payload.nuid)
  putWhereAbsent(target, 'anonymous_id', session?.userId)
  putWhereAbsent(target, 'session_id', session?.sessionId)
  putWhereAbsent(target, 'user_id', user?.id)
  const isNamed = ['anonymous_id', 'user_id', 'session_id'].some((name) => target[name])
  if (!isNamed) putWhereAbsent(target, 'anonymous_id', payload[NETWORK_ID])
}

/** What the user entity tells of a customer beside the id; a guest is none. */
export function customerOf(payload: Fields, client_time: unknown): readonly Entry[] {
  const entities = readEntities(payload.co)
  if (entities instanceof Dropped || !entities.user) return []
  const { id, is_guest, ...traits } = entities.user
  if (is_guest === true || typeof id !== 'string' || id === '') return []
  return readCustomer(id, traits, client_time)
}
