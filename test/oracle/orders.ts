/**
 * Orders: the copies of a purchase compete, the best one is the order, refunds net it. From them
 * come the streams `orders`, `order_movements` and `order_lines`. Nothing says what a refund with a
 * negative amount means; here it takes nothing from the order.
 */
import type { Read, Row } from './event.ts'
import { groupBy } from './group.ts'
import { type Item, linesSold } from './items.ts'
import { decimalTextOrNull, sumUnits, type Units, unitsOrNull, valueOfLine } from './money.ts'
import { isoTime } from './time.ts'

const ORIGINS_BEST_FIRST = ['server', 'import', 'browser']

interface Refund {
  readonly read: Read
  readonly lines: readonly Item[]
  /** What it takes from the order: zero or more, never more than was left. */
  readonly amount: Units
}

export interface Order {
  readonly order_id: string
  readonly winner: Read
  readonly copies: number
  readonly lines: readonly Item[]
  readonly lines_value: Units | null
  readonly stated: Units | null
  /** The stated revenue, else the sum of the lines; null where neither is known. */
  readonly gross: Units | null
  readonly refunds: readonly Refund[]
  readonly refunded: Units
}

function originRank(read: Read): number {
  const rank = ORIGINS_BEST_FIRST.indexOf(read.event.origin ?? '')
  return rank === -1 ? ORIGINS_BEST_FIRST.length : rank
}

const smaller = (left: Units, right: Units) => (left < right ? left : right)
const notNegative = (amount: Units) => (amount < 0n ? 0n : amount)

/** What a refund asks for: what it states, else its lines, else (no lines) all that is left. */
function askedBack(refund: Read, lines: readonly Item[], left: Units): Units {
  const stated = unitsOrNull(refund.event.revenue)
  if (stated !== null) return notNegative(stated)
  if (lines.length === 0) return left
  return notNegative(sumUnits(lines.map(({ value }) => value)) ?? 0n)
}

/** A line that came without a price takes what the order itself took for a unit of the product. */
function pricedBySale(line: Item, sold: readonly Item[]): Item {
  if (line.value !== null || line.product_id === null) return line
  const sale = sold.find(({ product_id, price }) => {
    return price !== null && product_id === line.product_id
  })
  return { ...line, value: valueOfLine(sale?.price ?? null, line.quantity) }
}

function applyRefunds(
  gross: Units | null,
  sold: readonly Item[],
  refunds: readonly Read[],
): readonly Refund[] {
  let left = notNegative(gross ?? 0n)
  return refunds.map((read) => {
    const lines = linesSold(read).map((line) => pricedBySale(line, sold))
    const amount = smaller(askedBack(read, lines, left), left)
    left -= amount
    return { read, lines, amount }
  })
}

/** The order as one sender told of it: by one event, or by parts that are a line of it each. */
interface Copy {
  /** The event; of several the first. */
  readonly read: Read
  readonly lines: readonly Item[]
  readonly stated: Units | null
}

function copyOf(reads: readonly Read[]): readonly Copy[] {
  const [read] = reads
  const stated = sumUnits(reads.map(({ event }) => unitsOrNull(event.revenue)))
  return read ? [{ read, lines: reads.flatMap(linesSold), stated }] : []
}

/** In event order, as are the events: parts of one origin are one copy, where its first lies. */
function copiesOf(purchases: readonly Read[]): readonly Copy[] {
  const isPart = ({ event }: Read) => (event.line_id ?? null) !== null
  const parts = Map.groupBy(purchases.filter(isPart), originRank)
  return purchases.flatMap((read) => {
    if (!isPart(read)) return copyOf([read])
    const alike = parts.get(originRank(read)) ?? []
    return alike[0] === read ? copyOf(alike) : []
  })
}

function orderOf(order_id: string, purchases: readonly Read[], refunds: readonly Read[]): Order {
  const copies = copiesOf(purchases)
  // Sorting keeps the order among equals: the earliest of the best.
  const [best] = copies.toSorted((left, right) => originRank(left.read) - originRank(right.read))
  if (!best) throw new Error(`Order ${order_id} has no copy.`)
  const { read: winner, lines, stated } = best
  const lines_value = sumUnits(lines.map(({ value }) => value))
  const gross = stated ?? lines_value
  const applied = applyRefunds(gross, lines, refunds)
  const refunded = applied.reduce((sum, { amount }) => sum + amount, 0n)
  const money = { lines_value, stated, gross, refunded }
  return { order_id, winner, copies: copies.length, lines, refunds: applied, ...money }
}

/**
 * Every order. A refund whose order is unknown nets nothing and is left out; so is one without an
 * order_id.
 */
export function ordersOf(events: readonly Read[]): readonly Order[] {
  const refunds = Map.groupBy(
    events.filter(({ event_type }) => event_type === 'refund'),
    ({ event }) => event.order_id ?? null,
  )
  const purchases = events.filter(({ event_type }) => event_type === 'purchase')
  const keyOf = ({ event }: Read) => event.order_id ?? `${event.source}/${event.event_id}`
  return groupBy(purchases, (read) => [{ order_id: keyOf(read) }]).map(({ keys, members }) =>
    orderOf(keys.order_id, members, refunds.get(keys.order_id) ?? []),
  )
}

/** The columns that a row of every order stream begins with; refunds carry their order's. */
function orderColumns({ order_id, winner }: Order) {
  return {
    order_id,
    order_time: isoTime(winner.time),
    visitor_id: winner.visitor_id,
    user_id: winner.event.user_id ?? null,
    session_id: winner.event.session_id ?? null,
    currency: winner.event.currency ?? null,
  }
}

export function orderRows(orders: readonly Order[]): readonly Row[] {
  return orders.map((order) => {
    const { stated, lines_value, gross, refunded, refunds } = order
    const adjusted = stated !== null && lines_value !== null
    return {
      ...orderColumns(order),
      event_id: order.winner.event.event_id,
      source: order.winner.event.source,
      copies: order.copies,
      lines: order.lines.length,
      lines_value: decimalTextOrNull(lines_value),
      adjustment: decimalTextOrNull(adjusted ? stated - lines_value : null),
      gross_revenue: decimalTextOrNull(gross),
      refunded: decimalTextOrNull(refunded),
      revenue: decimalTextOrNull(gross === null ? null : gross - refunded),
      cancelled: refunds.length > 0 && gross !== null && refunded === gross,
    }
  })
}

/** One change of revenue, at its own time. */
export interface Movement {
  readonly order: Order
  readonly read: Read
  readonly movement: 'order' | 'refund'
  /** What it adds to revenue; null where an order's revenue is unknown. */
  readonly amount: Units | null
}

export function movementsOf(orders: readonly Order[]): readonly Movement[] {
  return orders.flatMap((order): Movement[] => [
    { order, read: order.winner, movement: 'order', amount: order.gross },
    ...order.refunds.map(
      ({ read, amount }): Movement => ({ order, read, movement: 'refund', amount: -amount }),
    ),
  ])
}

export function movementRows(movements: readonly Movement[]): readonly Row[] {
  return movements.map(({ order, read, movement, amount }) => ({
    ...orderColumns(order),
    event_time: isoTime(read.time),
    movement,
    amount: decimalTextOrNull(amount),
  }))
}

/** One product line sold or, negative, refunded. */
export interface OrderLine extends Movement {
  readonly item: Item
  readonly units: number
}

function soldLine(order: Order, item: Item): OrderLine {
  const only = order.lines.length === 1 && order.stated !== null
  const amount = only ? order.stated : item.value
  return { order, read: order.winner, movement: 'order', item, units: item.quantity ?? 1, amount }
}

function refundedLine(order: Order, item: Item): OrderLine {
  const amount = item.value === null ? null : -item.value
  return {
    order,
    read: item.read,
    movement: 'refund',
    item,
    units: 0 - (item.quantity ?? 1),
    amount,
  }
}

/** A refund's lines are what it says was returned, even beyond what was left of the order. */
export function orderLinesOf(orders: readonly Order[]): readonly OrderLine[] {
  return orders.flatMap((order) => [
    ...order.lines.map((item) => soldLine(order, item)),
    ...order.refunds.flatMap(({ lines }) => lines.map((item) => refundedLine(order, item))),
  ])
}

export function orderLineRows(lines: readonly OrderLine[]): readonly Row[] {
  return lines.map(({ order, read, movement, item, units, amount }) => ({
    ...orderColumns(order),
    event_time: isoTime(read.time),
    movement,
    product_id: item.product_id,
    category: item.category,
    brand: item.brand,
    price: decimalTextOrNull(item.price),
    units,
    amount: decimalTextOrNull(amount),
  }))
}
