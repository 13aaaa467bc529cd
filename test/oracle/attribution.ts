/**
 * Attribution by hand: every order's revenue divided among the visits before it, in whole
 * ten-thousandths, by the method of the largest remainder.
 */
import { compareText } from './event.ts'
import type { Units } from './money.ts'
import type { Micros } from './time.ts'

export interface Visit {
  readonly person: string
  readonly visitor: string
  readonly session: string
  readonly began: Micros
  readonly ended: Micros
  readonly value: string | null
  readonly isDirect: boolean
}

export interface Bought {
  readonly person: string
  readonly time: Micros
  readonly currency: string | null
  readonly revenue: Units
}

export type OracleModel = 'first' | 'last' | 'linear' | 'position' | 'time_decay'

export interface AttributionOf {
  readonly model: OracleModel
  readonly lookback_us: number
  readonly half_life_us: number
  readonly direct: 'keep' | 'ignore'
}

function touchesOf(order: Bought, visits: readonly Visit[], asked: AttributionOf) {
  const before = visits.filter(({ person, began, ended }) => {
    const isInside = began <= order.time && ended >= order.time - asked.lookback_us
    return person === order.person && isInside
  })
  const others = before.filter(({ isDirect }) => !isDirect)
  const counted = asked.direct === 'ignore' && others.length > 0 ? others : before
  return counted.toSorted(
    (left, right) =>
      left.began - right.began ||
      compareText(left.visitor, right.visitor) ||
      compareText(left.session, right.session),
  )
}

/** Whole numbers in the proportions of the model. */
function weightOf(touches: readonly Visit[], index: number, asked: AttributionOf): bigint {
  const [isFirst, isLast] = [index === 0, index === touches.length - 1]
  switch (asked.model) {
    case 'first':
      return isFirst ? 1n : 0n
    case 'last':
      return isLast ? 1n : 0n
    case 'linear':
      return 1n
    case 'position': {
      // 40 : 20 : 40; the twenty is shared by those between.
      const between = BigInt(touches.length - 2)
      if (between <= 0n) return 1n
      return isFirst || isLast ? 40n * between : 20n
    }
    case 'time_decay': {
      const later = (touches[index]?.began ?? 0) - (touches.at(-1)?.began ?? 0)
      return BigInt(Math.round(2 ** (later / asked.half_life_us) * 1e9))
    }
  }
}

function divide(amount: Units, weights: readonly bigint[]): readonly Units[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n)
  const size = amount < 0n ? -amount : amount
  const parts = weights.map((weight) => (size * weight) / whole)
  const rests = weights.map((weight, index) => ({ rest: (size * weight) % whole, index }))
  let left = size - parts.reduce((sum, part) => sum + part, 0n)
  // Sorting is stable: among equal remainders the earlier visit comes first.
  for (const { index } of rests.toSorted((a, b) =>
    a.rest < b.rest ? 1 : a.rest > b.rest ? -1 : 0,
  )) {
    if (left === 0n) break
    parts[index] = (parts[index] ?? 0n) + 1n
    left -= 1n
  }
  return parts.map((part) => (amount < 0n ? -part : part))
}

/** Currency and value (`unattributed` for orders without a visit) to what they were given. */
export function attributed(
  orders: readonly Bought[],
  visits: readonly Visit[],
  asked: AttributionOf,
): ReadonlyMap<string, Units> {
  const sums = new Map<string, Units>()
  const give = (key: string, amount: Units) => sums.set(key, (sums.get(key) ?? 0n) + amount)
  for (const order of orders) {
    const touches = touchesOf(order, visits, asked)
    if (touches.length === 0) give(`${order.currency}/unattributed`, order.revenue)
    const weights = touches.map((_, index) => weightOf(touches, index, asked))
    const parts = touches.length === 0 ? [] : divide(order.revenue, weights)
    for (const [index, { value }] of touches.entries()) {
      give(`${order.currency}/value/${value}`, parts[index] ?? 0n)
    }
  }
  return sums
}
