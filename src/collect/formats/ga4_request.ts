/**
 * The body of a Measurement Protocol request: what it says of the user and the device, which holds
 * for all its events, and the events.
 *
 *   {"client_id":"123.456","user_id":"u1","timestamp_micros":1767225600000000,
 *    "user_properties":{"country":{"value":"DE"}},
 *    "events":[{"name":"view_item","params":{"items":[{"item_id":"p1","price":19.9}]}}]}
 */
import { events } from '../../model/events.ts'
import { columnReader, shown } from '../columns.ts'
import { divideFields } from '../commerce/divided_fields.ts'
import { fieldTable, putProperty, readFields, type Target } from '../fields.ts'
import { Dropped, invalid } from '../steps/step.ts'
import { isoTime } from '../times.ts'
import type { Entry } from './format.ts'
import { readCustomer } from './segment_people.ts'
import { type Fields, isObject, isSaid } from './sent_object.ts'

/** One event of a request, with what its request says of all of them. */
export interface SentEvent {
  readonly event: unknown
  readonly shared: Fields
}

/** What a request says of a user who is known. */
export interface SentUser {
  readonly user: Fields
  readonly shared: Fields
}

const { columns } = events.declaration
const SHARED_FIELDS = fieldTable(
  {
    anonymous_id: columns.anonymous_id,
    user_id: columns.user_id,
    ip: columns.ip,
    user_agent: columns.user_agent,
  },
  {
    aliases: { client_id: 'anonymous_id', app_instance_id: 'anonymous_id', ip_override: 'ip' },
    consumed: ['timestamp_micros', 'validation_behavior'],
    strict: ['anonymous_id', 'user_id'],
  },
)
const readDevice = columnReader('device_type', columns.device_type)

/** Reads what holds for all events of a request; answers the first mistake. */
export function readShared(shared: Fields, target: Target): Dropped | undefined {
  const { known, others } = divideFields(shared, SHARED_FIELDS)
  const dropped = readFields(known, SHARED_FIELDS, target)
  if (dropped) return dropped
  for (const [name, value] of Object.entries(others)) putProperty(target, name, value)
  const category = isObject(shared.device) ? shared.device.category : undefined
  const device = typeof category === 'string' ? readDevice?.(category) : undefined
  if (typeof device === 'string' && device !== '') target.device_type = device
  return undefined
}

/** Microseconds since 1970, a number or its text, in ISO 8601 with six digits of the second. */
export function timeOfMicros(value: unknown): string | Dropped {
  const isWritten = typeof value === 'string' && /^\d{1,16}$/.test(value)
  const micros = isWritten ? Number(value) : value
  const time =
    typeof micros === 'number' && Number.isSafeInteger(micros) ? isoOfMicros(micros) : undefined
  return (
    time ?? invalid('bad_time', `timestamp_micros is ${shown(value)}; send microseconds since 1970`)
  )
}

function isoOfMicros(micros: number): string | undefined {
  const ms = Math.floor(micros / 1_000)
  if (ms < 0 || ms > 8.64e15) return undefined
  const beyond_ms = String(micros - ms * 1_000).padStart(3, '0')
  return isoTime(`${new Date(ms).toISOString().slice(0, -1)}${beyond_ms}Z`)
}

const readUserId = columnReader('user_id', columns.user_id)

/** The customer's row that user properties make: `{"tier":{"value":"gold"}}`. */
export function readUser({ user, shared }: SentUser): readonly Entry[] | Dropped {
  const { user_id, timestamp_micros } = shared
  const key = readUserId?.(user_id)
  if (typeof key !== 'string') return invalid('wrong_type', `user_id is ${shown(user_id)}`)
  const time = isSaid(timestamp_micros) ? timeOfMicros(timestamp_micros) : undefined
  if (time instanceof Dropped) return time
  const traits = Object.entries(user).map(([name, property]) => {
    return [name, isObject(property) && 'value' in property ? property.value : property]
  })
  const told = readCustomer(key, Object.fromEntries(traits), time)
  return told.length > 0 ? told : [{ kind: 'customers', key, row: { user_id: key } }]
}
