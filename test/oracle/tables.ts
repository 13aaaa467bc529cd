/**
 * The oracle: every table recomputed from raw events by hand. It shares no code with the product
 * and evaluates no declaration, so the two agree only if both are right.
 */
import { categoryCounts } from './category_counts.ts'
import { categoryPrices } from './category_prices.ts'
import type { OracleTable } from './columns.ts'
import { type OracleEvent, type Row, readEvents } from './event.ts'
import { eventWindows5m, eventWindows10m } from './event_windows.ts'
import { funnel15m } from './funnel_15m.ts'
import { hourlyPivot } from './hourly_pivot.ts'
import { itemRows, linesOf } from './items.ts'
import {
  movementRows,
  movementsOf,
  orderLineRows,
  orderLinesOf,
  orderRows,
  ordersOf,
} from './orders.ts'
import { type InterestThresholds, productConversion, productInterest } from './products.ts'
import { productSales, revenue1h } from './sales.ts'
import { sessions } from './sessions.ts'
import { dayStarts } from './time.ts'

export interface OracleSettings extends InterestThresholds {
  readonly time_zone: string
}

const DEFAULTS: OracleSettings = {
  time_zone: 'UTC',
  interest_share_min: 0.01,
  interest_conversion_max: 0.02,
}

/**
 * All tables and order streams. Rows hold `window_start` (ISO 8601; null for all time), keys and
 * measures; their order means nothing. Throws where two events of a source share an id and differ.
 */
export function oracleTables(
  raw: readonly OracleEvent[],
  settings: Partial<OracleSettings> = {},
): Readonly<Record<OracleTable, readonly Row[]>> {
  const { time_zone, ...thresholds } = { ...DEFAULTS, ...settings }
  const dayStart = dayStarts(time_zone)
  const events = readEvents(raw)
  const items = events.flatMap(linesOf)
  const orders = ordersOf(events)
  const movements = movementsOf(orders)
  const orderLines = orderLinesOf(orders)
  return {
    event_windows_5m: eventWindows5m(events),
    event_windows_10m: eventWindows10m(events),
    hourly_pivot: hourlyPivot(events),
    funnel_15m: funnel15m(events),
    category_counts: categoryCounts(events),
    product_conversion: productConversion(items, dayStart),
    product_interest: productInterest(items, dayStart, thresholds),
    category_prices: categoryPrices(items),
    product_sales: productSales(orderLines),
    revenue_1h: revenue1h(movements),
    sessions: sessions(events),
    items: itemRows(items),
    orders: orderRows(orders),
    order_movements: movementRows(movements),
    order_lines: orderLineRows(orderLines),
  }
}
