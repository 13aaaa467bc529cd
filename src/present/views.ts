/**
 * The names that people query: silver streams, orders, dimensions, the ledger and every gold table,
 * as temporary views of each reading connection. Nothing here is stored.
 */
import { itemsOf, SILVER_EVENTS } from '../engine/duckdb/silver.ts'
import { DIMENSIONS } from '../model/dimensions.ts'
import type { Plan } from '../plan/plan.ts'
import { quoteName } from '../std/duckdb.ts'
import type { Settings } from '../std/settings.ts'
import { ORDER_LINES, ORDER_MOVEMENTS, ORDERS } from './orders_sql.ts'
import { tableSql } from './table_sql.ts'

const names = (columns: object, from = '') =>
  Object.keys(columns)
    .map((name) => `${from}${quoteName(name)}`)
    .join(', ')

/** The latest row per key by (updated_at, then the row itself, so that ties do not depend on order). */
function dimensionSql(name: keyof typeof DIMENSIONS): string {
  const { stream, key } = DIMENSIONS[name]
  const columns = names(stream.declaration.columns)
  const table = `dimension_${name}`
  return `SELECT ${columns} FROM ${table} QUALIFY row_number() OVER (
    PARTITION BY ${quoteName(key)} ORDER BY updated_at DESC, hash(${columns}) DESC) = 1`
}

const PRICE_TIER = `CASE WHEN events.price < 20 THEN 'Budget' WHEN events.price < 100 THEN 'Mid-Range'
  WHEN events.price IS NOT NULL THEN 'Premium' END AS price_tier`

const ENRICHED = `SELECT events.*, ${PRICE_TIER}, hour(event_time) AS event_hour,
    isodow(event_time) AS event_weekday, CAST(event_time AS DATE) AS event_date,
    products.product_name, products.category AS catalog_category, products.brand AS catalog_brand,
    products.stock, customers.customer_name, customers.gender, customers.age, customers.country,
    customers.customer_segment
  FROM events LEFT JOIN products USING (product_id) LEFT JOIN customers USING (user_id)`

const LEDGER = `SELECT source, hour, sum(received) AS received, sum(stored) AS stored,
    sum(duplicate) AS duplicate, sum(invalid) AS invalid, sum(filtered) AS filtered,
    sum(erased) AS erased, sum(late) AS late
  FROM ledger_counts GROUP BY source, hour`

const refused = (outcome: string) => `SELECT source, received_at, reason, detail, event_id, raw
  FROM refused_records WHERE outcome = '${outcome}'`

/** The streams and dimensions that can be queried beside the gold tables, with their SQL. */
export const STREAM_VIEWS: Readonly<Record<string, string>> = {
  events: `SELECT * EXCLUDE (items) FROM ${SILVER_EVENTS}`,
  items: `SELECT * FROM ${itemsOf(SILVER_EVENTS)}`,
  orders: ORDERS,
  order_movements: ORDER_MOVEMENTS,
  order_lines: ORDER_LINES,
  products: dimensionSql('products'),
  customers: dimensionSql('customers'),
  enriched_events: ENRICHED,
  ledger: LEDGER,
  invalid_events: refused('invalid'),
  filtered_events: refused('filtered'),
}

export interface View {
  readonly name: string
  readonly sql: string
}

export function viewsOf(plan: Plan, settings: Settings): readonly View[] {
  const streams = Object.entries(STREAM_VIEWS).map(([name, sql]) => ({ name, sql }))
  const tables = [...plan.tables.values()].map((planned) => ({
    name: planned.table.name,
    sql: tableSql(planned, settings),
  }))
  return [...streams, ...tables]
}

/** What a reading connection runs before its first query. */
export function createViews(plan: Plan, settings: Settings): readonly string[] {
  return viewsOf(plan, settings).map(
    ({ name, sql }) => `CREATE OR REPLACE TEMP VIEW ${quoteName(name)} AS ${sql}`,
  )
}
