/**
 * A whole store: the realistic shop's people, and what a store tells beside their clicks: its
 * products with their stock, its customers with their last login, the log of its systems. A row is
 * told when there is news: a product that is seen for the first time, launched, sold or delivered;
 * a customer who is seen for the first time, signs up or logs in.
 */
import { Random } from '../random.ts'
import { RecentSet } from '../recent_set.ts'
import type { Made, MadeRow, Shop, SimulatedEvent } from '../traffic.ts'
import type { Product } from './catalog.ts'
import { makePerson } from './people.ts'
import { type RealisticOptions, RealisticShop } from './realistic.ts'
import { makeShopper } from './shoppers.ts'
import { Stock, type StockChange } from './stock.ts'
import { SystemLogs } from './system_logs.ts'

/** New products keep appearing until there are twice as many; by default that takes 16 hours. */
const LAUNCH_INTERVAL_MS = 60_000
const LAUNCHED_SHARE = 0.5
/** Orders remembered, so that an event which is sent twice sells once. */
const ORDERS_MAX = 10_000
/** Products and customers that were told; one that is forgotten is told again. */
const TOLD_MAX = 200_000
const DAY_MS = 86_400_000
const CUSTOMER_FOR_DAYS_MAX = 1_100

interface Line {
  readonly product_id: string
  readonly quantity: number
}

export class StoreShop implements Shop<Made> {
  readonly #options: RealisticOptions
  readonly #shop: RealisticShop
  readonly #stock: Stock
  readonly #logs: SystemLogs
  readonly #products: ReadonlyMap<string, Product>
  readonly #told = new RecentSet(TOLD_MAX)
  readonly #orders = new RecentSet(ORDERS_MAX)
  /** What is to be told next. Short: every event adds a few rows, and rows go before events. */
  readonly #rows: MadeRow[] = []
  #launch_ms: number

  constructor(options: RealisticOptions) {
    const { seed, start_ms } = options
    this.#options = options
    const products = options.products / LAUNCHED_SHARE
    this.#shop = new RealisticShop({ ...options, products, launchedShare: LAUNCHED_SHARE })
    this.#stock = new Stock(seed, start_ms)
    this.#logs = new SystemLogs(new Random(`${seed}/logs/${start_ms}`), start_ms)
    const range = this.#shop.catalog.products.map(
      (product) => [product.product_id, product] as const,
    )
    this.#products = new Map(range)
    this.#launch_ms = start_ms + LAUNCH_INTERVAL_MS
  }

  next(now_ms: number): Made {
    const row = this.#rows.shift() ?? this.#news(now_ms)
    if (row) return row
    const made = this.#shop.next(now_ms)
    this.#follow(now_ms, made.event)
    return made
  }

  /** What happens in the store by itself; undefined when nothing does. */
  #news(now_ms: number): MadeRow | undefined {
    const delivery = this.#stock.receive(now_ms)
    if (delivery) this.#tellStock(now_ms, delivery)
    if (now_ms >= this.#launch_ms) {
      this.#launch_ms = now_ms + LAUNCH_INTERVAL_MS
      const launched = this.#shop.catalog.launch()
      if (launched) this.#tellProduct(now_ms, launched)
    }
    return this.#rows.shift()
  }

  /** What the store does about an event. */
  #follow(now_ms: number, event: SimulatedEvent): void {
    const product = this.#products.get(String(event.product_id))
    if (product && !this.#told.has(product.product_id)) this.#tellProduct(now_ms, product)
    const { user_id } = event
    const isNews = event.event_type === 'login' || event.event_type === 'signup'
    if (typeof user_id === 'string' && (isNews || !this.#told.has(user_id))) {
      this.#tellCustomer(now_ms, user_id, event)
    }
    if (event.event_type === 'purchase') this.#sell(now_ms, event)
    this.#rows.push(...this.#logs.ofEvent(now_ms, event))
  }

  #sell(now_ms: number, { order_id, items }: SimulatedEvent): void {
    if (this.#orders.has(String(order_id))) return
    this.#orders.add(String(order_id))
    for (const { product_id, quantity } of items as readonly Line[]) {
      const changes = this.#stock.sell(now_ms, product_id, quantity)
      for (const change of changes) this.#tellStock(now_ms, change)
    }
  }

  #tellStock(now_ms: number, change: StockChange): void {
    const product = this.#products.get(change.product_id)
    const isMoved = change.kind === 'sold' || change.kind === 'delivered'
    if (product && isMoved) this.#tellProduct(now_ms, product)
    this.#rows.push(...this.#logs.ofStock(now_ms, change))
  }

  #tellProduct(now_ms: number, { product_id, name, category, brand, price }: Product): void {
    this.#told.add(product_id)
    const row = {
      product_id,
      product_name: name,
      category: category.code,
      brand,
      price,
      stock: this.#stock.unitsOf(product_id),
      updated_at: new Date(now_ms).toISOString(),
    }
    this.#rows.push({ stream: 'products', row })
  }

  #tellCustomer(now_ms: number, user_id: string, event: SimulatedEvent): void {
    const { seed, start_ms } = this.#options
    const isKnown = this.#told.has(user_id)
    this.#told.add(user_id)
    const number = Number(user_id.replace(/\D/g, ''))
    const { traits, persona } = makeShopper(seed, number, this.#shop.catalog)
    const { gender, birth_year, city, country } = traits
    const updated_at = new Date(now_ms).toISOString()
    const before_days = new Random(`${seed}/registered/${number}`).float() * CUSTOMER_FOR_DAYS_MAX
    const before = new Date(start_ms - before_days * DAY_MS).toISOString()
    const registered_at = event.event_type === 'signup' ? updated_at : before
    const row = {
      user_id,
      ...makePerson(seed, number, String(gender)),
      gender,
      age: new Date(start_ms).getUTCFullYear() - Number(birth_year),
      country,
      customer_segment: persona.name,
      ...(isKnown ? {} : { registered_at }),
      updated_at,
      properties: { city, ...(event.event_type === 'login' ? { last_login: updated_at } : {}) },
    }
    this.#rows.push({ stream: 'customers', row })
  }
}
