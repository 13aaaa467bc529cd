/**
 * What a shop's own topics hold, by the word that names it. Each is read by the code that reads the
 * same from HTTP or from a file; here is only how a message becomes what that code takes.
 */
import { cloudevents } from './formats/cloudevents.ts'
import { envelope } from './formats/envelope.ts'
import type { Format, Parts } from './formats/format.ts'
import { logs } from './formats/logs.ts'
import { native } from './formats/native.ts'
import { rates } from './formats/rates.ts'
import { customers, products } from './formats/rows.ts'
import { segment } from './formats/segment.ts'
import { snowplow } from './formats/snowplow.ts'
import { readRees46 } from './from_kafka_rees46.ts'
import { store } from './from_kafka_store.ts'
import type { Random } from './steps/step.ts'

export interface MessageFormat {
  readonly about: string
  readonly format: Format
  /** What has no time of its own happened when its message was written, or is invalid. */
  readonly time: 'as written' | 'required'
  /** What one message holds. Throws `BODY_UNREADABLE`, or `BAD_REQUEST` beyond `values_max`. */
  split(text: string, values_max: number, random: Random): Parts
}

const JSON_TYPE = 'application/json'

/** A message is what a request's body would be; `path` is the request's. */
function asPosted(
  format: Format,
  about: string,
  path: (text: string) => string = () => format.paths[0] ?? '/',
  type = JSON_TYPE,
): MessageFormat {
  const query = new URLSearchParams()
  const headers = { 'content-type': type }
  return {
    about,
    format,
    time: 'as written',
    split: (text, values_max, random) =>
      format.split({ method: 'POST', path: path(text), query, headers, text, random }, values_max),
  }
}

/** A call that is alone says what it is; its own path would say it too. */
function segmentPath(text: string): string {
  const type = /^\s*\{(?!.*"batch"\s*:\s*\[).*"type"\s*:\s*"([a-z]+)"/s.exec(text)?.[1]
  return type === undefined ? '/v1/batch' : `/v1/${type}`
}

export const MESSAGE_FORMATS = {
  native: asPosted(native, 'events as POST /v1/events takes them'),
  b1: asPosted(native, 'an event an object: event_id, user_id, product_id, event_type, timestamp'),
  rees46: {
    about: 'rows of REES46: a line of its CSV, or an object with its columns',
    format: native,
    time: 'required',
    split: readRees46,
  },
  collect: asPosted(envelope, 'events in envelopes: id, type, package_id, event'),
  store: asPosted(store, "a store's streams: products, customers, transactions, views, logs"),
  products: asPosted(products, 'products, as POST /v1/products takes them'),
  customers: asPosted(customers, 'customers, as POST /v1/customers takes them'),
  rates: asPosted(rates, 'rates of currencies, as POST /v1/rates takes them'),
  logs: asPosted(logs, 'messages of systems, as POST /v1/logs takes them'),
  segment: asPosted(segment, "calls of Segment's API, one or a batch", segmentPath),
  snowplow: asPosted(snowplow, "payloads of Snowplow's trackers"),
  cloudevents: asPosted(
    cloudevents,
    'CloudEvents as JSON (structured)',
    () => '/cloudevents',
    'application/cloudevents+json',
  ),
} as const satisfies Record<string, MessageFormat>

export type MessageFormatName = keyof typeof MESSAGE_FORMATS
