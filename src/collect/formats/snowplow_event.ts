/**
 * One payload of Snowplow's tracker protocol as a canonical event. Every value of a payload is a
 * text; a number is taken, too.
 *
 *   e=pv page view   pp page ping   ue self-describing   se category, action, label
 *   tr order, ti one of its lines: the tracker's old way to tell of a purchase. The order is the
 *   purchase, with its total; the lines follow as events of type `transaction_item`, since an order
 *   is one event here, and two copies of one order compete whole.
 */
import type { CanonicalEvent } from '../../model/record.ts'
import { shown } from '../columns.ts'
import { putCampaign } from '../commerce/campaign.ts'
import { divideFields } from '../commerce/divided_fields.ts'
import { putOnlyLine } from '../commerce/only_line.ts'
import { putProperty, readFields, type Target } from '../fields.ts'
import { Dropped, invalid } from '../steps/step.ts'
import { isoTime } from '../times.ts'
import { type Fields, isSaid } from './sent_object.ts'
import { type Happening, readEntities, readEvent, readHappening } from './snowplow_commerce.ts'
import { PARAMETERS, propertyName } from './snowplow_parameters.ts'
import { putVisitor } from './snowplow_people.ts'

/** Kinds of events that say by themselves what happened; any other is its own name. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['pv', 'page_view'],
  ['pp', 'page_ping'],
  ['tr', 'transaction'],
  ['ti', 'transaction_item'],
])

/** Platforms that tell the device; `web` and `srv` do not. */
const DEVICES: ReadonlyMap<unknown, string> = new Map([
  ['mob', 'mobile'],
  ['pc', 'desktop'],
  ['tv', 'tv'],
])

/** Milliseconds since 1970, as a payload writes them, in ISO 8601; undefined when unreadable. */
export function timeOfMs(value: unknown): string | undefined {
  const isWritten = typeof value === 'string' && /^\d{1,15}$/.test(value)
  const ms = isWritten ? Number(value) : value
  if (typeof ms !== 'number' || !Number.isInteger(ms) || Math.abs(ms) > 8.64e15) return undefined
  return isoTime(new Date(ms).toISOString())
}

function happeningOf(payload: Fields): Happening | Dropped {
  const { e, se_ac } = payload
  if (!isSaid(e)) return invalid('missing_field', 'e is missing')
  if (typeof e !== 'string') return invalid('wrong_type', `e is ${shown(e)}; it must be a text`)
  if (e === 'ue') return readHappening(payload.ue)
  // Tricky: the action is a free word; it may be one of ours (`view`) and mean something else.
  if (e === 'se') return { name: typeof se_ac === 'string' ? `se_${se_ac}` : e, fields: {} }
  return { name: KINDS.get(e) ?? e, fields: {} }
}

/** The parameters beside the event itself: columns, and all the others under their long names. */
function readParameters(payload: Fields, target: Target): Dropped | undefined {
  const { known, others } = divideFields(payload, PARAMETERS)
  for (const [name, value] of Object.entries(others)) {
    putProperty(target, propertyName(name), value)
  }
  return readFields(known, PARAMETERS, target)
}

/** The times: `ttm` is true as it stands; else the device's clock, `dtm`. */
function readTimes({ dtm, ttm }: Fields, target: Target): Dropped | undefined {
  const name = isSaid(ttm) ? 'ttm' : 'dtm'
  const sent = isSaid(ttm) ? ttm : dtm
  if (!isSaid(sent)) return undefined
  const time = timeOfMs(sent)
  if (time === undefined) {
    return invalid('bad_time', `${name} is ${shown(sent)}; send milliseconds since 1970`)
  }
  target.client_time = time
  if (name === 'ttm') {
    target.event_time = time
    if (isSaid(dtm)) putProperty(target, 'dtm', dtm)
  }
  return undefined
}

/** The canonical event of a payload whose packed parameters have been unpacked. */
export function readPayload(payload: Fields): CanonicalEvent | Dropped {
  const happening = happeningOf(payload)
  if (happening instanceof Dropped) return happening
  const entities = readEntities(payload.co)
  if (entities instanceof Dropped) return entities
  const target: Target = {}
  const dropped =
    readEvent(happening, entities, target) ??
    readParameters(payload, target) ??
    readTimes(payload, target)
  if (dropped) return dropped
  putVisitor(payload, entities, target)
  const device = DEVICES.get(payload.p)
  if (device !== undefined) target.device_type ??= device
  putCampaign(target)
  putOnlyLine(target)
  return target as CanonicalEvent
}
