/**
 * Simulated REES46 rows in the order of their times, as dense as the real file of a large shop:
 * many views, few carts, fewer purchases. Visits here are simpler than those of the realistic shop,
 * because hundreds of thousands of rows a second are wanted; nothing is bought that was not seen.
 */
import { rhythmFactor } from '../day_rhythm.ts'
import { DueQueue } from '../due_queue.ts'
import { Random } from '../random.ts'
import { Catalog, type Product } from '../shops/catalog.ts'
import type { Category } from '../shops/categories.ts'
import { rees46Time } from './format.ts'

export interface HistoryOptions {
  readonly seed: string | number
  /** Time of the first row, ms since 1970. */
  readonly start_ms: number
  /** Rows of an average day. */
  readonly rowsPerDay: number
  readonly products: number
}

const DAY_MS = 86_400_000
/** With 4.6 rows in a visit: 60,000 people in a million rows. */
const NEW_USER = 0.275
const GO_ON = 1 - 1 / 4.6
const FIRST_USER_ID = 512_000_000
/** One in so many categories has an id and no name; one in so many products has no brand. */
const NAMELESS_EVERY = 6
const BRANDLESS_SHARE = 0.14

interface Visit {
  /** `,user_id,user_session` and the end of the line. */
  readonly rowEnd: string
  readonly category: Category
  seen: Product | undefined
  cart: Product | undefined
}

export class Rees46History {
  readonly #random: Random
  readonly #catalog: Catalog
  readonly #rowsPerMs: number
  /** `,product_id,...,price`, which is the same in every row of a product. */
  readonly #columns = new Map<Product, string>()
  readonly #visits = new DueQueue<Visit>()
  #users = 0
  #now_ms: number
  #second = Number.NaN
  #timeCell = ''

  constructor({ seed, start_ms, rowsPerDay, products }: HistoryOptions) {
    this.#random = new Random(`${seed}/rees46/${start_ms}`)
    const random = new Random(`${seed}/catalog`)
    this.#catalog = new Catalog(random, products)
    this.#rowsPerMs = rowsPerDay / DAY_MS
    this.#now_ms = start_ms
    const categories = new Map<Category, string>()
    for (const product of this.#catalog.products) {
      const { category } = product
      const named = categories.get(category) ?? categoryCells(random, category, categories.size)
      categories.set(category, named)
      const brand = random.chance(BRANDLESS_SHARE) ? '' : product.brand
      const id = product.product_id.replace('p-', '10')
      this.#columns.set(product, flat(`,${id},${named},${brand},${product.price.toFixed(2)}`))
    }
  }

  /** The next so many rows, each with its line break. */
  rows(count: number): string {
    let text = ''
    for (let row = 0; row < count; row++) {
      const now_ms = this.#now_ms
      text += this.#row(now_ms)
      this.#now_ms = now_ms + 1 / (this.#rowsPerMs * rhythmFactor('day', now_ms))
    }
    return text
  }

  #row(now_ms: number): string {
    const visit = this.#whoIsDue(now_ms)
    const { type, product } = this.#act(visit)
    this.#visits.push(now_ms + this.#random.lognormal(35, 0.9) * 1_000, visit)
    const second = Math.floor(now_ms / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#timeCell = rees46Time(now_ms)
    }
    return `${this.#timeCell},${type}${this.#columns.get(product)}${visit.rowEnd}`
  }

  #whoIsDue(now_ms: number): Visit {
    while (this.#visits.due_ms <= now_ms) {
      const visit = this.#visits.pop() as Visit
      if (this.#random.chance(GO_ON)) return visit
    }
    const random = this.#random
    const isNew = this.#users === 0 || random.chance(NEW_USER)
    const user = isNew ? ++this.#users : random.integer(1, this.#users)
    return {
      rowEnd: flat(`,${FIRST_USER_ID + user},${random.uuid()}\n`),
      category: this.#catalog.categories.pick(random),
      seen: undefined,
      cart: undefined,
    }
  }

  /** What the visitor does next; moves the visit on. */
  #act(visit: Visit): { type: string; product: Product } {
    const random = this.#random
    const { seen, cart } = visit
    const draw = random.float()
    if (cart && draw < 0.3) {
      visit.cart = undefined
      return { type: draw < 0.22 ? 'purchase' : 'remove_from_cart', product: cart }
    }
    if (seen && !cart && draw < 0.055 * seen.appeal) {
      if (draw < 0.01) return { type: 'purchase', product: seen }
      visit.cart = seen
      return { type: 'cart', product: seen }
    }
    const again = seen && random.chance(0.3)
    const near = random.chance(0.7) ? visit.category : undefined
    visit.seen = again ? seen : this.#catalog.pick(random, near)
    return { type: 'view', product: visit.seen }
  }
}

/**
 * Tricky: a text put together from pieces stays a tree of them until it is read, and would be
 * walked again in every row that it is part of. Going through bytes leaves it in one piece.
 */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** `category_id,category_code`; ids have nineteen digits, more than a double holds. */
function categoryCells(random: Random, category: Category, order: number): string {
  const id = `20530135${String(random.integer(0, 99_999_999_999)).padStart(11, '0')}`
  return `${id},${order % NAMELESS_EVERY === 4 ? '' : category.code}`
}
