/**
 * Requests made once and sent many times: every event has the same number of bytes, and before each
 * sending its id is counted up in place. Nothing is serialised while the load runs.
 */

/** Digits of the counter in an id: a hundred million requests per connection. */
const COUNTER_DIGITS = 8
const ZERO = 48
const NINE = 57

/** The front door: our own JSON, or what a Segment SDK posts. */
export type Door = 'native' | 'segment'

export interface RequestShape {
  readonly host: string
  readonly door: Door
  /** More than one are sent as an array. */
  readonly events: number
  /** Bytes of one event, as JSON. */
  readonly event_bytes: number
  /** Begins every id: no two runs or connections may share it. */
  readonly idPrefix: string
  /** ISO 8601: when all these events happened. */
  readonly timestamp: string
}

const PATHS: Readonly<Record<Door, string>> = { native: '/v1/events', segment: '/v1/batch' }

/** A whole HTTP request, head and body. */
export function requestOf(host: string, body: string, door: Door = 'native'): Buffer {
  const head = [
    `POST ${PATHS[door]} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** One connection's request, which becomes another one, with other ids, at each `next`. */
export class NumberedRequest {
  readonly #request: Buffer
  /** Where each event's counter ends. */
  readonly #ends: readonly number[]

  constructor(shape: RequestShape) {
    const events = Array.from({ length: shape.events }, (_, index) => eventText(shape, index))
    this.#request = requestOf(shape.host, bodyOf(shape, events), shape.door)
    this.#ends = events.map((_, index) => {
      const id = idOf(shape.idPrefix, index)
      return this.#request.indexOf(`"${id}"`) + 1 + id.length
    })
  }

  next(): Buffer {
    for (const end of this.#ends) countUp(this.#request, end - 1)
    return this.#request
  }
}

function bodyOf({ door, timestamp }: RequestShape, events: readonly string[]): string {
  if (door === 'segment') return `{"batch":[${events.join(',')}],"sentAt":"${timestamp}"}`
  return events.length === 1 ? (events[0] as string) : `[${events.join(',')}]`
}

function countUp(bytes: Buffer, last: number): void {
  let at = last
  while (bytes[at] === NINE) bytes[at--] = ZERO
  bytes[at] = (bytes[at] as number) + 1
}

function idOf(prefix: string, index: number): string {
  return `${prefix}-${index}-${'0'.repeat(COUNTER_DIGITS)}`
}

const TYPES = [
  'view',
  'view',
  'view',
  'view',
  'view',
  'view',
  'click',
  'search',
  'cart',
  'purchase',
]

const SEGMENT_NAMES: Readonly<Record<string, string>> = {
  view: 'Product Viewed',
  click: 'Product Clicked',
  search: 'Products Searched',
  cart: 'Product Added',
  purchase: 'Order Completed',
}

/** What a shop's page sends; the page's address makes it as long as asked for. */
function eventText(shape: RequestShape, index: number): string {
  const { event_bytes } = shape
  const page_url = 'https://shop.example/'
  const missing = event_bytes - JSON.stringify(eventOf(shape, index, page_url)).length
  if (missing < 0) throw new Error(`an event needs ${event_bytes - missing} bytes at least`)
  return JSON.stringify(eventOf(shape, index, page_url + 'p'.repeat(missing)))
}

function eventOf({ door, idPrefix, timestamp }: RequestShape, index: number, page_url: string) {
  const event_id = idOf(idPrefix, index)
  const event_type = TYPES[index % TYPES.length] as string
  const user_id = `user-${(index * 7_919) % 10_000}`
  const product = {
    product_id: `product-${(index * 104_729) % 1_000}`,
    category: `electronics.kind-${index % 20}`,
    brand: `brand-${index % 50}`,
    price: 10 + index,
    currency: 'EUR',
  }
  if (door === 'native') return { event_id, event_type, timestamp, user_id, ...product, page_url }
  const event = SEGMENT_NAMES[event_type]
  const properties = { ...product, url: page_url }
  return { messageId: event_id, type: 'track', event, timestamp, userId: user_id, properties }
}
