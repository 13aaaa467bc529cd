/**
 * Google Analytics 4, Measurement Protocol: POST /mp/collect?measurement_id=...&api_secret=KEY. Its
 * senders look at no answer: whatever was sent is kept, what is wrong with it as invalid, and
 * answered 204. POST /debug/mp/collect says what is wrong and keeps nothing.
 */
import { messageOf } from '../../std/errors.ts'
import { Dropped } from '../steps/step.ts'
import type { Entry, MixedFormat, Parts, SentRequest } from './format.ts'
import { readEvent } from './ga4_event.ts'
import { readUser, type SentEvent, type SentUser } from './ga4_request.ts'
import { validationMessages } from './ga4_validation.ts'
import { identityOf } from './identity.ts'
import { nestedParts, UnreadableLine } from './json_body.ts'
import { EMPTY_REPLY } from './reply.ts'
import { type Fields, isObject } from './sent_object.ts'
import { isTooLongForEach } from './shared_part.ts'

/** Parameters of the address that say which stream of Google's it was. */
const STREAMS = ['measurement_id', 'firebase_app_id'] as const

function streamOf(query: URLSearchParams): Fields {
  const told = STREAMS.map((name) => [name, query.get(name)] as const)
  return Object.fromEntries(told.filter(([, value]) => value))
}

/** A body that is none: one thing sent, which is invalid. */
function unreadable(detail: string, text: string): Parts {
  return { values: [new UnreadableLine(detail)], raw: () => text }
}

/** What a request says: its events and, where the user is known, what it says of the user. */
function partsOf(body: unknown, { text, query }: SentRequest, values_max: number): Parts {
  if (!isObject(body)) return unreadable('the body is no JSON object', text)
  const { events, user_properties, ...others } = body
  if (!Array.isArray(events)) return unreadable('events is missing, or is no array', text)
  const { user_id } = others
  const hasUser = isObject(user_properties) && user_id !== undefined && user_id !== null
  const kept = hasUser || user_properties === undefined ? {} : { user_properties }
  const shared = { ...streamOf(query), ...others, ...kept }
  if (isTooLongForEach(shared, events.length)) {
    return unreadable('what holds for all events is too long to be kept with each', text)
  }
  const values: (SentEvent | SentUser)[] = events.map((event) => ({ event, shared }))
  if (hasUser) values.push({ user: user_properties, shared })
  const sent = hasUser ? [...events, { user_id, user_properties }] : events
  return { ...nestedParts(sent, text, values_max), values }
}

function split(request: SentRequest, values_max: number): Parts {
  const write_key = request.query.get('api_secret') ?? undefined
  try {
    return { ...partsOf(JSON.parse(request.text), request, values_max), write_key }
  } catch (mistake) {
    if (!(mistake instanceof SyntaxError)) throw mistake
    return { ...unreadable(`it is no JSON: ${messageOf(mistake)}`, request.text), write_key }
  }
}

function entriesOf(value: object): readonly Entry[] | Dropped {
  const sent = value as SentEvent | SentUser
  if ('user' in sent) {
    return readUser(sent)
  }
  const event = readEvent(sent)
  return event instanceof Dropped ? event : [{ kind: 'event', event }, ...identityOf(event)]
}

export const ga4: MixedFormat = Object.freeze<MixedFormat>({
  name: 'ga4',
  about: 'Google Analytics 4, Measurement Protocol; `api_secret` is the write key',
  kind: 'mixed',
  paths: ['/mp/collect'],
  split,
  entries: entriesOf,
  answer: () => EMPTY_REPLY,
})

export const ga4Debug: MixedFormat = Object.freeze<MixedFormat>({
  name: 'ga4_debug',
  about: 'what is wrong with a request of the Measurement Protocol; nothing is kept',
  kind: 'mixed',
  paths: ['/debug/mp/collect'],
  split: ({ query }) => ({
    values: [],
    raw: () => '',
    write_key: query.get('api_secret') ?? undefined,
  }),
  entries: () => [],
  answer: (_, { text }) => ({ validationMessages: validationMessages(text) }),
})
