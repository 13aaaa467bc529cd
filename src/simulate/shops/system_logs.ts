/**
 * What the systems behind a simulated shop write down: requests, payments, letters, the stockroom;
 * and now and then a few minutes in which one of them is in trouble.
 */
import type { Random } from '../random.ts'
import type { MadeRow, SimulatedEvent } from '../traffic.ts'
import type { StockChange } from './stock.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'

/** How many of the page's requests are written down; all would be more lines than events. */
const REQUEST_SHARE = 0.15
const DECLINED_SHARE = 0.06
const SLOW_MS = 800
/** Trouble: how often it begins, how long it lasts, and how many requests then fail. */
const CALM_MINUTES = 20
const TROUBLE_MINUTES = 2
const TROUBLE_SHARE = 0.4
const MINUTE_MS = 60_000
const SERVICES = ['web', 'search', 'payments', 'inventory'] as const
const TROUBLES = ['upstream timed out', 'too many connections', 'connection reset', 'out of memory']

interface Trouble {
  readonly service: (typeof SERVICES)[number]
  readonly message: string
  readonly from_ms: number
  readonly to_ms: number
}

export class SystemLogs {
  readonly #random: Random
  #trouble: Trouble

  constructor(random: Random, start_ms: number) {
    this.#random = random
    this.#trouble = this.#nextTrouble(start_ms)
  }

  /** What the systems write when a shopper does something. */
  ofEvent(now_ms: number, event: SimulatedEvent): readonly MadeRow[] {
    const random = this.#random
    const rows: MadeRow[] = []
    if (random.chance(REQUEST_SHARE)) rows.push(this.#request(now_ms, event))
    if (event.event_type === 'purchase') rows.push(...this.#payment(now_ms, event))
    if (event.event_type === 'refund') {
      const message = `order ${event.order_id}: ${event.revenue} EUR paid back`
      rows.push(this.line(now_ms, 'payments', 'info', message))
    }
    const trouble = this.#troubleAt(now_ms)
    if (trouble && random.chance(TROUBLE_SHARE)) {
      const { service, message } = trouble
      rows.push(this.line(now_ms, service, 'error', message))
    }
    return rows
  }

  /** What the stockroom writes. Sales alone are no news. */
  ofStock(now_ms: number, { kind, product_id, units }: StockChange): readonly MadeRow[] {
    const say = (level: Level, message: string) => [this.line(now_ms, 'inventory', level, message)]
    switch (kind) {
      case 'sold':
        return []
      case 'sold out':
        return say('error', `${product_id} is sold out`)
      case 'ordered':
        return say('warn', `${product_id} is low; ${units} ordered`)
      case 'delivered':
        return say('info', `${product_id}: delivery in, ${units} on the shelf`)
    }
  }

  line(now_ms: number, service: string, level: Level, message: string, more?: object): MadeRow {
    const timestamp = new Date(now_ms).toISOString()
    const row = { log_id: this.#random.uuid(), timestamp, service, level, message, ...more }
    return { stream: 'logs', row }
  }

  #request(now_ms: number, { event_type, page_url = '/' }: SimulatedEvent): MadeRow {
    const took_ms = Math.round(this.#random.lognormal(60, 0.9))
    const service = event_type === 'search' ? 'search' : 'web'
    const level = took_ms > SLOW_MS ? 'warn' : 'info'
    const message = `GET ${page_url} 200 in ${took_ms} ms`
    return this.line(now_ms, service, level, message, { status: 200, took_ms })
  }

  #payment(now_ms: number, { order_id, revenue }: SimulatedEvent): readonly MadeRow[] {
    const declined = `order ${order_id}: card declined, trying again`
    const paid = `order ${order_id}: ${revenue} EUR paid`
    return [
      ...(this.#random.chance(DECLINED_SHARE)
        ? [this.line(now_ms, 'payments', 'warn', declined)]
        : []),
      this.line(now_ms, 'payments', 'info', paid, { order_id }),
      this.line(now_ms, 'mail', 'info', `order ${order_id}: confirmation sent`, { order_id }),
    ]
  }

  #nextTrouble(after_ms: number): Trouble {
    const random = this.#random
    const from_ms = after_ms + random.lognormal(CALM_MINUTES, 0.6) * MINUTE_MS
    const to_ms = from_ms + random.lognormal(TROUBLE_MINUTES, 0.5) * MINUTE_MS
    return { service: random.pick(SERVICES), message: random.pick(TROUBLES), from_ms, to_ms }
  }

  #troubleAt(now_ms: number): Trouble | undefined {
    if (now_ms > this.#trouble.to_ms) this.#trouble = this.#nextTrouble(now_ms)
    return now_ms >= this.#trouble.from_ms ? this.#trouble : undefined
  }
}
