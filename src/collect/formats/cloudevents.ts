/**
 * CloudEvents over HTTP: POST /cloudevents. The one format whose kind is told by headers, as its
 * specification has it: one event in headers and body (binary), one as JSON (structured), or many.
 *
 *   ce-specversion: 1.0   ce-id: 1   ce-source: /shop   ce-type: com.acme.product_viewed
 *   {"user_id":"u1","product_id":"p1","price":19.9}
 *
 *   application/cloudevents+json         {"specversion":"1.0","id":"1","source":"/shop",...}
 *   application/cloudevents-batch+json   [{...},{...}]
 */
import { ClickpathError } from '../../std/errors.ts'
import { Dropped } from '../steps/step.ts'
import { readCloudEvent } from './cloudevents_event.ts'
import type { Entry, MixedFormat, Parts, SentRequest } from './format.ts'
import { identityOf } from './identity.ts'
import { jsonParts, nestedParts } from './json_body.ts'
import { countedAnswer } from './native.ts'

const PREFIX = 'ce-'
const JSON_TYPE = /^(?:application|text)\/(?:[\w.+-]+\+)?json$/

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** Header values write what is not ASCII in percents; a percent that is none stands for itself. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function dataOf(text: string, type: string): unknown {
  if (text === '') return undefined
  if (type !== '' && !JSON_TYPE.test(type)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text // It is kept as it came, as any other data that is no object.
  }
}

function binaryEvent({ headers, text }: SentRequest, type: string): object {
  const attributes = Object.entries(headers).filter(([name]) => name.startsWith(PREFIX))
  return {
    ...Object.fromEntries(
      attributes.map(([name, value]) => [name.slice(PREFIX.length), decoded(String(value))]),
    ),
    ...(type === '' ? {} : { datacontenttype: headers['content-type'] }),
    data: dataOf(text, type),
  }
}

function split(request: SentRequest, values_max: number): Parts {
  const { headers, text } = request
  const type = mediaType(headers['content-type'])
  const isMarked = type.startsWith('application/cloudevents')
  if (headers['ce-specversion'] !== undefined && !isMarked) {
    return { ...nestedParts([binaryEvent(request, type)], text, values_max), escapes: 'some' }
  }
  if (isMarked || type === '' || JSON_TYPE.test(type)) return jsonParts(text, values_max)
  throw new ClickpathError('UNSUPPORTED_TYPE', type.slice(0, 100))
}

function entriesOf(value: object): readonly Entry[] | Dropped {
  const event = readCloudEvent(value as Readonly<Record<string, unknown>>)
  return event instanceof Dropped ? event : [{ kind: 'event', event }, ...identityOf(event)]
}

export const cloudevents: MixedFormat = Object.freeze<MixedFormat>({
  name: 'cloudevents',
  about: 'CloudEvents over HTTP: binary, structured and batches',
  kind: 'mixed',
  paths: ['/cloudevents'],
  split,
  entries: entriesOf,
  answer: countedAnswer,
})
