/** Known customers by hand: who they are, what they touch, when they logged in. */
import { type OracleEvent, type Read, type Row, readEvents } from './event.ts'
import { different, groupBy } from './group.ts'
import {
  asNumber,
  decimalTextOrNull,
  sumUnits,
  type Units,
  unitsOrNull,
  valueOfLine,
} from './money.ts'
import { DAY_US, isoTime, type Micros, windowStart } from './time.ts'

export interface Profile {
  readonly gender: string | null
  readonly last_login?: Micros
}

export interface Known {
  readonly profiles: ReadonlyMap<string, Profile>
  /** Visitor, or former user id, to person. */
  readonly links: ReadonlyMap<string, string>
}

function customerOf({ event, visitor_id }: Read, { links }: Known): string | null {
  const user = event.user_id ?? null
  if (user !== null) return links.get(user) ?? user
  return links.get(visitor_id ?? '') ?? null
}

interface Touch {
  readonly customer: string
  readonly gender: string | null
  readonly category: string
  readonly event_type: string
  readonly value: Units | null
  readonly rating: Units | null
}

function touchesOf(read: Read, customer: string, gender: string | null): readonly Touch[] {
  const { event, event_type } = read
  const rating = unitsOrNull(event.rating)
  const parts =
    event.items && event.items.length > 0
      ? event.items.map(({ category, price, quantity }) => ({
          category: category ?? null,
          value: valueOfLine(unitsOrNull(price), quantity ?? null),
        }))
      : [{ category: read.category, value: read.value }]
  return parts.flatMap(({ category, value }) =>
    category === null ? [] : [{ customer, gender, category, event_type, value, rating }],
  )
}

const ratingAvg = (ratings: readonly Units[]) =>
  ratings.length === 0 ? null : asNumber(sumUnits(ratings) ?? 0n) / ratings.length

const isUnits = (value: Units | null): value is Units => value !== null

/** `customer_engagement`. */
export function customerEngagement(events: readonly OracleEvent[], known: Known): readonly Row[] {
  const touches = readEvents(events).flatMap((read) => {
    const customer = customerOf(read, known)
    if (customer === null) return []
    return touchesOf(read, customer, known.profiles.get(customer)?.gender ?? null)
  })
  const groups = groupBy(touches, ({ gender, category }) => [{ gender, category }])
  return groups.map(({ keys, members }) => {
    const of = (type: string) => members.filter(({ event_type }) => event_type === type)
    const customers = different(members.map(({ customer }) => customer)).size
    const ratings = members.map(({ rating }) => rating).filter(isUnits)
    return {
      ...keys,
      customers,
      buyers: different(of('purchase').map(({ customer }) => customer)).size,
      interactions: members.length,
      views: of('view').length,
      carts: of('cart').length,
      wishlists: of('wishlist').length,
      purchases: of('purchase').length,
      purchase_value: decimalTextOrNull(sumUnits(of('purchase').map(({ value }) => value))),
      reviews: of('review').length,
      ratings: ratings.length,
      rating_avg: ratingAvg(ratings),
      interactions_per_customer: members.length / customers,
    }
  })
}

/** `active_customers`, for a shop whose clocks show UTC. */
export function activeCustomers(
  events: readonly OracleEvent[],
  known: Known,
  now: Micros,
): readonly Row[] {
  const logins = new Map<string, Micros | null>()
  const login = (customer: string, time: Micros | null) => {
    const before = logins.get(customer) ?? null
    const later = time === null || (before !== null && before > time) ? before : time
    logins.set(customer, later)
  }
  for (const [customer, { last_login }] of known.profiles) login(customer, last_login ?? null)
  for (const read of readEvents(events)) {
    const customer = customerOf(read, known)
    if (customer === null) continue
    login(customer, ['login', 'signup'].includes(read.event_type) ? read.time : null)
  }
  const today = windowStart(now, DAY_US)
  const rows = [...logins].map(([customer, time]) => {
    const day = time === null ? null : windowStart(time, DAY_US)
    return { gender: known.profiles.get(customer)?.gender ?? null, day }
  })
  return groupBy(rows, ({ gender, day }) => [{ gender, day }]).map(({ keys, members }) => ({
    last_login_day: keys.day === null ? null : isoTime(keys.day),
    days_ago: keys.day === null ? null : (today - keys.day) / DAY_US,
    gender: keys.gender,
    customers: members.length,
  }))
}

/** `customer_interactions`: by the user id that events name, whatever it is linked to. */
export function customerInteractions(events: readonly OracleEvent[], known: Known): readonly Row[] {
  const named = readEvents(events).filter(({ event }) => event.user_id)
  return groupBy(named, ({ event }) => [{ user_id: event.user_id ?? null }]).map(
    ({ keys, members }) => {
      const count = (type: string) => members.filter((read) => read.event_type === type).length
      const ratings = members.map(({ event }) => unitsOrNull(event.rating)).filter(isUnits)
      return {
        user_id: keys.user_id,
        gender: known.profiles.get(keys.user_id ?? '')?.gender ?? null,
        interactions: members.length,
        views: count('view'),
        carts: count('cart'),
        wishlists: count('wishlist'),
        purchases: count('purchase'),
        reviews: count('review'),
        ratings: ratings.length,
        rating_avg: ratingAvg(ratings),
        last_interaction: isoTime(Math.max(...members.map(({ time }) => time))),
      }
    },
  )
}
