/**
 * What the Measurement Protocol's own checks would say of a request, and ours. Its limits are not
 * ours: a request beyond them is taken all the same; this tells what Google would not have taken.
 */
import { messageOf } from '../../std/errors.ts'
import { SETTINGS } from '../../std/settings.ts'
import { checkShape } from '../shape.ts'
import { Dropped } from '../steps/step.ts'
import { readEvent } from './ga4_event.ts'
import { type Fields, isObject } from './sent_object.ts'

export interface ValidationMessage {
  readonly fieldPath: string
  readonly description: string
  readonly validationCode:
    | 'VALUE_INVALID'
    | 'VALUE_REQUIRED'
    | 'NAME_INVALID'
    | 'NAME_RESERVED'
    | 'VALUE_OUT_OF_BOUNDS'
    | 'EXCEEDED_MAX_ENTITIES'
}

const EVENTS_MAX = 25
const PARAMS_MAX = 25
const ITEMS_MAX = 200
const USER_PROPERTIES_MAX = 25
const NAME_LENGTH_MAX = 40
const VALUE_LENGTH_MAX = 100
const MESSAGES_MAX = 100

/** Whatever the settings are: this answers, it does not take. */
const SHAPE = {
  event_keys_max: SETTINGS.event_keys_max.default,
  event_depth_max: SETTINGS.event_depth_max.default,
}

const NAME = /^[A-Za-z]\w*$/
const RESERVED = /^(?:_|firebase_|ga_|google_)/
const RESERVED_PARAMETERS = /^(?:_|firebase_|google_)/
const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  'ad_activeview',
  'ad_click',
  'ad_exposure',
  'ad_query',
  'ad_reward',
  'adunit_exposure',
  'app_clear_data',
  'app_exception',
  'app_install',
  'app_remove',
  'app_store_refund',
  'app_update',
  'app_upgrade',
  'dynamic_link_app_open',
  'dynamic_link_app_update',
  'dynamic_link_first_open',
  'error',
  'first_open',
  'first_visit',
  'in_app_purchase',
  'notification_dismiss',
  'notification_foreground',
  'notification_open',
  'notification_receive',
  'os_update',
  'session_start',
  'user_engagement',
])

type Code = ValidationMessage['validationCode']

function message(fieldPath: string, validationCode: Code, description: string): ValidationMessage {
  return { fieldPath, description, validationCode }
}

function* nameMessages(path: string, what: string, name: string, reserved: RegExp) {
  const shown = name.slice(0, NAME_LENGTH_MAX)
  if (reserved.test(name)) {
    yield message(path, 'NAME_RESERVED', `${what} has the reserved name [${shown}].`)
  } else if (!NAME.test(name)) {
    const rule = 'Names start with a letter and hold letters, digits and _.'
    yield message(path, 'NAME_INVALID', `${what} has the name [${shown}]. ${rule}`)
  }
  if (name.length > NAME_LENGTH_MAX) {
    const rule = `Names have at most ${NAME_LENGTH_MAX} characters.`
    yield message(path, 'NAME_INVALID', `${what} has the name [${shown}...]. ${rule}`)
  }
}

function* parameterMessages(path: string, what: string, params: Fields) {
  const entries = Object.entries(params)
  if (entries.length > PARAMS_MAX) {
    const description = `${what} has more than ${PARAMS_MAX} parameters.`
    yield message(path, 'EXCEEDED_MAX_ENTITIES', description)
  }
  for (const [name, value] of entries) {
    const at = `${path}.${name.slice(0, NAME_LENGTH_MAX)}`
    yield* nameMessages(at, `A parameter of ${what}`, name, RESERVED_PARAMETERS)
    if (typeof value === 'string' && value.length > VALUE_LENGTH_MAX) {
      const description = `The value has more than ${VALUE_LENGTH_MAX} characters.`
      yield message(at, 'VALUE_OUT_OF_BOUNDS', description)
    }
  }
  if (Array.isArray(params.items) && params.items.length > ITEMS_MAX) {
    const description = `${what} has more than ${ITEMS_MAX} items.`
    yield message(`${path}.items`, 'EXCEEDED_MAX_ENTITIES', description)
  }
}

/** What a purchase or a refund needs so that its money can be counted. */
function* orderMessages(path: string, name: string, params: Fields) {
  if (name !== 'purchase' && name !== 'refund') return
  if (params.transaction_id === undefined || params.transaction_id === '') {
    const description = `A ${name} needs a transaction_id: without it its retry counts twice.`
    yield message(`${path}.transaction_id`, 'VALUE_REQUIRED', description)
  }
  if (params.value !== undefined && params.currency === undefined) {
    const description = 'A value needs a currency, three letters (ISO 4217).'
    yield message(`${path}.currency`, 'VALUE_REQUIRED', description)
  }
}

const CODES: Readonly<Record<string, Code>> = {
  missing_field: 'VALUE_REQUIRED',
  out_of_bounds: 'VALUE_OUT_OF_BOUNDS',
  too_long: 'VALUE_OUT_OF_BOUNDS',
}

function* eventMessages(event: unknown, index: number, shared: Fields) {
  const what = `Event at index [${index}]`
  const path = `events[${index}]`
  const sent = { event, shared }
  const read = checkShape(sent, SHAPE) ?? readEvent(sent)
  if (read instanceof Dropped) {
    const code = CODES[read.reason] ?? 'VALUE_INVALID'
    yield message(path, code, `${what} is invalid: ${read.detail}.`)
  }
  if (!isObject(event)) return
  const { name, params } = event
  if (typeof name === 'string' && name !== '') {
    yield* nameMessages(`${path}.name`, what, name, RESERVED)
    if (RESERVED_EVENTS.has(name)) {
      yield message(`${path}.name`, 'NAME_RESERVED', `${what} has the reserved name [${name}].`)
    }
  }
  if (!isObject(params)) return
  yield* parameterMessages(`${path}.params`, what, params)
  if (typeof name === 'string') yield* orderMessages(`${path}.params`, name, params)
}

function* bodyMessages(body: Fields) {
  const { events, user_properties, ...shared } = body
  const { client_id, app_instance_id } = shared
  if ((client_id ?? app_instance_id ?? '') === '') {
    yield message('client_id', 'VALUE_REQUIRED', 'client_id or app_instance_id is needed.')
  }
  if (isObject(user_properties) && Object.keys(user_properties).length > USER_PROPERTIES_MAX) {
    const description = `More than ${USER_PROPERTIES_MAX} user properties.`
    yield message('user_properties', 'EXCEEDED_MAX_ENTITIES', description)
  }
  if (!Array.isArray(events) || events.length === 0) {
    yield message('events', 'VALUE_REQUIRED', 'events must be an array of one event or more.')
    return
  }
  if (events.length > EVENTS_MAX) {
    const description = `More than ${EVENTS_MAX} events in one request.`
    yield message('events', 'EXCEEDED_MAX_ENTITIES', description)
  }
  for (const [index, event] of events.entries()) yield* eventMessages(event, index, shared)
}

/** What is wrong with the body of a request, at most a hundred things; empty when nothing is. */
export function validationMessages(text: string): readonly ValidationMessage[] {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (mistake) {
    return [message('', 'VALUE_INVALID', `The body is no JSON: ${messageOf(mistake)}.`)]
  }
  if (!isObject(body)) return [message('', 'VALUE_INVALID', 'The body must be a JSON object.')]
  const messages: ValidationMessage[] = []
  for (const one of bodyMessages(body)) {
    if (messages.length === MESSAGES_MAX) break
    messages.push(one)
  }
  return messages
}
