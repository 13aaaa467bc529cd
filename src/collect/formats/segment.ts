/**
 * Segment's HTTP API, which RudderStack's programs speak as well: one call at its own path, many at
 * /v1/batch; the browser's paths have one letter.
 *
 *   POST /v1/track   {"event":"Product Viewed","userId":"u1","properties":{"product_id":"p1"},...}
 *   POST /v1/batch   {"batch":[{"type":"track",...},{"type":"identify",...}],"sentAt":"..."}
 *
 * What one call says stands in `segment_call.ts`. A call is refused alone, never its neighbours,
 * and the answer does not tell: these programs would throw away the whole batch.
 */
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { MixedFormat, Parts, SentRequest } from './format.ts'
import { nestedParts } from './json_body.ts'
import { readCall } from './segment_call.ts'
import { isTooLongForEach } from './shared_part.ts'

type Sent = Readonly<Record<string, unknown>>

/** Single calls by path; what stands in the body as `type` is another word for the same. */
const CALL_PATHS: ReadonlyMap<string, string> = new Map(
  ['track', 'page', 'screen', 'identify', 'group', 'alias'].flatMap((type) => [
    [`/v1/${type}`, type] as const,
    [`/v1/${type[0]}`, type] as const,
  ]),
).set('/v1/merge', 'merge')

const BATCH_PATHS = ['/v1/batch', '/v1/b', '/v1/import', '/beacon/v1/batch']

function isObject(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A call with what its batch says for all of them; its own word counts more. */
function withBatchContext(call: unknown, context: Sent): unknown {
  if (!isObject(call)) return call
  const own = isObject(call.context) ? call.context : {}
  return { ...call, context: { ...context, ...own } }
}

function batchParts(body: Sent, text: string, values_max: number): Parts {
  const { batch, context, writeKey, sentAt } = body
  if (!Array.isArray(batch)) {
    throw new ClickpathError('BODY_UNREADABLE', 'it has no array `batch`')
  }
  if (isObject(context) && isTooLongForEach(context, batch.length)) {
    throw new ClickpathError('BODY_UNREADABLE', 'its `context` is too long to be kept with each')
  }
  const calls = isObject(context) ? batch.map((call) => withBatchContext(call, context)) : batch
  const [first] = calls
  const own = isObject(first) ? first : {}
  return {
    ...nestedParts(calls, text, values_max),
    write_key: textOf(writeKey) ?? textOf(own.writeKey),
    sent_at: textOf(sentAt) ?? textOf(own.sentAt),
  }
}

function bodyOf(text: string): Sent {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (mistake) {
    throw new ClickpathError('BODY_UNREADABLE', `it is no JSON: ${messageOf(mistake)}`)
  }
  if (isObject(body)) return body
  throw new ClickpathError('BODY_UNREADABLE', 'it is no JSON object')
}

function split({ path, text }: SentRequest, values_max: number): Parts {
  const body = bodyOf(text)
  const type = CALL_PATHS.get(path)
  if (type === undefined) return batchParts(body, text, values_max)
  const call = body.type === type ? body : { ...body, type }
  const { writeKey, sentAt } = body
  return { values: [call], raw: () => text, write_key: textOf(writeKey), sent_at: textOf(sentAt) }
}

export const segment: MixedFormat = Object.freeze<MixedFormat>({
  name: 'segment',
  about: "Segment's HTTP API: track, page, screen, identify, group, alias; RudderStack as well",
  kind: 'mixed',
  paths: [...CALL_PATHS.keys(), ...BATCH_PATHS],
  split,
  entries: readCall,
  answer: () => ({ success: true }),
})
