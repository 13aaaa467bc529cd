/** event_windows_5m and event_windows_10m: what happens in each category, window by window. */
import { compareText, type Read, type Row } from './event.ts'
import { different, groupBy, present } from './group.ts'
import { decimalTextOrNull, sumUnits, type Units } from './money.ts'
import { quantile } from './quantile.ts'
import { correlation, mean, stddev, variance } from './statistics.ts'
import { isoTime, MINUTE_US, type Micros, windowStart } from './time.ts'

const PANE_US = 5 * MINUTE_US
const COLLECTED_MAX = 10

const extreme = (prices: readonly Units[], better: (price: Units, best: Units) => boolean) =>
  prices.reduce<Units | null>(
    (best, price) => (best === null || better(price, best) ? price : best),
    null,
  )

function priceMeasures(members: readonly Read[]) {
  const prices = present(members.map(({ price }) => price))
  const pairs = members.flatMap(({ price, quantity }) =>
    price === null ? [] : [[price, BigInt(quantity ?? 1)] as const],
  )
  return {
    price_sum: decimalTextOrNull(sumUnits(prices)),
    price_avg: mean(prices),
    price_min: decimalTextOrNull(extreme(prices, (price, best) => price < best)),
    price_max: decimalTextOrNull(extreme(prices, (price, best) => price > best)),
    price_stddev: stddev(prices),
    price_variance: variance(prices),
    price_p25: quantile(prices, 0.25),
    price_p50: quantile(prices, 0.5),
    price_p75: quantile(prices, 0.75),
    price_p95: quantile(prices, 0.95),
    price_quantity_corr: correlation(pairs),
  }
}

/** `members` stand in event order, so the first of them is the first in time. */
function measuresOf(members: readonly Read[]): Row {
  const visitors = different(members.map(({ visitor_id }) => visitor_id)).size
  const brands = [...different(members.map(({ event }) => event.brand))].sort(compareText)
  const products = present(members.map(({ product_id }) => product_id))
  return {
    events: members.length,
    visitors,
    visitors_approximate: visitors,
    value: decimalTextOrNull(sumUnits(members.map(({ value }) => value))),
    ...priceMeasures(members),
    first_product: products[0] ?? null,
    last_product: products.at(-1) ?? null,
    brands: brands.slice(0, COLLECTED_MAX),
    brands_truncated: brands.length > COLLECTED_MAX,
    products: products.slice(0, COLLECTED_MAX),
    products_truncated: products.length > COLLECTED_MAX,
  }
}

function eventWindows(
  events: readonly Read[],
  startsOf: (time: Micros) => readonly Micros[],
): readonly Row[] {
  const keysOf = ({ time, category, event_type }: Read) =>
    startsOf(time).map((start) => ({ window_start: isoTime(start), category, event_type }))
  return groupBy(events, keysOf).map(({ keys, members }) => ({ ...keys, ...measuresOf(members) }))
}

export function eventWindows5m(events: readonly Read[]): readonly Row[] {
  return eventWindows(events, (time) => [windowStart(time, PANE_US)])
}

/** An event lies in two windows: the one that begins with its pane and the one before. */
export function eventWindows10m(events: readonly Read[]): readonly Row[] {
  return eventWindows(events, (time) => {
    const pane = windowStart(time, PANE_US)
    return [pane - PANE_US, pane]
  })
}
