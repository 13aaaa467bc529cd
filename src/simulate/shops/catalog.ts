/**
 * The products of a simulated shop: a few that everybody sees and a long tail, prices around the
 * middle of their category, and a taste (appeal) that no event shows but that sales follow.
 */
import type { Random } from '../random.ts'
import { WeightedChoice, zipfWeights } from '../weighted_choice.ts'
import { CATEGORIES, type Category } from './categories.ts'

export interface Product {
  readonly product_id: string
  readonly name: string
  readonly category: Category
  readonly brand: string
  /** In the shop's one currency. */
  readonly price: number
  /** Multiplies the chance of being put into a cart; 1 on the average. */
  readonly appeal: number
  /** The stars its buyers would give on the average, 1 to 5. */
  readonly stars: number
}

/** How popularity falls with rank: of 1,000 products the first takes about a tenth. */
const POPULARITY_EXPONENT = 0.9
/** Every so many products is looked at often and hardly bought (too dear, a poor description). */
const DISAPPOINTING_EVERY = 23
const MODELS = ['one', 'air', 'plus', 'pro', 'classic', 'mini', 'max', 'light', 'nova', 'duo']
/** The share of the range that is on sale from the beginning; the rest is launched later. */
const LAUNCHED_SHARE = 0.9

/** 49.99, 3.49: as shops write them. */
function shelfPrice(amount: number): number {
  if (amount < 10) return Math.max(0.49, Math.round(amount * 2) / 2 - 0.01)
  return Math.max(1, Math.round(amount)) - 0.01
}

function makeProduct(random: Random, category: Category, rank: number): Product {
  const brand = random.pick(category.brands)
  const disappointing = rank % DISAPPOINTING_EVERY === 2
  return {
    product_id: `p-${String(rank + 10_001)}`,
    name: `${brand} ${category.noun} ${random.pick(MODELS)} ${random.integer(1, 99)}`,
    category,
    brand,
    price: shelfPrice(random.lognormal(category.price, 0.55)),
    appeal: disappointing ? 0.05 : random.lognormal(0.9, 0.45),
    stars: disappointing ? 2.2 : Math.min(4.9, 3.1 + random.float() * 1.8),
  }
}

export class Catalog {
  readonly #all: WeightedChoice<number>
  readonly #byCategory = new Map<string, WeightedChoice<number>>()
  /** By popularity, those not yet launched included. */
  readonly products: readonly Product[]
  readonly #launchOrder: readonly number[]
  #launched: number
  readonly categories: WeightedChoice<Category>

  /**
   * `size` products, at least 1, always the same for the same seed; that share of them is on sale
   * from the beginning.
   */
  constructor(random: Random, size: number, launchedShare = LAUNCHED_SHARE) {
    const popularity = zipfWeights(size, POPULARITY_EXPONENT)
    this.categories = new WeightedChoice(CATEGORIES, zipfWeights(CATEGORIES.length, 0.5))
    this.products = popularity.map((_, rank) =>
      makeProduct(random, this.categories.pick(random), rank),
    )
    this.#all = new WeightedChoice([...this.products.keys()], popularity)
    for (const [code, ranks] of Map.groupBy(
      this.products.keys(),
      (rank) => (this.products[rank] as Product).category.code,
    )) {
      const weights = ranks.map((rank) => popularity[rank] as number)
      this.#byCategory.set(code, new WeightedChoice(ranks, weights))
    }
    const order = [...this.products.keys()].map((rank) => [random.float(), rank] as const)
    order.sort(([left], [right]) => left - right)
    const position: number[] = []
    order.forEach(([, rank], index) => {
      position[rank] = index
    })
    this.#launchOrder = position
    this.#launched = Math.max(1, Math.floor(size * launchedShare))
  }

  /** How many products are on sale. */
  get launched(): number {
    return this.#launched
  }

  /** Puts one more product on sale and answers it; undefined when none is left. */
  launch(): Product | undefined {
    if (this.#launched === this.products.length) return undefined
    const rank = this.#launchOrder.indexOf(this.#launched++)
    return this.products[rank]
  }

  /** A product as somebody comes across it: anywhere, or in one category where that has any. */
  pick(random: Random, category?: Category): Product {
    const choice = (category && this.#byCategory.get(category.code)) ?? this.#all
    for (let attempt = 0; attempt < 8; attempt++) {
      const rank = choice.pick(random)
      if ((this.#launchOrder[rank] as number) < this.#launched) {
        return this.products[rank] as Product
      }
    }
    return this.products[this.#launchOrder.indexOf(0)] as Product
  }
}
