/** category_prices: what each category costs beside the whole market of its hour. */
import type { Row } from './event.ts'
import { groupBy, present } from './group.ts'
import type { Item } from './items.ts'
import { decimalTextOrNull, type Units } from './money.ts'
import { mean, ratio } from './statistics.ts'
import { HOUR_US, isoTime, windowStart } from './time.ts'

const hourOf = ({ read }: Item) => isoTime(windowStart(read.time, HOUR_US))
const pricesOf = (members: readonly Item[]) => present(members.map(({ price }) => price))
const ascending = (left: Units, right: Units) => (left < right ? -1 : Number(left > right))

/** Tricky: `prices` counts product lines, those without a price included. */
export function categoryPrices(items: readonly Item[]): readonly Row[] {
  const market = new Map(
    groupBy(items, (item) => [{ hour: hourOf(item) }]).map(
      ({ keys, members }) => [keys.hour, mean(pricesOf(members))] as const,
    ),
  )
  const keysOf = (item: Item) => [{ window_start: hourOf(item), category: item.category }]
  return groupBy(items, keysOf).map(({ keys, members }) => {
    const sorted = pricesOf(members).toSorted(ascending)
    const price_avg = mean(sorted)
    const market_price_avg = market.get(keys.window_start) ?? null
    return {
      ...keys,
      prices: members.length,
      price_avg,
      price_min: decimalTextOrNull(sorted[0] ?? null),
      price_max: decimalTextOrNull(sorted.at(-1) ?? null),
      market_price_avg,
      price_to_market: ratio(price_avg, market_price_avg),
    }
  })
}
