/**
 * A small shop of independent clicks: every event draws a user, a product and what they do. One
 * product takes a fifth of all traffic and is hardly ever bought: the one that an analysis of high
 * interest and low conversion has to find. Field names are those of a site that knows nothing of
 * ours (`add_to_cart`, `product_category`).
 */
import { Random } from '../random.ts'
import type { Shop, SimulatedEvent } from '../traffic.ts'
import { WeightedChoice } from '../weighted_choice.ts'

export const HIGH_INTEREST_PRODUCT = 'prod_0001'
const HIGH_INTEREST_SHARE = 0.2
const TYPES = ['view', 'add_to_cart', 'purchase'] as const
const HIGH_INTEREST_TYPES = new WeightedChoice(TYPES, [95, 4, 1])
const ORDINARY_TYPES = new WeightedChoice(TYPES, [75, 17, 8])
const CATEGORIES = ['Electronics', 'Clothing', 'Home', 'Sports', 'Books', 'Beauty'] as const
const DEVICES = new WeightedChoice(['mobile', 'desktop', 'tablet'], [55, 37, 8])
/** How probable it is that a user's next event opens a new session. */
const NEW_SESSION = 0.1

export interface B2Options {
  readonly seed: string | number
  /** At least 1. */
  readonly users: number
  /** At least 1; the first is the one of high interest. */
  readonly products: number
  /** Stands before every event_id and session_id, so that no run repeats the ids of another. */
  readonly idPrefix: string
}

interface Product {
  readonly product_id: string
  readonly product_category: string
  readonly price: number
}

const padded = (number: number): string => String(number).padStart(4, '0')

function makeProducts(random: Random, count: number): [Product, ...Product[]] {
  const products = Array.from({ length: count }, (_, index) => ({
    product_id: `prod_${padded(index + 1)}`,
    product_category: random.pick(CATEGORIES),
    price: Math.max(1, Math.round(random.lognormal(60, 1))) - 0.01,
  }))
  return products as [Product, ...Product[]]
}

export class B2Shop implements Shop {
  readonly #random: Random
  readonly #idPrefix: string
  readonly #highInterest: Product
  readonly #ordinary: readonly Product[]
  /** One entry for each user: the number of the open session. */
  readonly #sessions: Uint32Array
  #sessionsOpened = 0
  #events = 0

  constructor(options: B2Options) {
    this.#random = new Random(`b2/${options.seed}`)
    this.#idPrefix = options.idPrefix
    const [highInterest, ...ordinary] = makeProducts(this.#random, options.products)
    this.#highInterest = highInterest
    this.#ordinary = ordinary.length > 0 ? ordinary : [highInterest]
    this.#sessions = new Uint32Array(options.users)
  }

  next(now_ms: number): { key: string; event: SimulatedEvent } {
    const random = this.#random
    const user = random.integer(0, this.#sessions.length - 1)
    if (this.#sessions[user] === 0 || random.chance(NEW_SESSION)) {
      this.#sessions[user] = ++this.#sessionsOpened
    }
    const interesting = random.chance(HIGH_INTEREST_SHARE)
    const product = interesting ? this.#highInterest : random.pick(this.#ordinary)
    const key = `user_${padded(user + 1)}`
    const event = {
      event_id: `${this.#idPrefix}evt_${String(++this.#events).padStart(8, '0')}`,
      user_id: key,
      product_id: product.product_id,
      event_type: (interesting ? HIGH_INTEREST_TYPES : ORDINARY_TYPES).pick(random),
      timestamp: new Date(now_ms).toISOString(),
      session_id: `${this.#idPrefix}session_${padded(this.#sessions[user] as number)}`,
      product_category: product.product_category,
      device_type: DEVICES.pick(random),
      page_url: `/product/${product.product_id}`,
      price: product.price,
    }
    return { key, event }
  }
}
