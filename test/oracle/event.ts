/**
 * The events that the oracle computes from: canonical columns, as plain as a test writes them. Also
 * what every table relies on: an event counts once, and there is one total order.
 */
import type { CanonicalLine, EventColumn } from '../../src/model/record.ts'
import { type Units, unitsOrNull, valueOfLine } from './money.ts'
import { type Micros, micros } from './time.ts'

type Required = 'event_id' | 'event_type' | 'event_time' | 'source'
type Amount = 'price' | 'revenue' | 'rating'
type Other = 'quantity' | 'properties' | 'visitor_id' | 'value'

/** Absent and null mean the same. Times are ISO 8601 in UTC; money is decimal text or a number. */
export type OracleEvent = { readonly [K in Required]: string } & {
  readonly [K in Exclude<EventColumn, Required | Amount | Other>]?: string | null
} & { readonly [K in Amount]?: string | number | null } & {
  readonly quantity?: number | null
  readonly properties?: Readonly<Record<string, unknown>> | null
  readonly items?: readonly OracleLine[] | null
}

/** A product line; the same rules. */
export type OracleLine = {
  readonly [K in Exclude<keyof CanonicalLine, 'price' | 'quantity' | 'properties'>]?: string | null
} & {
  readonly price?: string | number | null
  readonly quantity?: number | null
  readonly properties?: Readonly<Record<string, unknown>> | null
}

/** One cell of a table. Money is text with four places, a time is ISO 8601. */
export type Cell = string | number | boolean | null | readonly (string | number | null)[]
export type Row = Readonly<Record<string, Cell>>

/** An event read once: its time, its money and its visitor as the tables use them. */
export interface Read {
  readonly event: OracleEvent
  readonly event_type: string
  readonly time: Micros
  readonly visitor_id: string | null
  readonly category: string | null
  readonly product_id: string | null
  readonly price: Units | null
  readonly quantity: number | null
  readonly value: Units | null
}

/** Compares by code point, as UTF-8 bytes do. Tricky: `<` on strings compares UTF-16 units. */
export function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

function compareRead(left: Read, right: Read): number {
  return (
    left.time - right.time ||
    compareText(left.event.event_id, right.event.event_id) ||
    compareText(left.event.source, right.event.source)
  )
}

function read(event: OracleEvent): Read {
  const price = unitsOrNull(event.price)
  const quantity = event.quantity ?? null
  return {
    event,
    event_type: event.event_type,
    time: micros(event.event_time),
    visitor_id: event.anonymous_id ?? event.user_id ?? event.session_id ?? null,
    category: event.category ?? null,
    product_id: event.product_id ?? null,
    price,
    quantity,
    value: valueOfLine(price, quantity),
  }
}

const isPresent = (value: unknown) => value !== null && value !== undefined

const contentOf = (event: OracleEvent) =>
  JSON.stringify(
    Object.entries(event)
      .filter(([name, value]) => isPresent(value) && name !== 'received_at')
      .sort(([left], [right]) => compareText(left, right)),
  )

/**
 * The events in the order (event_time, event_id, source), each once however often it was sent.
 * Throws where two events of a source share an id and differ: which of them counts is decided by
 * arrival, of which the oracle knows nothing.
 */
export function readEvents(events: readonly OracleEvent[]): readonly Read[] {
  const byIdentity = new Map<string, OracleEvent>()
  for (const event of events) {
    const identity = JSON.stringify([event.source, event.event_id])
    const earlier = byIdentity.get(identity)
    if (earlier && contentOf(earlier) !== contentOf(event)) {
      throw new Error(`Two different events are ${identity}; the oracle cannot know which counts.`)
    }
    byIdentity.set(identity, event)
  }
  return [...byIdentity.values()].map(read).sort(compareRead)
}

function withoutNulls(columns: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => isPresent(value)))
}

/** The event as a line of the log, for tests that write a log themselves. */
export function recordOf(event: OracleEvent, received_at: string): Record<string, unknown> {
  const record = { record: 'event', received_at, ...withoutNulls(event) }
  return event.items ? { ...record, items: event.items.map(withoutNulls) } : record
}
