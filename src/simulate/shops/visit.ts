/**
 * One visit, step by step: arrive, look around, hesitate, fill the cart, empty it again, go to the
 * checkout, buy or leave. A visit knows what is done and how long people think about it; ids, times
 * and sending are the shop's. Nothing is bought that was not looked at in the same visit.
 */
import type { Random } from '../random.ts'
import { WeightedChoice } from '../weighted_choice.ts'
import type { Catalog, Product } from './catalog.ts'
import type { Category } from './categories.ts'
import { writeReview } from './reviews.ts'
import type { Device, Shopper } from './shoppers.ts'

export interface Step {
  readonly event_type: string
  readonly fields: Readonly<Record<string, unknown>>
  /** How long the shopper then thinks, ms. */
  readonly pause_ms: number
}

export interface VisitContext {
  readonly random: Random
  readonly catalog: Catalog
  readonly shopper: Shopper
  readonly device: Device
}

export const CURRENCY = 'EUR'
const FREE_SHIPPING_FROM = 50
const SHIPPING = 4.95
const DIRECT = {}
const ARRIVALS = new WeightedChoice<Readonly<Record<string, string>>>(
  [
    DIRECT,
    { referrer: 'https://www.google.com/' },
    { referrer: 'https://duckduckgo.com/' },
    { utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'brand', utm_term: 'online shop' },
    { utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'shopping' },
    { utm_source: 'newsletter', utm_medium: 'email', utm_campaign: 'weekly_offers' },
    {
      referrer: 'https://www.instagram.com/',
      utm_source: 'instagram',
      utm_medium: 'social',
      utm_campaign: 'new_in',
      utm_content: 'story',
    },
    { referrer: 'https://prices.example/', utm_source: 'prices', utm_medium: 'affiliate' },
  ],
  [34, 26, 3, 8, 11, 8, 6, 4],
)

const money = (amount: number): number => Math.round(amount * 100) / 100
const listUrl = (category: Category): string => `/c/${category.code.replaceAll('.', '/')}`

function productFields(product: Product): Record<string, unknown> {
  return {
    product_id: product.product_id,
    category: product.category.code,
    brand: product.brand,
    price: product.price,
    currency: CURRENCY,
    page_url: `/p/${product.product_id}`,
  }
}

class Visit {
  readonly #context: VisitContext
  readonly #cart = new Map<Product, number>()

  constructor(context: VisitContext) {
    this.#context = context
  }

  *steps(): Generator<Step> {
    const { random, shopper } = this.#context
    yield* this.#arrive()
    yield* this.#lookAgain()
    yield* this.#review()
    let rounds = 1
    while (rounds < 12 && random.chance(1 - 1 / (shopper.persona.rounds + 0.5))) rounds++
    for (; rounds > 0; rounds--) yield* this.#round()
    if (this.#cart.size === 0) return
    yield* this.#changeMind()
    shopper.left = [...this.#cart.keys()].slice(0, 3)
    if (this.#cart.size > 0 && random.chance(shopper.persona.checkout)) yield* this.#checkout()
  }

  #step(event_type: string, fields: Record<string, unknown>, think_s = 12): Step {
    const pause_ms = Math.min(this.#context.random.lognormal(think_s, 0.8), 20 * 60) * 1_000
    return { event_type, fields, pause_ms: Math.max(200, Math.round(pause_ms)) }
  }

  *#arrive(): Generator<Step> {
    const { random, shopper, device } = this.#context
    yield this.#step('page', { page_url: '/', ...ARRIVALS.pick(random) }, 7)
    if (shopper.registered && !shopper.loggedIn.has(device) && random.chance(0.3)) {
      yield this.#logIn()
    }
  }

  #logIn(): Step {
    this.#context.shopper.loggedIn.add(this.#context.device)
    return this.#step('login', { page_url: '/account/login' }, 8)
  }

  /** What an earlier visit left in the cart. */
  *#lookAgain(): Generator<Step> {
    const { random, shopper } = this.#context
    const left = shopper.left
    shopper.left = []
    for (const product of left) {
      if (!random.chance(0.6)) continue
      yield this.#view(product)
      this.#cart.set(product, 1)
    }
  }

  *#review(): Generator<Step> {
    const { random, shopper } = this.#context
    const [product, ...others] = shopper.bought
    if (!product || !random.chance(0.3)) return
    shopper.bought = others
    const { product_id, category, brand } = productFields(product)
    const review = writeReview(random, product)
    const page_url = `/p/${product.product_id}/review`
    yield this.#step('review', { product_id, category, brand, page_url, ...review }, 50)
  }

  /** Looks for something, then at some of what was found. */
  *#round(): Generator<Step> {
    const { random, catalog, shopper } = this.#context
    const favourite = random.chance(0.6)
    const category = favourite ? random.pick(shopper.favourites) : catalog.categories.pick(random)
    const way = random.float()
    let from: Category | undefined = category
    if (way < 0.35) {
      const words = random.chance(0.4) ? `${random.pick(category.brands)} ` : ''
      yield this.#step('search', { query: words + category.noun, page_url: '/search' })
    } else if (way < 0.75) {
      const page = { category: category.code, page_url: listUrl(category) }
      yield this.#step('list', { ...page, properties: { results: random.integer(4, 60) } })
      if (random.chance(0.25)) {
        const element = random.pick(['filter_price', 'filter_brand', 'sort_price', 'next_page'])
        yield this.#step('click', { ...page, properties: { element } }, 6)
      }
    } else {
      from = undefined
      yield this.#step('page', { page_url: random.pick(['/', '/offers', '/new', '/bestsellers']) })
    }
    const looks = random.integer(0, 4)
    for (let look = 0; look < looks; look++) yield* this.#consider(catalog.pick(random, from))
  }

  *#consider(product: Product): Generator<Step> {
    const { random, shopper } = this.#context
    yield this.#view(product)
    const dear = Math.min(1, shopper.persona.dear / product.price)
    const wanted = shopper.persona.cart * product.appeal * (0.3 + 0.7 * dear)
    if (random.chance(wanted) && this.#cart.size < 8) {
      const quantity = random.chance(0.85) ? 1 : random.integer(2, 4)
      this.#cart.set(product, (this.#cart.get(product) ?? 0) + quantity)
      yield this.#step('cart', { ...productFields(product), quantity }, 15)
    } else if (random.chance(0.03)) {
      yield this.#step('wishlist', productFields(product), 10)
    }
  }

  #view(product: Product): Step {
    return this.#step('view', productFields(product), 18)
  }

  /** Something goes back out of the cart. */
  *#changeMind(): Generator<Step> {
    yield this.#step('page', { page_url: '/cart' }, 20)
    for (const [product, quantity] of [...this.#cart]) {
      if (!this.#context.random.chance(0.18)) continue
      this.#cart.delete(product)
      const fields = { ...productFields(product), quantity, page_url: '/cart' }
      yield this.#step('remove_from_cart', fields, 10)
    }
  }

  *#checkout(): Generator<Step> {
    const { random, shopper, device } = this.#context
    const items = this.#lines()
    const begin = { currency: CURRENCY, items, properties: { step: 'address' } }
    yield this.#step('checkout', { ...begin, page_url: '/checkout' }, 40)
    if (shopper.registered && !shopper.loggedIn.has(device)) yield this.#logIn()
    else if (!shopper.registered && random.chance(0.45)) yield this.#signUp()
    if (random.chance(0.15)) return
    const pay = { currency: CURRENCY, properties: { step: 'payment' } }
    yield this.#step('checkout', { ...pay, page_url: '/checkout/payment' }, 30)
    if (random.chance(0.1)) return
    shopper.left = []
    shopper.bought = [...this.#cart.keys(), ...shopper.bought].slice(0, 3)
    yield this.#step('purchase', this.#order(items), 25)
  }

  #signUp(): Step {
    const { shopper, device } = this.#context
    shopper.registered = true
    shopper.loggedIn.add(device)
    return this.#step('signup', { page_url: '/account/new', properties: shopper.traits }, 45)
  }

  #lines(): Record<string, unknown>[] {
    return Array.from(this.#cart, ([product, quantity], index) => ({
      line_id: String(index + 1),
      product_id: product.product_id,
      product_name: product.name,
      category: product.category.code,
      brand: product.brand,
      price: product.price,
      quantity,
    }))
  }

  #order(items: Record<string, unknown>[]): Record<string, unknown> {
    const { random } = this.#context
    let goods = 0
    for (const [product, quantity] of this.#cart) goods += product.price * quantity
    const coupon = random.chance(0.12) ? 'WELCOME10' : undefined
    const shipping = goods < FREE_SHIPPING_FROM ? SHIPPING : 0
    const discount = coupon ? money(goods * 0.1) : 0
    const payment = random.pick(['card', 'paypal', 'invoice', 'transfer'])
    return {
      order_id: `order-${random.uuid().slice(0, 18)}`,
      revenue: money(goods - discount),
      currency: CURRENCY,
      items,
      page_url: '/checkout/done',
      properties: { payment, shipping, ...(coupon ? { coupon, discount } : {}) },
    }
  }
}

/** The steps of one visit; the shopper's memory (cart, account, purchases) moves on with it. */
export function visitSteps(context: VisitContext): Generator<Step> {
  return new Visit(context).steps()
}
