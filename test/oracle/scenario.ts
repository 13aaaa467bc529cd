/**
 * Made-up events that are tricky on purpose: equal times, equal ids in two sources, null
 * categories, zero and negative prices, missing quantities, text beyond the basic plane, orders
 * told twice, and refunds of every kind. Every event is valid; no two of a source share an id.
 */
import type { OracleEvent, OracleLine } from './event.ts'
import { type Random, seededRandom } from './random.ts'
import { DAY_US, isoTime, MINUTE_US, micros, windowStart } from './time.ts'

export interface ScenarioOptions {
  readonly seed: number
  /** About how many events; copies and refunds of orders come on top. */
  readonly events?: number
}

/** Bursts of events, the first across the midnight before a leap day, one across the next. */
const BEGIN_US = micros('2024-02-28T23:53:00Z')
const BURSTS = 8
const BURST_US = 13 * MINUTE_US
/** Few enough moments in a burst that many events share one. */
const MOMENTS_PER_BURST = 150
/** So many events fall into a rush within one window, where sets and lists overflow. */
const RUSH_SHARE = 0.3
const RUSH_US = micros('2024-02-29T12:00:00Z')

const SOURCES = [
  { source: 'web', origin: 'browser' },
  { source: 'shop', origin: 'server' },
  { source: 'history', origin: 'import' },
] as const
type Source = (typeof SOURCES)[number]

const [WEB, SHOP] = SOURCES
const EVENT_TYPES = ['view', 'view', 'view', 'view', 'cart', 'cart', 'remove_from_cart']
const OTHER_EVENT_TYPES = ['page', 'search', 'list', 'wishlist', 'checkout', 'review', 'quiz_done']
const CATEGORIES = [
  'shoes',
  'shoes',
  'shoes',
  'shoes',
  'shoes',
  'bags.leather',
  'Électronique',
  '商品.💄',
  "o'neil",
  null,
]
// Code points and UTF-16 units order the ligature and the smileys differently.
const BRANDS = 'ﬀ 😀 😁 zoo Zoo äpfel a\u0308pfel a b c d e f g h "x"'.split(' ')
const PRODUCTS = ['p1', 'p1', 'p1', 'p1', 'p2', 'p3', 'p10', 'p-ﬀ', 'p-😀', "p'7", 'ё/8', 'P1']
const PRICES = [
  '2.62',
  '2.62',
  '13.48',
  19.9,
  7,
  '0.0001',
  '104.9999',
  '0',
  '-1.5',
  '98765432.1098',
]
const ORDER_PRICES = ['2.62', '13.48', 19.9, '0.0001', '250']
const QUANTITIES = [null, null, 1, 2, 3, 12, 0]

interface Moment {
  readonly event_id: string
  readonly event_time: string
}

function momentOf(random: Random, number: number): Moment {
  if (random.chance(RUSH_SHARE)) {
    return { event_id: `e${number}`, event_time: isoTime(RUSH_US + random.below(90) * 1_000_000) }
  }
  const burst = random.below(BURSTS) * Math.floor(DAY_US / 5)
  const within = random.below(MOMENTS_PER_BURST) * Math.floor(BURST_US / MOMENTS_PER_BURST)
  const time = BEGIN_US + burst + within
  // Now and then on the very edge of a window, or a microsecond before it.
  const edge = windowStart(time, 5 * MINUTE_US) - random.below(2)
  return { event_id: `e${number}`, event_time: isoTime(random.chance(0.05) ? edge : time) }
}

function visitorOf(random: Random) {
  const visitor = random.below(25)
  const named = visitor % 3 === 0 ? { user_id: `u${visitor}` } : { anonymous_id: `a${visitor}` }
  const session_id = random.chance(0.9) ? `s${visitor}-${random.below(2)}` : null
  return { ...named, session_id }
}

const productOf = (random: Random) => ({
  product_id: random.pick(PRODUCTS),
  category: random.pick(CATEGORIES),
  brand: random.chance(0.8) ? random.pick(BRANDS) : null,
})

function lineOf(random: Random): OracleLine {
  const priced = random.chance(0.9) ? random.pick(ORDER_PRICES) : null
  const product = productOf(random)
  const nameless = random.chance(0.1) ? { ...product, product_id: null } : product
  return { ...nameless, price: priced, quantity: random.pick(QUANTITIES) }
}

function linesOf(random: Random): readonly OracleLine[] {
  return Array.from({ length: 1 + random.below(4) }, () => lineOf(random))
}

function browsing(random: Random, moment: Moment): OracleEvent {
  const base = { ...moment, ...random.pick(SOURCES), ...visitorOf(random) }
  if (random.chance(0.15)) {
    const items = random.chance(0.3) ? { items: linesOf(random), product_id: 'not-counted' } : {}
    return { ...base, event_type: random.pick(OTHER_EVENT_TYPES), ...items }
  }
  const price = random.chance(0.9) ? random.pick(PRICES) : null
  const quantity = random.pick(QUANTITIES)
  const event_type = random.pick(EVENT_TYPES)
  return { ...base, event_type, ...productOf(random), price, quantity, currency: 'EUR' }
}

/** What was bought: lines, or one product on the event itself, or nothing but a stated revenue. */
function boughtOf(random: Random) {
  const revenue = random.chance(0.5) ? random.pick(['40', '0', '17.25', 99.5, '1000.0001']) : null
  const shape = random.below(5)
  if (shape === 0) return { revenue: revenue ?? '12.34' }
  if (shape > 2) return { revenue, items: linesOf(random) }
  return { revenue, ...productOf(random), price: random.pick(ORDER_PRICES), quantity: 2 }
}

/** An order as one to three copies, from different sources or twice from the same page. */
function copiesOf(random: Random, number: number, moments: readonly Moment[]): OracleEvent[] {
  const visitor = visitorOf(random)
  const bought = boughtOf(random)
  const currency = random.pick(['EUR', 'EUR', 'USD', null])
  return moments.map((moment, copy) => ({
    ...moment,
    ...(copy === 0 ? random.pick(SOURCES) : random.pick([WEB, WEB, SHOP])),
    ...visitor,
    event_type: 'purchase',
    order_id: `order-${number}`,
    currency,
    // Copies may disagree, so that it shows which of them won.
    ...(random.chance(0.5) ? bought : boughtOf(random)),
  }))
}

/** Back goes all that is left, a stated amount or lines, priced or not; sometimes too much. */
function refundOf(
  random: Random,
  moment: Moment,
  order_id: string | null,
  copies: readonly OracleEvent[] = [],
): OracleEvent {
  const source: Source = random.pick([WEB, SHOP])
  const base = { ...moment, ...source, ...visitorOf(random), event_type: 'refund', order_id }
  const shape = random.below(3)
  if (shape === 0) return base
  if (shape === 1) return { ...base, revenue: random.pick(['5', 2.5, '0.0001', '500']) }
  const bought = copies.flatMap(({ product_id, items }) =>
    (items ?? [{ product_id: product_id ?? null }]).map((line) => line.product_id),
  )
  const items = linesOf(random).map((line) => {
    if (random.chance(0.3)) return line
    const isBought = bought.length > 0 && random.chance(0.6)
    const product_id = isBought ? random.pick(bought) : line.product_id
    return { ...line, product_id: product_id ?? null, price: null }
  })
  return { ...base, items }
}

/** A valid set of events, the same for the same options, in no particular order of time. */
export function scenario({ seed, events = 600 }: ScenarioOptions): readonly OracleEvent[] {
  const random = seededRandom(seed)
  const told: OracleEvent[] = []
  let moments = 0
  const moment = () => momentOf(random, ++moments)
  for (let number = 0; number < events; number++) {
    const kind = random.below(20)
    if (kind > 2) told.push(browsing(random, moment()))
    if (kind === 2) told.push({ ...browsing(random, moment()), event_type: 'purchase' })
    if (kind === 1) {
      const copies = Array.from({ length: 1 + random.below(3) }, moment)
      const orders = copiesOf(random, number, copies)
      told.push(...orders)
      const refunds = random.chance(0.4) ? Array.from({ length: 1 + random.below(2) }, moment) : []
      told.push(...refunds.map((at) => refundOf(random, at, `order-${number}`, orders)))
    }
    if (kind === 0 && random.chance(0.3)) {
      told.push(refundOf(random, moment(), random.pick([null, 'order-unknown'])))
    }
    if (kind === 0) told.push(...twins(browsing(random, moment())))
  }
  return told
}

/** The same id at the same time in two sources: two events that only the source tells apart. */
function twins(event: OracleEvent): readonly OracleEvent[] {
  return SOURCES.slice(0, 2).map((source) => ({ ...event, ...source, product_id: source.source }))
}
