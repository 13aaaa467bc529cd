/**
 * One CloudEvent as a canonical event. Source and id together name it. Its type, mostly a reverse
 * domain name, says what happened by its last words (`com.acme.order.completed.v1`), in any
 * vocabulary that we know; its data are our own columns, or the fields of that vocabulary.
 */
import { hash } from 'node:crypto'
import { events } from '../../model/events.ts'
import { type CanonicalEvent, isKnownEventType } from '../../model/record.ts'
import { shown } from '../columns.ts'
import { putCampaign } from '../commerce/campaign.ts'
import { divideFields } from '../commerce/divided_fields.ts'
import { putOnlyLine } from '../commerce/only_line.ts'
import {
  GA4_COMMERCE,
  readCommerce,
  SEGMENT_COMMERCE,
  SNOWPLOW_COMMERCE,
  type Vocabulary,
} from '../commerce/order_fields.ts'
import { fieldTable, putProperty, readFields, type Target } from '../fields.ts'
import { Dropped, invalid } from '../steps/step.ts'
import { type Fields, isObject, isSaid } from './sent_object.ts'

const { columns } = events.declaration
const ID_LENGTH_MAX = columns.event_id.bound ?? 256

/** What the data say beside what a vocabulary reads. */
const OWN_FIELDS = fieldTable(
  {
    client_time: columns.client_time,
    user_id: columns.user_id,
    anonymous_id: columns.anonymous_id,
    session_id: columns.session_id,
    page_url: columns.page_url,
    referrer: columns.referrer,
    device_type: columns.device_type,
    ip: columns.ip,
    user_agent: columns.user_agent,
    properties: columns.properties,
  },
  {
    aliases: {
      timestamp: 'client_time',
      userId: 'user_id',
      anonymousId: 'anonymous_id',
      visitor_id: 'anonymous_id',
      sessionId: 'session_id',
    },
    consumed: ['event_type'],
  },
)

/** The attribute that is a column; what is left of them stays in `properties`. */
const ATTRIBUTES = fieldTable(
  { client_time: columns.client_time },
  {
    aliases: { time: 'client_time' },
    consumed: ['specversion', 'id', 'type', 'datacontenttype', 'data'],
  },
)

interface Named {
  readonly name: string
  readonly vocabulary: Vocabulary
}

const VOCABULARIES: readonly Vocabulary[] = [GA4_COMMERCE, SNOWPLOW_COMMERCE]

function lookUp(word: string): Named | undefined {
  const spaced = word.replaceAll('_', ' ')
  if (SEGMENT_COMMERCE.names.has(spaced)) return { name: spaced, vocabulary: SEGMENT_COMMERCE }
  const vocabulary = VOCABULARIES.find(({ names }) => names.has(word))
  if (vocabulary) return { name: word, vocabulary }
  return isKnownEventType(word) ? { name: word, vocabulary: SEGMENT_COMMERCE } : undefined
}

/** What a type says happened: its last two words or its last one, where we know them; else all. */
function namedBy(type: string): Named {
  const words = type
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/\.v\d{1,4}$/, '')
    .split(/[./]/)
  const found = lookUp(words.slice(-2).join('_')) ?? lookUp(words.at(-1) ?? '')
  return found ?? { name: type, vocabulary: SEGMENT_COMMERCE }
}

/**
 * Tricky: a list of products stands under the word of its sender, whatever the type's words are.
 */
function withLines(data: Fields, { lines }: Vocabulary): Fields {
  const { items, products, ...others } = data
  const sent = products ?? items
  return sent === undefined ? others : { ...others, [lines]: sent }
}

function readData(type: string, data: Fields, target: Target): Dropped | undefined {
  const { known, others } = divideFields(data, OWN_FIELDS)
  const { event_type } = data
  const { name, vocabulary } = namedBy(typeof event_type === 'string' ? event_type : type)
  const dropped = readCommerce(name, withLines(others, vocabulary), vocabulary, target)
  if (dropped) return dropped
  if (target.properties?.event_name === name) delete target.properties.event_name
  return readFields(known, OWN_FIELDS, target)
}

/** The attributes without which there is no event; each a text. */
function attributeOf(event: Fields, name: string): string | Dropped {
  const value = event[name]
  if (!isSaid(value)) return invalid('missing_field', `${name} is missing`)
  const text = Number.isSafeInteger(value) ? String(value) : value
  if (typeof text === 'string') return text
  return invalid('wrong_type', `${name} is ${shown(value)}; it must be a text`)
}

function eventId(source: string, id: string): string {
  const whole = `${source}/${id}`
  return whole.length <= ID_LENGTH_MAX ? whole : hash('sha256', whole, 'hex')
}

/** The canonical event, or the first mistake. */
export function readCloudEvent(event: Fields): CanonicalEvent | Dropped {
  const version = attributeOf(event, 'specversion')
  if (version instanceof Dropped) return version
  const [id, source, type] = ['id', 'source', 'type'].map((name) => attributeOf(event, name))
  for (const part of [id, source, type]) if (part instanceof Dropped) return part
  const { data } = event
  const target: Target = {}
  const dropped =
    readData(String(type), isObject(data) ? data : {}, target) ?? readTimeAndRest(event, target)
  if (dropped) return dropped
  if (isSaid(data) && !isObject(data)) putProperty(target, 'data', data)
  if (target.event_type !== type) putProperty(target, 'event_name', type)
  target.event_id = eventId(String(source), String(id))
  putCampaign(target)
  putOnlyLine(target)
  return target as CanonicalEvent
}

/** The event's own time counts more than one in its data. */
function readTimeAndRest(event: Fields, target: Target): Dropped | undefined {
  const { client_time } = target
  delete target.client_time
  const dropped = readFields(event, ATTRIBUTES, target)
  if (dropped || client_time === undefined) return dropped
  if (target.client_time === undefined) target.client_time = client_time
  else if (target.client_time !== client_time) putProperty(target, 'timestamp', client_time)
  return undefined
}
