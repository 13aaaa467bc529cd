/** product_conversion and product_interest: what each product's views come to, day by day. */
import type { Row } from './event.ts'
import { groupBy } from './group.ts'
import type { Item } from './items.ts'
import { decimalTextOrNull, sumUnits } from './money.ts'
import { ratio } from './statistics.ts'
import { isoTime, type Micros } from './time.ts'

type DayStart = (time: Micros) => Micros

const stepOf = (members: readonly Item[], step: string) =>
  members.filter(({ read }) => read.event_type === step)

const dayOf = (item: Item, dayStart: DayStart) => isoTime(dayStart(item.read.time))

function byProduct(items: readonly Item[], dayStart: DayStart) {
  return groupBy(items, (item) => [
    { window_start: dayOf(item, dayStart), product_id: item.product_id },
  ])
}

export function productConversion(items: readonly Item[], dayStart: DayStart): readonly Row[] {
  return byProduct(items, dayStart).map(({ keys, members }) => {
    const views = stepOf(members, 'view').length
    const carts = stepOf(members, 'cart').length
    const bought = stepOf(members, 'purchase')
    return {
      ...keys,
      views,
      carts,
      purchases: bought.length,
      purchase_value: decimalTextOrNull(sumUnits(bought.map(({ value }) => value))),
      view_to_cart: ratio(carts, views),
      cart_to_purchase: ratio(bought.length, carts),
      view_to_purchase: ratio(bought.length, views),
    }
  })
}

export interface InterestThresholds {
  /** Share of the day's views from which a product is of high interest. */
  readonly interest_share_min: number
  /** Purchases per view below which conversion is low. */
  readonly interest_conversion_max: number
}

/** SQL's `and`: one false is enough for false, else one unknown for unknown. */
function bothHold(left: boolean | null, right: boolean | null): boolean | null {
  if (left === false || right === false) return false
  return left === null || right === null ? null : true
}

export function productInterest(
  items: readonly Item[],
  dayStart: DayStart,
  { interest_share_min, interest_conversion_max }: InterestThresholds,
): readonly Row[] {
  const viewsByDay = Map.groupBy(stepOf(items, 'view'), (item) => dayOf(item, dayStart))
  return byProduct(items, dayStart).map(({ keys, members }) => {
    const views = stepOf(members, 'view').length
    const purchases = stepOf(members, 'purchase').length
    const view_share = ratio(views, viewsByDay.get(keys.window_start)?.length ?? 0)
    const conversion = ratio(purchases, views)
    const high = view_share === null ? null : view_share >= interest_share_min
    const low = conversion === null ? null : conversion < interest_conversion_max
    const high_interest_low_conversion = bothHold(high, low)
    return { ...keys, views, purchases, view_share, conversion, high_interest_low_conversion }
  })
}
