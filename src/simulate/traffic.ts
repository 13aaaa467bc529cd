/**
 * The contract between those who think up events (shops, files) and those who send them: traffic is
 * a sequence of deliveries in the order of sending. Nothing here knows HTTP or the machine's clock.
 */
import { type Rhythm, rhythmFactor } from './day_rhythm.ts'

/** An event as a customer's site sends it; every shop names its own fields. */
export type SimulatedEvent = { readonly event_id: string } & Readonly<Record<string, unknown>>

export interface Delivery {
  /** Whose event: deliveries of one key reach the collector in this order. */
  readonly key: string
  readonly event: SimulatedEvent
  /** When to send it, ms since 1970. */
  readonly send_ms: number
}

/** A shop is asked for its next event, again and again, with a time that never goes back. */
export interface Shop {
  next(now_ms: number): { readonly key: string; readonly event: SimulatedEvent }
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
export function* shopTraffic(shop: Shop, { rate, rhythm, timeOf }: Pace): Generator<Delivery> {
  let offset_ms = 0
  for (;;) {
    const send_ms = timeOf(offset_ms)
    const { key, event } = shop.next(send_ms)
    yield { key, event, send_ms }
    offset_ms += 1_000 / (rate * rhythmFactor(rhythm, send_ms))
  }
}
