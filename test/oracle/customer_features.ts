/**
 * Customers as of a moment, reduced by hand from plain events: forget what comes after the moment,
 * put the rest into persons, and count. Only the quality of a session knows more: it counts once
 * the session, as it became in the end, is over.
 */
import { compareText, type OracleEvent, type Read, type Row, readEvents } from './event.ts'
import { different } from './group.ts'
import { linesOf } from './items.ts'
import { asNumber, decimalTextOrNull, sumUnits, type Units } from './money.ts'
import { type Order, orderLinesOf, ordersOf } from './orders.ts'
import { DAY_US, isoTime, type Micros, micros } from './time.ts'
import { sessionsOf, type Visit } from './visits.ts'

export interface CustomerOptions {
  readonly as_of: Micros
  readonly time_zone: string
  /** Empty where the shop has none. */
  readonly currency: string
  readonly gap_us: Micros
  /** Visitor to person. */
  readonly links: ReadonlyMap<string, string>
}

interface LocalTime {
  /** Days since 1970 on the shop's calendar. */
  readonly day: number
  readonly hour: number
  /** 1 is Monday. */
  readonly weekday: number
}

function localClock(time_zone: string): (time: Micros) => LocalTime {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: time_zone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' },
  })
  return (time) => {
    const parts = format.formatToParts(Math.floor(time / 1_000))
    const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
    const day = micros(`${part('year')}-${part('month')}-${part('day')}T00:00:00Z`) / DAY_US
    return { day, hour: Number(part('hour')), weekday: ((day + 3) % 7) + 1 }
  }
}

/** The value that weighs most; of equals the smallest. */
function favourite<T extends string | number>(
  weighed: Iterable<readonly [T | null | undefined, number]>,
): T | null {
  const weights = new Map<T, number>()
  for (const [value, weight] of weighed) {
    if (value === null || value === undefined) continue
    weights.set(value, (weights.get(value) ?? 0) + weight)
  }
  const order = (left: T, right: T) =>
    typeof left === 'number' && typeof right === 'number'
      ? left - right
      : compareText(String(left), String(right))
  const ranked = [...weights].sort((a, b) => b[1] - a[1] || order(a[0], b[0]))
  return ranked[0]?.[0] ?? null
}

const mean = (numbers: readonly number[]): number | null =>
  numbers.length === 0 ? null : numbers.reduce((sum, each) => sum + each, 0) / numbers.length

const one = (event: Read) => [event, 1] as const
const weeks = (days: number | null) => (days === null ? null : Math.round((days / 7) * 100) / 100)

/** An order below zero is a credit note. */
const isPurchase = ({ gross }: Order) => gross === null || gross >= 0n

function moneyOf(orders: readonly Order[], currency: string): Row {
  const currencies = different(orders.map(({ winner }) => winner.event.currency ?? ''))
  const worth = (order: Order): Units | null => {
    if (order.gross === null) return null
    const own = order.winner.event.currency ?? ''
    const counts = currency === '' ? currencies.size === 1 : own === '' || own === currency
    return counts ? order.gross - order.refunded : null
  }
  const worths = orders.map(worth)
  const revenue = sumUnits(worths)
  const placed = orders.filter(isPurchase)
  const valued = placed.map(worth).filter((each) => each !== null).length
  const [only = ''] = currencies
  const paid = currencies.size === 1 && only !== '' ? only : null
  return {
    currency: orders.length === 0 ? null : currency === '' ? paid : currency,
    revenue: decimalTextOrNull(revenue),
    revenue_per_order: revenue === null || valued === 0 ? null : asNumber(revenue) / valued,
    orders_without_value: placed.length - valued,
  }
}

function visitsOf(visits: readonly Visit[], { as_of, gap_us }: CustomerOptions): Row {
  const [first] = visits
  const qualities = visits.map(({ quality }) => quality).filter((quality) => quality !== null)
  const count = (visit: Visit, type: string) =>
    visit.events.filter(({ event_type }) => event_type === type).length
  const converted = visits.filter((visit) => count(visit, 'purchase') > 0).length
  const isAbandoned = (visit: Visit) =>
    count(visit, 'cart') > 0 && count(visit, 'purchase') === 0 && visit.ended + gap_us <= as_of
  return {
    sessions: visits.length,
    converted_sessions: converted,
    conversion: visits.length === 0 ? null : converted / visits.length,
    session_duration_avg_s: mean(visits.map(({ begun, ended }) => (ended - begun) / 1e6)),
    events_per_session: mean(visits.map(({ events }) => events.length)),
    session_quality_avg: mean(qualities),
    carts_abandoned: visits.filter(isAbandoned).length,
    first_channel: first?.channel ?? null,
  }
}

function customerOf(
  person_id: string,
  events: readonly Read[],
  orders: readonly Order[],
  visits: readonly Visit[],
  options: CustomerOptions,
): Row {
  const clock = localClock(options.time_zone)
  const day = (time: Micros) => clock(time).day
  const today = day(options.as_of)
  const times = events.map(({ time }) => time)
  const placed = orders.filter(isPurchase)
  const bought = placed.map(({ winner }) => winner.time).sort((left, right) => left - right)
  const [first_order, last_order] = [bought[0], bought.at(-1)]
  const isBuyer = first_order !== undefined && last_order !== undefined
  const recency_days = isBuyer ? day(last_order) - day(first_order) : null
  const t_days = isBuyer ? today - day(first_order) : null
  const named = events
    .filter(({ event }) => event.user_id)
    .sort((a, b) => a.time - b.time || compareText(a.event.user_id ?? '', b.event.user_id ?? ''))
  const hours = events.map(({ time }) => clock(time).hour)
  const share = (from: number) =>
    hours.filter((hour) => hour >= from && hour < from + 6).length / hours.length
  const by = <T extends string | number>(value: (read: Read) => T | null | undefined) =>
    favourite(events.map(one).map(([read, weight]) => [value(read), weight]))
  const viewed = events.filter(({ event_type }) => event_type === 'view').flatMap(linesOf)
  const sold = orderLinesOf(orders).filter(({ movement }) => movement === 'order')
  return {
    person_id,
    user_id: named.at(-1)?.event.user_id ?? null,
    first_seen: isoTime(Math.min(...times)),
    last_seen: isoTime(Math.max(...times)),
    days_since_first_seen: today - day(Math.min(...times)),
    days_since_last_seen: today - day(Math.max(...times)),
    first_order: isBuyer ? isoTime(first_order) : null,
    last_order: isBuyer ? isoTime(last_order) : null,
    days_since_last_order: isBuyer ? today - day(last_order) : null,
    orders: placed.length,
    repeat_purchase_days: Math.max(0, different(bought.map(day)).size - 1),
    recency_days,
    recency_weeks: weeks(recency_days),
    t_days,
    t_weeks: weeks(t_days),
    ...moneyOf(orders, options.currency),
    events: events.length,
    ...visitsOf(visits, options),
    preferred_category_viewed: favourite(viewed.map(({ category }) => [category, 1])),
    preferred_category_bought: favourite(sold.map(({ item, units }) => [item.category, units])),
    preferred_device: by(({ event }) => event.device_type),
    most_active_hour: by(({ time }) => clock(time).hour),
    most_active_weekday: by(({ time }) => clock(time).weekday),
    night_share: share(0),
    morning_share: share(6),
    afternoon_share: share(12),
    evening_share: share(18),
  }
}

/** One row per person who was seen until the moment. */
export function customerFeatures(
  events: readonly OracleEvent[],
  options: CustomerOptions,
): readonly Row[] {
  const all = readEvents(events)
  const past = all.filter(({ time }) => time <= options.as_of)
  const personOf = (visitor_id: string | null) =>
    options.links.get(visitor_id ?? '') ?? visitor_id ?? ''
  const orders = Map.groupBy(ordersOf(past), ({ winner }) => personOf(winner.visitor_id))
  const visits = Map.groupBy(sessionsOf(all, options), ({ visitor_id }) => personOf(visitor_id))
  const persons = Map.groupBy(past, ({ visitor_id }) => personOf(visitor_id))
  return [...persons].map(([person, seen]) =>
    customerOf(person, seen, orders.get(person) ?? [], visits.get(person) ?? [], options),
  )
}
