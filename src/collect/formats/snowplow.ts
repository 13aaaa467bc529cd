/**
 * Snowplow's tracker protocol: POST with a list of payloads, GET with one in the query, as pixels
 * have it. Trackers may be given a path of their own (`postPath`): a reverse domain name, then a
 * version; such paths take POST alone, so that no page is hidden by them.
 *
 *   {"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4",
 *    "data":[{"e":"pv","eid":"...","dtm":"1767225600000","aid":"shop","url":"https://..."}]}
 *
 * There is no key on this wire: the program's name, `aid`, tells the source where a key of kind
 * `browser` has a source of that name. A server sends its key (`Authorization`, `?writeKey=`).
 */
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { Dropped } from '../steps/step.ts'
import type { Entry, Method, MixedFormat, Parts, SentRequest } from './format.ts'
import { identityOf } from './identity.ts'
import { nestedParts } from './json_body.ts'
import { PIXEL_REPLY, Reply } from './reply.ts'
import { type Fields, isObject } from './sent_object.ts'
import { readPayload, timeOfMs } from './snowplow_event.ts'
import { unpackPayload } from './snowplow_json.ts'
import { networkIdHeaders, networkIds } from './snowplow_network_id.ts'
import { customerOf, NETWORK_ID } from './snowplow_people.ts'

/** Vendors are reverse domain names; ours have no point before the second slash. */
const CUSTOM_PATH = /^\/[\w-]+(?:\.[\w-]+)+\/[\w.-]+$/
const PATH_LENGTH_MAX = 256

function payloadsOf(text: string): readonly unknown[] {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (mistake) {
    throw new ClickpathError('BODY_UNREADABLE', `it is no JSON: ${messageOf(mistake)}`)
  }
  if (Array.isArray(body)) return body
  if (isObject(body) && Array.isArray(body.data)) return body.data
  if (isObject(body) && 'e' in body) return [body]
  const due = '{"schema":"iglu:.../payload_data/...","data":[...]}'
  throw new ClickpathError('BODY_UNREADABLE', `it holds no payloads; send ${due}`)
}

function sentParts({ method, query, text }: SentRequest, values_max: number): Parts {
  if (method === 'POST') return nestedParts(payloadsOf(text), text, values_max)
  return { values: [Object.fromEntries(query)], raw: () => `?${query}` }
}

function split(request: SentRequest, values_max: number): Parts {
  const { values, raw } = sentParts(request, values_max)
  const ids = networkIds(
    values.map((payload) => (isObject(payload) ? payload.eid : undefined)),
    request,
  )
  const open = values.map((payload, index) => {
    const unpacked = unpackPayload(payload)
    return isObject(unpacked) ? { ...unpacked, [NETWORK_ID]: ids[index] } : unpacked
  })
  const { stm, aid } = isObject(values[0]) ? values[0] : {}
  return {
    values: open,
    raw,
    sent_at: timeOfMs(stm),
    app_id: typeof aid === 'string' ? aid : undefined,
    // Packed JSON may hold escapes that the body does not show.
    escapes: 'some',
  }
}

function entriesOf(value: object): readonly Entry[] | Dropped {
  const event = readPayload(value as Fields)
  if (event instanceof Dropped) return event
  return [
    { kind: 'event', event },
    ...identityOf(event),
    ...customerOf(value as Fields, event.client_time),
  ]
}

/** The browser's id among what was sent, for the cookie. */
function networkIdOf([value]: readonly unknown[]): string | undefined {
  const id = isObject(value) ? value[NETWORK_ID] : undefined
  return typeof id === 'string' ? id : undefined
}

export const snowplow: MixedFormat = Object.freeze<MixedFormat>({
  name: 'snowplow',
  about: "Snowplow's tracker protocol (tp2), by POST and as a pixel",
  kind: 'mixed',
  paths: ['/com.snowplowanalytics.snowplow/tp2', '/i', '/ice.png'],
  methods: ['GET', 'POST'],
  matches: (path: string, method: Method) =>
    method === 'POST' && path.length <= PATH_LENGTH_MAX && CUSTOM_PATH.test(path),
  split,
  entries: entriesOf,
  answer({ values }, { method, headers }) {
    const id = networkIdOf(values)
    const cookie = id === undefined ? {} : networkIdHeaders(headers, id)
    if (method === 'POST') return new Reply('text/plain; charset=utf-8', 'ok', cookie)
    const { type, body, headers: pixelHeaders } = PIXEL_REPLY
    return new Reply(type, body, { ...pixelHeaders, ...cookie })
  },
})
