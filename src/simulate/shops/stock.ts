/**
 * The stockroom of a simulated shop: every sale takes units out; when few are left more are
 * ordered, and arrive some time later. It never holds fewer than none: what is sold beyond is owed.
 */
import { DueQueue } from '../due_queue.ts'
import { Random } from '../random.ts'

/** How long a supplier takes, in minutes: the middle, and how widely it varies. */
const DELIVERY_MINUTES = 25
const DELIVERY_SPREAD = 0.7
const MINUTE_MS = 60_000

interface Shelf {
  readonly product_id: string
  /** As many as a full shelf holds. */
  readonly full: number
  units: number
  delivery: 'none' | 'under way'
}

export type StockChange =
  | { readonly kind: 'sold'; readonly product_id: string; readonly units: number }
  | { readonly kind: 'sold out'; readonly product_id: string; readonly units: number }
  | { readonly kind: 'ordered'; readonly product_id: string; readonly units: number }
  | { readonly kind: 'delivered'; readonly product_id: string; readonly units: number }

export class Stock {
  readonly #seed: string | number
  readonly #random: Random
  readonly #shelves = new Map<string, Shelf>()
  /** At most one for each product. */
  readonly #deliveries = new DueQueue<Shelf>()

  constructor(seed: string | number, start_ms: number) {
    this.#seed = seed
    this.#random = new Random(`${seed}/deliveries/${start_ms}`)
  }

  /** Units of a product; the shop opens with the same ones for the same seed. */
  unitsOf(product_id: string): number {
    return this.#shelf(product_id).units
  }

  /** Takes units out; `units` of a change are those left, or those on order. */
  sell(now_ms: number, product_id: string, units: number): readonly StockChange[] {
    const shelf = this.#shelf(product_id)
    shelf.units = Math.max(0, shelf.units - units)
    const left = { product_id, units: shelf.units }
    const changes: StockChange[] = [{ kind: 'sold', ...left }]
    if (shelf.units === 0) changes.push({ kind: 'sold out', ...left })
    if (shelf.units < shelf.full / 4 && shelf.delivery === 'none') {
      shelf.delivery = 'under way'
      const minutes = this.#random.lognormal(DELIVERY_MINUTES, DELIVERY_SPREAD)
      this.#deliveries.push(now_ms + minutes * MINUTE_MS, shelf)
      changes.push({ kind: 'ordered', product_id, units: shelf.full - shelf.units })
    }
    return changes
  }

  /** The next delivery that has arrived by now, put on its shelf; undefined when there is none. */
  receive(now_ms: number): StockChange | undefined {
    if (this.#deliveries.due_ms > now_ms) return undefined
    const shelf = this.#deliveries.pop() as Shelf
    shelf.delivery = 'none'
    shelf.units = shelf.full
    return { kind: 'delivered', product_id: shelf.product_id, units: shelf.units }
  }

  #shelf(product_id: string): Shelf {
    const known = this.#shelves.get(product_id)
    if (known) return known
    const random = new Random(`${this.#seed}/shelf/${product_id}`)
    const full = Math.ceil(random.lognormal(30, 0.8)) + 2
    const units = random.integer(Math.ceil(full / 6), full)
    const shelf: Shelf = { product_id, full, units, delivery: 'none' }
    this.#shelves.set(product_id, shelf)
    return shelf
  }
}
