/** The formats of files, and what their headers must say. A further one is a line here. */
import { DIMENSIONS } from '../../model/dimensions.ts'
import { ClickpathError } from '../../std/errors.ts'
import { RATE_ALIASES, RATE_COLUMNS } from '../formats/rates.ts'
import { flatColumns, namedCells } from './flat_columns.ts'
import type { Mapping } from './mapping.ts'
import { RETAILROCKET } from './retailrocket.ts'

export type ImportStream = 'events' | 'products' | 'customers' | 'rates'
export const IMPORT_STREAMS: readonly ImportStream[] = ['events', 'products', 'customers', 'rates']

export interface FileFormat {
  readonly about: string
  readonly reads: 'csv' | 'lines' | 'parquet'
  readonly streams: readonly ImportStream[]
  /** Columns that the header must name. */
  readonly required: readonly string[]
  /** Whether a row must say when it happened. */
  readonly time: 'required' | 'optional'
  /** What a line says, where it is not an object with our names. */
  readonly says?: 'segment' | 'ga4' | 'snowplow'
  /** Which of its columns are ours. */
  readonly mapping?: Mapping
  /** Whether the last cell of a file without a line break at its end is whole, by column. */
  readonly isWhole?: Readonly<Record<string, (cell: string) => boolean>>
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const FILE_FORMATS = {
  rees46: {
    about: 'CSV as REES46 publishes it: event_time, event_type, product_id, category_id, ...',
    reads: 'csv',
    streams: ['events'],
    required: ['event_time', 'event_type', 'product_id', 'user_id'],
    time: 'required',
    isWhole: { user_session: (cell) => UUID.test(cell) },
  },
  csv: {
    about: 'CSV with the columns of events, products, customers or rates in its header',
    reads: 'csv',
    streams: IMPORT_STREAMS,
    required: [],
    time: 'optional',
  },
  ndjson: {
    about: 'a JSON object a line, as HTTP takes them',
    reads: 'lines',
    streams: IMPORT_STREAMS,
    required: [],
    time: 'optional',
  },
  parquet: {
    about: 'Parquet with the columns of events, products, customers or rates',
    reads: 'parquet',
    streams: IMPORT_STREAMS,
    required: [],
    time: 'optional',
  },
  retailrocket: {
    about: 'CSV as Retailrocket published it: timestamp, visitorid, event, itemid, transactionid',
    reads: 'csv',
    streams: ['events'],
    required: ['timestamp', 'visitorid', 'event', 'itemid'],
    time: 'required',
    mapping: RETAILROCKET,
  },
  segment: {
    about: "calls of Segment's API as an archive keeps them, a JSON object a line",
    reads: 'lines',
    streams: ['events'],
    required: [],
    time: 'required',
    says: 'segment',
  },
  ga4: {
    about: "rows of GA4's BigQuery export (events_*), a JSON object a line",
    reads: 'lines',
    streams: ['events'],
    required: [],
    time: 'required',
    says: 'ga4',
  },
  snowplow: {
    about: "Snowplow's enriched events: 131 columns apart by tabs, without a header",
    reads: 'lines',
    streams: ['events'],
    required: [],
    time: 'required',
    says: 'snowplow',
  },
} as const satisfies Record<string, FileFormat>

export type FileFormatName = keyof typeof FILE_FORMATS

/** Other names of dimension columns, where the file has no column of the name itself. */
const DIMENSION_ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  products: {
    id: 'product_id',
    sku: 'product_id',
    name: 'product_name',
    title: 'product_name',
    product_category: 'category',
    category_code: 'category',
    vendor: 'brand',
    stock_quantity: 'stock',
    inventory: 'stock',
  },
  customers: {
    id: 'user_id',
    customer_id: 'user_id',
    name: 'customer_name',
    segment: 'customer_segment',
    created_at: 'registered_at',
    signup_date: 'registered_at',
  },
  // Under their own names as well: spreadsheets begin them with a capital.
  rates: { ...RATE_ALIASES, ...Object.fromEntries(RATE_COLUMNS.map((name) => [name, name])) },
}

/** What no row of a stream beside events can do without. */
export function requiredColumns(stream: Exclude<ImportStream, 'events'>): readonly string[] {
  return stream === 'rates' ? RATE_COLUMNS : [DIMENSIONS[stream].key]
}

/** The names of a header as the stream's columns are called; the first of two names wins. */
export function columnNames(stream: ImportStream, names: readonly string[]): readonly string[] {
  const aliases = DIMENSION_ALIASES[stream] ?? {}
  const taken = new Set(names)
  return names.map((name) => {
    const column = aliases[name.toLowerCase()]
    if (column === undefined || taken.has(column)) return name
    taken.add(column)
    return column
  })
}

/** Throws FILE_UNREADABLE where the header lacks what no row can do without. */
export function checkHeader(
  file: string,
  { required, mapping }: FileFormat,
  stream: ImportStream,
  names: readonly string[],
): void {
  const missing: string[] = required.filter((name) => !names.includes(name))
  if (stream === 'events' && !mapping) {
    const { columns } = flatColumns(namedCells(names))
    const hasType = columns.some(({ column }) => column === 'event_type')
    if (!hasType && missing.length === 0) missing.push('event_type')
  } else if (stream !== 'events') {
    missing.push(...requiredColumns(stream).filter((name) => !names.includes(name)))
  }
  if (missing.length === 0) return
  const given = names.slice(0, 20).join(', ')
  const columns = `it has no column ${missing.join(', ')}`
  throw new ClickpathError('FILE_UNREADABLE', file, `${columns}; its first line reads ${given}`)
}
