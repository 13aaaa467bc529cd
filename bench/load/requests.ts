/**
 * Requests made once and sent many times: every event has the same number of bytes, and before each
 * sending its id is counted up in place. Nothing is serialised while the load runs.
 */

/** Digits of the counter in an id: a hundred million requests per connection. */
const COUNTER_DIGITS = 8
const ZERO = 48
const NINE = 57

export interface RequestShape {
  readonly host: string
  /** More than one are sent as an array. */
  readonly events: number
  /** Bytes of one event, as JSON. */
  readonly event_bytes: number
  /** Begins every id: no two runs or connections may share it. */
  readonly idPrefix: string
  /** ISO 8601: when all these events happened. */
  readonly timestamp: string
}

/** A whole HTTP request, head and body. */
export function requestOf(host: string, body: string): Buffer {
  const head = [
    'POST /v1/events HTTP/1.1',
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
    const body = events.length === 1 ? (events[0] as string) : `[${events.join(',')}]`
    this.#request = requestOf(shape.host, body)
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

/** What a shop's page sends; the page's address makes it as long as asked for. */
function eventText({ event_bytes, idPrefix, timestamp }: RequestShape, index: number): string {
  const event = {
    event_id: idOf(idPrefix, index),
    event_type: TYPES[index % TYPES.length],
    timestamp,
    user_id: `user-${(index * 7_919) % 10_000}`,
    product_id: `product-${(index * 104_729) % 1_000}`,
    category: `electronics.kind-${index % 20}`,
    brand: `brand-${index % 50}`,
    price: 10 + index,
    currency: 'EUR',
    page_url: 'https://shop.example/',
  }
  const missing = event_bytes - JSON.stringify(event).length
  if (missing < 0) throw new Error(`an event needs ${event_bytes - missing} bytes at least`)
  return JSON.stringify({ ...event, page_url: event.page_url + 'p'.repeat(missing) })
}
