/**
 * Products and customers as the events show them: one upsert a key, timed by its last event, so
 * that deriving again gives the same. A key that the shop itself has told of is left alone, and one
 * whose row would not change is not written again.
 */
import type { Row } from '../engine/contract.ts'
import { quoteText } from '../std/duckdb.ts'

export type DerivedStream = 'products' | 'customers'
export const DERIVED_STREAMS: readonly DerivedStream[] = ['products', 'customers']

/** The lane and the source that derived rows are written under. */
export const DERIVED_SOURCE = 'derive'

interface Derivation {
  readonly key: string
  readonly from: 'items' | 'events'
  /** Columns with how they are computed from the rows of one key. */
  readonly columns: Readonly<Record<string, string>>
}

/** The latest value that was told, by the one order of all events. */
const latest = (column: string) =>
  `arg_max(${column}, row(event_time, event_id)) FILTER (WHERE ${column} IS NOT NULL)`

const DERIVATIONS: Readonly<Record<DerivedStream, Derivation>> = {
  products: {
    key: 'product_id',
    from: 'items',
    columns: {
      product_name: latest('product_name'),
      category: latest('category'),
      brand: latest('brand'),
      price: latest('price'),
    },
  },
  customers: {
    key: 'user_id',
    from: 'events',
    columns: { registered_at: "min(event_time) FILTER (WHERE event_type = 'signup')" },
  },
}

/** Marks a row as ours: only such a row is written anew. */
const MARK = 'derived_from'

/** Rows to write, by key, from the one after `after` on. */
export function derivedRows(stream: DerivedStream, after: string, rows_max: number): string {
  const { key, from, columns } = DERIVATIONS[stream]
  const names = Object.keys(columns)
  const computed = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`)
  const told = (name: string) => `json_extract_string(told.properties, '$.${name}')`
  const differs = [
    ...names.map((name) => `derived.${name} IS DISTINCT FROM told.${name}`),
    ...['first_seen', 'last_seen'].map(
      (name) => `derived.${name} IS DISTINCT FROM CAST(${told(name)} AS TIMESTAMP)`,
    ),
  ]
  // A row that differs must come after the one it replaces, even if its last event is the same.
  return `SELECT derived.${key} AS key, ${names.map((name) => `derived.${name}`).join(', ')},
      first_seen, last_seen,
      greatest(last_seen, coalesce(told.updated_at + INTERVAL 1 microsecond, last_seen))
        AS updated_at
    FROM (SELECT ${key}, ${computed.join(', ')}, min(event_time) AS first_seen,
        max(event_time) AS last_seen FROM ${from} WHERE ${key} > ${quoteText(after)} GROUP BY ${key}
      ) AS derived LEFT JOIN ${stream} AS told USING (${key})
    WHERE told.${key} IS NULL OR (${told(MARK)} = 'events' AND (${differs.join(' OR ')}))
    ORDER BY derived.${key} LIMIT ${rows_max}`
}

/** One answered row as a record of the log. */
export function derivedRecord(stream: DerivedStream, row: Row, received_at: string): object {
  const { key, first_seen, last_seen, updated_at } = row
  const known = Object.keys(DERIVATIONS[stream].columns).filter((name) => row[name] !== null)
  return {
    record: stream,
    source: DERIVED_SOURCE,
    received_at,
    key,
    updated_at,
    row: {
      ...Object.fromEntries(known.map((name) => [name, row[name]])),
      properties: { first_seen, last_seen, [MARK]: 'events' },
    },
  }
}
