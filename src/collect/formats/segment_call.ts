/**
 * What one call of Segment's API says. Each has a message around it that is alike for all:
 *
 *   {"type":"track","messageId":"m1","anonymousId":"a1","userId":"u1","timestamp":"...",
 *    "context":{"page":{"url":"..."},"campaign":{"source":"..."}}, ... what the type adds ...}
 *
 * `messageId` is the event's id. Who is known by both ids says who the visitor is.
 */
import { events } from '../../model/events.ts'
import type { CanonicalEvent } from '../../model/record.ts'
import { shown } from '../columns.ts'
import { readCommerce, SEGMENT_COMMERCE } from '../commerce/order_fields.ts'
import { fieldTable, readFields, type Target } from '../fields.ts'
import { Dropped, invalid } from '../steps/step.ts'
import type { Entry } from './format.ts'
import { identityOf, linkOf } from './identity.ts'
import { readContext } from './segment_context.ts'
import { readAlias, readCustomer, readMerge } from './segment_people.ts'

/** A call as it was sent. */
export type Call = Readonly<Record<string, unknown>>

const { event_id, client_time, user_id, anonymous_id, page_url, referrer } =
  events.declaration.columns

/**
 * The message around every call. Left out is what a retry changes or what is about the sending:
 * `sentAt`, `_metadata` (it counts retries), `integrations` (to whom Segment passes it on).
 */
const MESSAGE_FIELDS = fieldTable(
  { event_id, client_time, user_id, anonymous_id },
  {
    aliases: {
      messageId: 'event_id',
      userId: 'user_id',
      anonymousId: 'anonymous_id',
      timestamp: 'client_time',
    },
    consumed: [
      ...['type', 'event', 'properties', 'context', 'originalTimestamp', 'sentAt', 'receivedAt'],
      ...['writeKey', 'integrations', '_metadata'],
    ],
  },
)

const PAGE_FIELDS = fieldTable({ page_url, referrer }, { aliases: { url: 'page_url' }, strict: [] })

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

/** Fields of a call that must be an object where they are there at all. */
function objectOf(call: Call, name: string): Call | Dropped {
  const value = call[name]
  if (!isPresent(value)) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Call
  return invalid('wrong_type', `${name} is ${shown(value)}; it must be an object`)
}

/** Ids, times and whatever the type of call did not say; then the context. */
function readMessage(call: Call, target: Target): Dropped | undefined {
  const dropped = readFields(call, MESSAGE_FIELDS, target)
  if (dropped) return dropped
  // RudderStack sends no time of its own beside this one.
  if (target.client_time === undefined && isPresent(call.originalTimestamp)) {
    const late = readFields({ timestamp: call.originalTimestamp }, MESSAGE_FIELDS, target)
    if (late) return late
  }
  const context = objectOf(call, 'context')
  if (context instanceof Dropped) return context
  readContext(context, target)
  return undefined
}

/** The event, and who its visitor is. */
function toldBy(target: Target): readonly Entry[] {
  const event = target as CanonicalEvent
  event.event_id ??= ''
  return [{ kind: 'event', event }, ...identityOf(event)]
}

function readTrack(call: Call): readonly Entry[] | Dropped {
  const { event: name } = call
  if (!isPresent(name)) return invalid('missing_field', 'event is missing')
  if (typeof name !== 'string') {
    return invalid('wrong_type', `event is ${shown(name)}; it must be a text`)
  }
  const properties = objectOf(call, 'properties')
  if (properties instanceof Dropped) return properties
  const target: Target = {}
  const dropped =
    readCommerce(name, properties, SEGMENT_COMMERCE, target) ?? readMessage(call, target)
  return dropped ?? toldBy(target)
}

function readPage(call: Call): readonly Entry[] | Dropped {
  const properties = objectOf(call, 'properties')
  if (properties instanceof Dropped) return properties
  const target: Target = { event_type: call.type }
  const dropped = readFields(properties, PAGE_FIELDS, target) ?? readMessage(call, target)
  return dropped ?? toldBy(target)
}

/** A call that is an event under its own name, with its fields as properties. */
function readAsEvent(call: Call): readonly Entry[] | Dropped {
  const target: Target = { event_type: call.type }
  return readMessage(call, target) ?? toldBy(target)
}

/** Who somebody is. Without a user id there is nobody to write down: then it is an event. */
function readIdentify(call: Call): readonly Entry[] | Dropped {
  const target: Target = {}
  const dropped = readMessage(call, target)
  if (dropped) return dropped
  const { user_id, anonymous_id, client_time } = target
  if (typeof user_id !== 'string') return readAsEvent(call)
  const own = objectOf(call, 'traits')
  if (own instanceof Dropped) return own
  const { traits: theirs } = objectOf(call, 'context') as { traits?: unknown }
  const traits = Object.keys(own).length > 0 ? own : objectOf({ traits: theirs }, 'traits')
  if (traits instanceof Dropped) return traits
  return [
    ...readCustomer(user_id, traits, client_time),
    ...linkOf(anonymous_id, user_id, client_time),
  ]
}

function readTold(
  call: Call,
  read: (call: Call, client_time: unknown) => readonly Entry[] | Dropped,
): readonly Entry[] | Dropped {
  const target: Target = {}
  return readMessage(call, target) ?? read(call, target.client_time)
}

const READERS: ReadonlyMap<unknown, (call: Call) => readonly Entry[] | Dropped> = new Map([
  ['track', readTrack],
  ['page', readPage],
  ['screen', readPage],
  ['identify', readIdentify],
  ['group', readAsEvent],
  ['alias', (call: Call) => readTold(call, readAlias)],
  ['merge', (call: Call) => readTold(call, readMerge)],
])

/** All that a call says; `type` says how it is read. */
export function readCall(call: object): readonly Entry[] | Dropped {
  const { type } = call as Call
  const read = READERS.get(type)
  if (read) return read(call as Call)
  if (!isPresent(type)) return invalid('missing_field', 'type is missing')
  const due = [...READERS.keys()].join(', ')
  return invalid('wrong_type', `type is ${shown(type)}; it must be one of ${due}`)
}
