/**
 * From records to silver: what a batch's slices say, deduplicated. All SQL, no JavaScript per
 * event.
 *
 *   raw       the records as they stand in the log, typed; numbered in `line`
 *   told      the events among them, with derived columns, id_hash and fingerprint
 *   suspects  id hashes that stand twice in the batch or stand in silver already
 *   verdicts  of each suspect event: stored, duplicate (same content) or id_conflict (other
 * content)
 *   batch     the events that are new: what goes to silver and into the states
 */

import type { Slice } from '../../log/contract.ts'
import { events, items, LINE_COLUMNS } from '../../model/events.ts'
import { ENVELOPE_COLUMNS, RECORD_EVENT_COLUMNS } from '../../model/record.ts'
import type { Columns } from '../../model/stream.ts'
import { DUCKDB_TYPES, quoteName, quoteText } from '../../std/duckdb.ts'
import { renderExpression } from './render_expression.ts'
import { LINE_TYPE } from './schema.ts'
import { keepStretches, withinStretches } from './stretches.ts'

const eventColumns: Columns = events.declaration.columns
const itemColumns: Columns = items.declaration.columns
const columnNames = (columns: object) => Object.keys(columns).map(quoteName)

const typeOf = (columns: Columns, name: string) => DUCKDB_TYPES[columns[name]?.type ?? 'text']

/** Every column of a record with the type it has in the engine. */
export const RECORD_TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(RECORD_EVENT_COLUMNS.map((name) => [name, typeOf(eventColumns, name)])),
  ...Object.fromEntries(
    Object.entries(ENVELOPE_COLUMNS).map(([name, type]) => [name, DUCKDB_TYPES[type]]),
  ),
  items: LINE_TYPE,
}

const recordColumns = (as: (name: string, type: string) => string) =>
  Object.entries(RECORD_TYPES).map(([name, type]) => as(name, type))

function readNdjson({ file }: Slice): string {
  const columns = recordColumns((name, type) => `${quoteText(name)}: ${quoteText(type)}`)
  return `SELECT ${columnNames(RECORD_TYPES).join(', ')} FROM read_ndjson(${quoteText(file)},
    columns = {${columns.join(', ')}})`
}

/** A record column that a segment does not hold is absent in all of its rows. */
function readParquet({ file, row_first, count }: Slice, first_line: number): string {
  const columns = recordColumns((name, type) => {
    return `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`
  })
  const absent = recordColumns((name, type) => `NULL::${type} AS ${quoteName(name)}`)
  return `SELECT ${columns.join(', ')}, line FROM (
    SELECT ${absent.join(', ')}, NULL::BIGINT AS line WHERE FALSE UNION ALL BY NAME
    SELECT * EXCLUDE (file_row_number), file_row_number - ${row_first - first_line} AS line
    FROM read_parquet(${quoteText(file)}, file_row_number = true)
    WHERE file_row_number >= ${row_first} AND file_row_number < ${row_first + count})`
}

/**
 * Gives the slices' records as the view `name`, last; `line` numbers them within the batch, for
 * bisecting. Lines of JSON are parsed once into a table; Parquet is read where it lies, by column.
 */
export function createRaw(slices: readonly Slice[], name = 'raw'): readonly string[] {
  const live = slices.filter(({ format }) => format === 'ndjson')
  const imported = slices.filter(({ format }) => format === 'parquet')
  let next_line = live.reduce((sum, { count }) => sum + count, 1)
  const parts = imported.map((slice) => {
    const part = readParquet(slice, next_line)
    next_line += slice.count
    return part
  })
  const parsed = live.map(readNdjson).join(' UNION ALL ')
  const parse = `CREATE OR REPLACE TEMP TABLE parsed AS
    SELECT *, row_number() OVER () AS line FROM (${parsed})`
  const all = [...(live.length > 0 ? ['SELECT * FROM parsed'] : []), ...parts].join(' UNION ALL ')
  return [...(live.length > 0 ? [parse] : []), `CREATE OR REPLACE TEMP VIEW ${name} AS ${all}`]
}

/** What two copies of an event must agree in: a retry may change all else. */
const FINGERPRINTED = RECORD_EVENT_COLUMNS.filter(
  (name) =>
    !['event_time', 'received_at', 'ip', 'user_agent', 'source', 'event_id', 'origin'].includes(
      name,
    ),
)

function derivedColumn(columns: Columns, name: string): string {
  const derived = columns[name]?.derived
  return derived ? `${renderExpression(derived())} AS ${quoteName(name)}` : quoteName(name)
}

/**
 * The lines of `raw` that take part: all but those already blamed, or a part of them while halving.
 */
export interface Scope {
  readonly first_line: number
  readonly last_line: number
  readonly excluded: readonly number[]
}

export function createTold({ first_line, last_line, excluded }: Scope): string {
  const columns = Object.keys(eventColumns).map((name) => derivedColumn(eventColumns, name))
  const content = [...FINGERPRINTED.map(quoteName), 'items'].join(', ')
  const without = excluded.length > 0 ? `AND line NOT IN (${excluded.join(', ')})` : ''
  return `CREATE OR REPLACE TEMP TABLE told AS SELECT ${columns.join(', ')},
    CASE WHEN len(items) > 0 THEN items END AS items,
    hash(source, event_id) AS id_hash, hash(${content}) AS fingerprint, line
    FROM raw WHERE record = 'event' AND line BETWEEN ${first_line} AND ${last_line} ${without}`
}

/** Two steps, so that a batch without suspects pays for no join. */
export const CREATE_SUSPECTS = `CREATE OR REPLACE TEMP TABLE suspects AS
  SELECT id_hash, NULL::BIGINT AS stored_row FROM told GROUP BY id_hash HAVING count(*) > 1
  UNION ALL SELECT id_hash, rowid AS stored_row FROM silver_events
    WHERE id_hash IN (SELECT id_hash FROM told)
  UNION ALL SELECT id_hash, NULL AS stored_row FROM archived_ids
    WHERE id_hash IN (SELECT id_hash FROM told)`

/** Tells apart ids whose `id_hash` is the same: of an archived event no id is at hand. */
export const ID_CHECK = `CAST(md5_number_lower(source || '/' || event_id) & 4294967295 AS UINTEGER)`

const STORED_SUSPECTS = 'SELECT stored_row FROM suspects WHERE stored_row IS NOT NULL'

/** Most copies are of events that came lately, and so lie side by side. */
export const KEEP_SUSPECTS = keepStretches(
  'suspects',
  `SELECT stored_row AS number FROM (${STORED_SUSPECTS})`,
)

export const CREATE_VERDICTS = `CREATE OR REPLACE TEMP TABLE verdicts AS
  WITH known AS (
    SELECT source, event_id, any_value(fingerprint) AS fingerprint FROM silver_events
    WHERE ${withinStretches('suspects')} AND rowid IN (${STORED_SUSPECTS})
    GROUP BY source, event_id
    UNION ALL
    SELECT DISTINCT source, event_id, archived.fingerprint
    FROM told JOIN archived_ids AS archived USING (id_hash)
    WHERE id_hash IN (SELECT id_hash FROM suspects) AND id_check = ${ID_CHECK}
  ), copies AS (
    SELECT line, source, event_id, fingerprint,
      row_number() OVER copy AS copy, first_value(fingerprint) OVER copy AS first_fingerprint
    FROM told WHERE id_hash IN (SELECT id_hash FROM suspects)
    WINDOW copy AS (PARTITION BY source, event_id ORDER BY received_at, line)
  )
  SELECT line, CASE
      WHEN known.fingerprint = copies.fingerprint THEN 'duplicate'
      WHEN known.fingerprint IS NOT NULL THEN 'id_conflict'
      WHEN copy = 1 THEN 'stored'
      WHEN copies.fingerprint = first_fingerprint THEN 'duplicate'
      ELSE 'id_conflict' END AS verdict
  FROM copies LEFT JOIN known USING (source, event_id)`

export function createBatch(anySuspects: boolean): string {
  const known = "WHERE line NOT IN (SELECT line FROM verdicts WHERE verdict <> 'stored')"
  return `CREATE OR REPLACE TEMP VIEW batch AS SELECT * FROM told ${anySuspects ? known : ''}`
}

/**
 * The stream `items` over a relation of events: a row per line, or the event as its own one line.
 */
export function itemsOf(relation: string): string {
  const own = new Set([...Object.keys(LINE_COLUMNS), 'value'])
  const shared = Object.keys(itemColumns).filter((name) => !own.has(name))
  const lineNames = Object.keys(LINE_COLUMNS)
  const ofEvent = lineNames.map((name) =>
    name in eventColumns && name !== 'properties' ? quoteName(name) : `NULL AS ${quoteName(name)}`,
  )
  const ofLine = lineNames.map((name) => `line_of.${quoteName(name)}`)
  return `(SELECT *, ${derivedColumn(itemColumns, 'value')} FROM (
    SELECT ${[...shared.map(quoteName), ...ofEvent].join(', ')} FROM ${relation}
      WHERE items IS NULL AND product_id IS NOT NULL
    UNION ALL BY NAME
    SELECT ${[...shared.map(quoteName), ...ofLine].join(', ')}
      FROM (SELECT * EXCLUDE (product_id, category, brand, price, quantity, properties),
        unnest(items) AS line_of FROM ${relation} WHERE items IS NOT NULL)))`
}

export function insertEvents(batch: number): string {
  const columns = [...RECORD_EVENT_COLUMNS.map(quoteName), 'items', 'id_hash', 'fingerprint']
  return `INSERT INTO silver_events SELECT ${columns.join(', ')}, ${batch} FROM batch`
}

const silver = (rows: string) =>
  `(SELECT ${Object.keys(eventColumns)
    .map((name) => derivedColumn(eventColumns, name))
    .join(', ')}, items FROM ${rows})`

/** The stored events with their derived columns, as a relation. */
export const SILVER_EVENTS = silver('stored_events')

/** No visitor is divided between shares. */
export interface Share {
  /** From 0. */
  readonly at: number
  readonly of: number
}

/** More shares than this would be empty. */
export const SHARES_MAX = 1_024

/** Tricky: by ranges, so that each of N shares is two whole ones of 2 N. */
function shareOf(relation: string, { at, of }: Share): string {
  if (of === 1) return relation
  const [from, to] = [at, at + 1].map((part) => Math.floor((part * SHARES_MAX) / of))
  const place = `hash(coalesce(visitor_id, '')) % ${SHARES_MAX}`
  return `(FROM ${relation} WHERE ${place} >= ${from} AND ${place} < ${to})`
}

/** A share of all stored events. */
export const storedShare = (share: Share) => shareOf(SILVER_EVENTS, share)

/** A share of those that the batches (after, until] brought. */
export const storedBetween = (after: number, until: number, share: Share) =>
  shareOf(silver(`(FROM silver_events WHERE batch > ${after} AND batch <= ${until})`), share)
