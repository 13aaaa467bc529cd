/**
 * The names that people query: silver streams, orders, dimensions, the ledger and every gold table,
 * as temporary views of each reading connection. Nothing here is stored.
 */
import { itemsOf, SILVER_EVENTS } from '../engine/duckdb/silver.ts'
import { DIMENSIONS, type DimensionName } from '../model/dimensions.ts'
import type { Plan } from '../plan/plan.ts'
import { quoteName } from '../std/duckdb.ts'
import type { Settings } from '../std/settings.ts'
import { activeCustomersSql, CUSTOMER_ENGAGEMENT } from './customers/customer_views_sql.ts'
import { customerFeaturesSql } from './customers/features_sql.ts'
import { REACHED } from './customers/moment.ts'
import { ORDER_LINES, ORDER_MOVEMENTS, ordersSql } from './orders_sql.ts'
import { PERSONS } from './persons_sql.ts'
import { JOURNEY_METRICS } from './questions/journey_metrics_sql.ts'
import { tableSql } from './table_sql.ts'

const names = (columns: object, from = '') =>
  Object.keys(columns)
    .map((name) => `${from}${quoteName(name)}`)
    .join(', ')

/** What is known now, per key; ties in time are settled by content, never by arrival. */
function dimensionSql(name: DimensionName): string {
  const { stream, key, latest } = DIMENSIONS[name]
  const columns = names(stream.declaration.columns)
  const table = `dimension_${name}`
  if (latest === 'row') {
    return `SELECT ${columns} FROM ${table} QUALIFY row_number() OVER (
      PARTITION BY ${quoteName(key)} ORDER BY updated_at DESC, hash(${columns}) DESC) = 1`
  }
  const known = Object.keys(stream.declaration.columns).map((column) => {
    const own = quoteName(column)
    if (column === key) return own
    const told = `FILTER (WHERE ${own} IS NOT NULL)`
    return `arg_max(${own}, (updated_at, CAST(${own} AS VARCHAR))) ${told} AS ${own}`
  })
  return `SELECT ${known.join(', ')} FROM ${table} GROUP BY ${quoteName(key)}`
}

const PRICE_TIER = `CASE WHEN events.price < 20 THEN 'Budget'
  WHEN events.price < 100 THEN 'Mid-Range'
  WHEN events.price IS NOT NULL THEN 'Premium' END AS price_tier`

/** An event's own user id says more of the customer than its visitor, who may share a device. */
const ENRICHED = `SELECT events.*, coalesce(persons.person_id, events.visitor_id) AS person_id,
    ${PRICE_TIER}, hour(event_time) AS event_hour,
    isodow(event_time) AS event_weekday, CAST(event_time AS DATE) AS event_date,
    products.product_name, products.category AS catalog_category, products.brand AS catalog_brand,
    products.stock, customers.customer_name, customers.gender, customers.age, customers.country,
    customers.customer_segment
  FROM events LEFT JOIN products USING (product_id)
    LEFT JOIN persons ON persons.visitor_id = events.visitor_id
    LEFT JOIN persons AS renamed ON renamed.visitor_id = events.user_id
    LEFT JOIN customers
      ON customers.user_id = coalesce(renamed.person_id, events.user_id, persons.person_id)`

export const LEDGER = `SELECT source, hour, sum(received) AS received, sum(stored) AS stored,
    sum(duplicate) AS duplicate, sum(invalid) AS invalid, sum(filtered) AS filtered,
    sum(erased) AS erased, sum(late) AS late,
    sum(lost_to_damage) AS lost_to_damage
  FROM ledger_counts GROUP BY source, hour`

const refused = (outcome: string) => `SELECT source, received_at, reason, detail, event_id, raw
  FROM refused_records WHERE outcome = '${outcome}'`

/** Nothing else is known of them. */
const ERASED = `SELECT source, received_at, reason AS kind FROM refused_records
  WHERE outcome = 'erased'`

/** The streams and dimensions that can be queried beside the gold tables, with their SQL. */
function streamViews(settings: Pick<Settings, 'currency'>): Readonly<Record<string, string>> {
  const dimensions = (Object.keys(DIMENSIONS) as DimensionName[]).map((name) => [
    name,
    dimensionSql(name),
  ])
  return {
    events: `SELECT * EXCLUDE (items) FROM ${SILVER_EVENTS}`,
    items: `SELECT * FROM ${itemsOf(SILVER_EVENTS)}`,
    ...Object.fromEntries(dimensions),
    orders: ordersSql(settings),
    order_movements: ORDER_MOVEMENTS,
    order_lines: ORDER_LINES,
    persons: PERSONS,
    enriched_events: ENRICHED,
    ledger: LEDGER,
    invalid_events: refused('invalid'),
    filtered_events: refused('filtered'),
    erased_events: ERASED,
  }
}

/** Views that read tables: they come after these. */
const TABLE_VIEWS: Readonly<Record<string, (settings: Settings) => string>> = {
  customer_features: (settings) => customerFeaturesSql(REACHED, 'everybody', settings).sql,
  active_customers: activeCustomersSql,
  customer_engagement: () => CUSTOMER_ENGAGEMENT,
  journey_metrics: () => JOURNEY_METRICS,
}

export const STREAM_NAMES: readonly string[] = [
  ...Object.keys(streamViews({ currency: '' })),
  ...Object.keys(TABLE_VIEWS),
]

export interface View {
  readonly name: string
  readonly sql: string
}

export function viewsOf(plan: Plan, settings: Settings): readonly View[] {
  const streams = Object.entries(streamViews(settings)).map(([name, sql]) => ({ name, sql }))
  const tables = [...plan.tables.values()].map((planned) => ({
    name: planned.table.name,
    sql: tableSql(planned, settings),
  }))
  const last = Object.entries(TABLE_VIEWS).map(([name, sql]) => ({ name, sql: sql(settings) }))
  return [...streams, ...tables, ...last]
}

/** What a reading connection runs before its first query. */
export function createViews(plan: Plan, settings: Settings): readonly string[] {
  return viewsOf(plan, settings).map(
    ({ name, sql }) => `CREATE OR REPLACE TEMP VIEW ${quoteName(name)} AS ${sql}`,
  )
}
