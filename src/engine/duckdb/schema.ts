/**
 * The tables of the store. No key, index or constraint on any: with them, upserts slow down, files
 * grow without bound and recovery breaks. Uniqueness comes from how batches are made.
 */
import { DIMENSIONS } from '../../model/dimensions.ts'
import { events, LINE_COLUMNS } from '../../model/events.ts'
import type { Columns } from '../../model/stream.ts'
import type { Group } from '../../plan/plan.ts'
import { DUCKDB_TYPES, quoteName, structType } from '../../std/duckdb.ts'
import { columnType, keyNames, type Part, partsOf, statesIn, stateTable } from './render_states.ts'

/** Raised when the layout of the fixed tables changes: an older store is rebuilt from the log. */
export const STORE_VERSION = 10

const columnsOf = (columns: Columns) =>
  Object.entries(columns).map(([name, { type }]) => `${quoteName(name)} ${DUCKDB_TYPES[type]}`)

/** The columns that are told, not derived. */
function toldColumns(columns: Columns): Columns {
  return Object.fromEntries(Object.entries(columns).filter(([, { derived }]) => !derived))
}

/** A product line within an event: its own columns and its value. */
export const LINE_TYPE = `${structType(
  Object.fromEntries(
    Object.entries(LINE_COLUMNS).map(([name, { type }]) => [name, DUCKDB_TYPES[type]]),
  ),
)}[]`

const ORDER_LINE = `STRUCT(product_id VARCHAR, category VARCHAR, brand VARCHAR,
  price DECIMAL(18,4), units BIGINT, amount DECIMAL(18,4))[]`

/**
 * A stored event, in the table or in an archived file. Derived columns are not stored: they cost as
 * much as told ones and say nothing new.
 */
export const SILVER_COLUMNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(toldColumns(events.declaration.columns)).map(([name, { type }]) => [
      name,
      DUCKDB_TYPES[type],
    ]),
  ),
  items: LINE_TYPE,
  id_hash: 'UBIGINT',
  fingerprint: 'UBIGINT',
  batch: 'BIGINT',
}

export const FIXED_TABLES: Readonly<Record<string, readonly string[]>> = {
  silver_events: Object.entries(SILVER_COLUMNS).map(([name, type]) => `${quoteName(name)} ${type}`),
  // See event_files.ts and archive_events.ts.
  archived_ids: ['id_hash UBIGINT', 'id_check UINTEGER', 'fingerprint UBIGINT'],
  event_files: ['path VARCHAR', 'day DATE', 'rows BIGINT', 'bytes BIGINT'],
  order_copies: [
    'order_id VARCHAR',
    'line_id VARCHAR',
    'movement VARCHAR',
    'rank TINYINT',
    ...['event_time TIMESTAMP', 'event_id VARCHAR', 'source VARCHAR', 'visitor_id VARCHAR'],
    ...['user_id VARCHAR', 'session_id VARCHAR', 'currency VARCHAR'],
    ...['stated DECIMAL(18,4)', 'lines_value DECIMAL(38,4)', `lines ${ORDER_LINE}`],
    'batch BIGINT',
  ],
  ...Object.fromEntries(
    Object.entries(DIMENSIONS).map(([name, { stream }]) => [
      `dimension_${name}`,
      [...columnsOf(stream.declaration.columns), 'source VARCHAR', 'batch BIGINT'],
    ]),
  ),
  refused_records: [
    ...['outcome VARCHAR', 'reason VARCHAR', 'detail VARCHAR', 'raw VARCHAR'],
    ...['source VARCHAR', 'received_at TIMESTAMP', 'event_id VARCHAR', 'batch BIGINT'],
  ],
  ledger_counts: [
    ...['source VARCHAR', 'hour TIMESTAMP', 'received BIGINT', 'stored BIGINT'],
    ...['duplicate BIGINT', 'invalid BIGINT', 'filtered BIGINT', 'erased BIGINT', 'late BIGINT'],
    ...['lost_to_damage BIGINT', 'batch BIGINT'],
  ],
  batches: [
    ...['batch BIGINT', 'committed_at TIMESTAMP', 'records BIGINT', 'offsets JSON'],
    ...['sources JSON', 'horizon TIMESTAMP', 'lateness_ms BIGINT', 'writers JSON'],
  ],
  registry: ['name VARCHAR', 'value VARCHAR'],
}

/** Beside the sessions themselves; see session_position.ts. */
const SESSION_TABLES: Readonly<Record<string, readonly string[]>> = {
  session_batches: [
    ...['batch BIGINT', 'committed_at TIMESTAMP', 'horizon TIMESTAMP', 'settled_batch BIGINT'],
    'round JSON',
  ],
}

const PART_COLUMNS: Readonly<Record<Exclude<Part, 'main'>, readonly string[]>> = {
  values: ['state SMALLINT', 'value VARCHAR', 't TIMESTAMP', 'i VARCHAR', 's VARCHAR'],
  bins: ['state SMALLINT', 'bin BIGINT', 'n BIGINT'],
  registers: ['state SMALLINT', 'register SMALLINT', 'rank TINYINT'],
}

/** The statements that create the group's state tables. */
export function createStateTables(group: Group): readonly string[] {
  const keys = group.keys.map(({ expression }, at) => {
    return `${keyNames(group)[at]} ${DUCKDB_TYPES[expression.type]}`
  })
  const scalars = statesIn(group, 'main').map(
    ({ column, state }) => `${column} ${columnType(state)}`,
  )
  const isSession = group.pane.kind === 'session'
  const main = ['batch BIGINT', ...scalars, ...(isSession ? ['formers TIMESTAMP[]'] : [])]
  const tables = partsOf(group).map((part) => ({
    name: stateTable(group, part),
    rest: part === 'main' ? main : PART_COLUMNS[part],
  }))
  return tables.map(({ name, rest }) => {
    return `CREATE TABLE ${name} (${['bucket TIMESTAMP', ...keys, ...rest].join(', ')})`
  })
}

const created = (tables: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  Object.entries(tables).map(([name, columns]) => `CREATE TABLE ${name} (${columns.join(', ')})`)

export const createFixedTables = (): readonly string[] => created(FIXED_TABLES)

/** `alone`: in a file of their own, which says for itself what it holds. */
export function createSessionTables(where: 'alone' | 'in the store'): readonly string[] {
  const { registry = [] } = FIXED_TABLES
  return created(where === 'alone' ? { ...SESSION_TABLES, registry } : SESSION_TABLES)
}
