/**
 * The contract between those who think up events (shops, files) and those who send them: traffic is
 * a sequence of deliveries in the order of sending. Nothing here knows HTTP or the machine's clock.
 * Beside events, a shop may tell of its products and customers, and its systems may keep a log.
 */
import { type Rhythm, rhythmFactor } from './day_rhythm.ts'

/** An event as a customer's site sends it; every shop names its own fields. */
export type SimulatedEvent = { readonly event_id: string } & Readonly<Record<string, unknown>>

export interface MadeEvent {
  /** Whose event: deliveries of one key reach the collector in this order. */
  readonly key: string
  readonly event: SimulatedEvent
}

/** What is told beside events: each stream has a path of its own at the collector. */
export type RowStream = 'customers' | 'products' | 'logs'

export interface MadeRow {
  readonly stream: RowStream
  readonly row: Readonly<Record<string, unknown>>
}

export type Made = MadeEvent | MadeRow

interface Sending {
  /** When to send it, ms since 1970. */
  readonly send_ms: number
}

export type Delivery = MadeEvent & Sending
export type AnyDelivery = Made & Sending

/** A shop is asked for what comes next, again and again, with a time that never goes back. */
export interface Shop<M extends Made = MadeEvent> {
  next(now_ms: number): M
}

/**
 * When something planned for so many ms after the beginning takes place, ms since 1970. Live, a
 * plan that fell behind slips (see send/schedule.ts); for history it is just an addition.
 */
export type TimeOf = (offset_ms: number) => number

export interface Pace {
  /** Events a second, on the average of a day. */
  readonly rate: number
  readonly rhythm: Rhythm
  readonly timeOf: TimeOf
}

/** Endless traffic of a shop. Lazy: an event is thought up when it is asked for. */
export function* shopTraffic<M extends Made>(
  shop: Shop<M>,
  { rate, rhythm, timeOf }: Pace,
): Generator<M & Sending> {
  let offset_ms = 0
  for (;;) {
    const send_ms = timeOf(offset_ms)
    yield { ...shop.next(send_ms), send_ms }
    offset_ms += 1_000 / (rate * rhythmFactor(rhythm, send_ms))
  }
}
