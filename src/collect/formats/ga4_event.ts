/**
 * One event of the Measurement Protocol as a canonical event. The protocol has no event id: an
 * event gets one from its content, which a caller's retry repeats, wherever a time, an `event_id`
 * or a transaction tells it from others. Where nothing does, two events alike are two events.
 */
import { hash } from 'node:crypto'
import { events } from '../../model/events.ts'
import type { CanonicalEvent } from '../../model/record.ts'
import { shown } from '../columns.ts'
import { putCampaign } from '../commerce/campaign.ts'
import { divideFields } from '../commerce/divided_fields.ts'
import { putOnlyLine } from '../commerce/only_line.ts'
import { GA4_COMMERCE, readCommerce } from '../commerce/order_fields.ts'
import { fieldTable, readFields, type Target } from '../fields.ts'
import { Dropped, invalid } from '../steps/step.ts'
import { readShared, type SentEvent, timeOfMicros } from './ga4_request.ts'
import { type Fields, isObject, isSaid } from './sent_object.ts'

const { session_id, page_url, referrer } = events.declaration.columns
const { utm_source, utm_medium, utm_campaign, utm_term, utm_content } = events.declaration.columns

/** Parameters that any event may have. */
const PAGE_ALIASES = {
  ga_session_id: 'session_id',
  page_location: 'page_url',
  page_referrer: 'referrer',
}
const PAGE_COLUMNS = { session_id, page_url, referrer }
const PAGE_FIELDS = fieldTable(PAGE_COLUMNS, { aliases: PAGE_ALIASES, strict: [] })

/** Tricky: in this one event they are the campaign's; `source` of any other may be anything. */
const CAMPAIGN_EVENT = 'campaign_details'
const CAMPAIGN_FIELDS = fieldTable(
  { ...PAGE_COLUMNS, utm_source, utm_medium, utm_campaign, utm_term, utm_content },
  {
    aliases: {
      ...PAGE_ALIASES,
      source: 'utm_source',
      medium: 'utm_medium',
      campaign: 'utm_campaign',
      term: 'utm_term',
      content: 'utm_content',
    },
    strict: [],
  },
)

const ID_LENGTH = 32

function digestOf(content: unknown): string {
  return hash('sha256', JSON.stringify(content), 'hex').slice(0, ID_LENGTH)
}

/**
 * The id of an event, empty where nothing tells its retry from a further one alike: somebody looks
 * at a product twice, in the same words. A lost view is worse there than one that counts twice.
 *
 * Tricky: a purchase told again in other words (another time, a mended value, a second tag) is an
 * event of its own and a further copy of its order, no conflict of ids. An order counts once, by
 * its earliest copy, as Google keeps the first of a transaction. A refund is no copy: every one
 * that is told takes money back. So it is named by what it takes, and its retry with another time
 * takes nothing; several parts of one order differ in their items or value.
 */
function eventId({ event_type, order_id }: Target, params: Fields, sent: SentEvent): string {
  if (order_id !== undefined && event_type === 'refund') {
    return digestOf(['refund', order_id, params.items ?? null, params.value ?? null])
  }
  const { shared, event } = sent
  const isPurchase = order_id !== undefined && event_type === 'purchase'
  const micros = (event as Fields).timestamp_micros ?? shared.timestamp_micros
  const isTold = isPurchase || isSaid(micros) || isSaid(params.event_id)
  return isTold ? digestOf([shared, event]) : ''
}

/** Reads the event itself, `event_type` included; answers the first mistake. */
function readNamed(name: string, params: Fields, target: Target): Dropped | undefined {
  const fields = name === CAMPAIGN_EVENT ? CAMPAIGN_FIELDS : PAGE_FIELDS
  const { known, others } = divideFields(params, fields)
  return readCommerce(name, others, GA4_COMMERCE, target) ?? readFields(known, fields, target)
}

/** The canonical event of what one request says once and of what it says of all its events. */
export function readEvent(sent: SentEvent): CanonicalEvent | Dropped {
  const { event, shared } = sent
  if (!isObject(event)) return invalid('wrong_type', `an event is ${shown(event)}; send an object`)
  const { name, params = {}, timestamp_micros = shared.timestamp_micros, ...rest } = event
  if (!isSaid(name)) return invalid('missing_field', 'name is missing')
  if (typeof name !== 'string') return invalid('wrong_type', `name is ${shown(name)}; send a text`)
  if (!isObject(params)) {
    return invalid('wrong_type', `params is ${shown(params)}; it must be an object`)
  }
  const target: Target = {}
  const dropped = readNamed(name, params, target) ?? readShared({ ...shared, ...rest }, target)
  if (dropped) return dropped
  if (isSaid(timestamp_micros)) {
    const time = timeOfMicros(timestamp_micros)
    if (time instanceof Dropped) return time
    target.client_time = time
  }
  target.event_id = eventId(target, params, sent)
  putCampaign(target)
  putOnlyLine(target)
  return target as CanonicalEvent
}
