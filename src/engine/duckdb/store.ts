/**
 * The store's fixed tables and where it stands: made when missing, checked at every opening. The
 * store is a cache of the log: whatever is wrong with it is mended by building it anew.
 */
import { randomUUID } from 'node:crypto'
import type { LaneStatus } from '../../log/contract.ts'
import { quoteName, quoteText } from '../../std/duckdb.ts'
import type { StoreFiles } from '../place.ts'
import type { Connection } from './database.ts'
import { createStoredEvents, lastBatchIn } from './event_files.ts'
import { readPosition } from './position.ts'
import { createFixedTables, createSessionTables, STORE_VERSION } from './schema.ts'
import { readSessionPosition } from './session_position.ts'

export async function readRegistry(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.rows('SELECT name, value FROM registry')
  return new Map(rows.map(({ name, value }) => [String(name), String(value)]))
}

async function versionOf(connection: Connection): Promise<string> {
  const [row] = await connection.rows('SELECT version() AS version')
  return `${STORE_VERSION} ${row?.version}`
}

/** Of the connection's own file: others have tables of the same names. */
async function tablesOf(connection: Connection): Promise<readonly string[]> {
  const tables = await connection.rows(
    'SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()',
  )
  return tables.map(({ table_name }) => String(table_name))
}

/** Recovery replays no definitions: they are checkpointed alone, at once. */
const define = (connection: Connection, statements: readonly string[]) =>
  connection.script(['BEGIN', ...statements, 'COMMIT', 'CHECKPOINT'])

/** By which the file of sessions is known to belong to the store. */
const STORE_ID = 'store_id'

const insertRegistry = (name: string, value: string) =>
  `INSERT INTO registry VALUES (${quoteText(name)}, ${quoteText(value)})`

/** Makes the fixed tables in an empty store. */
export async function createStore(connection: Connection, files: StoreFiles): Promise<void> {
  await define(connection, [
    ...createFixedTables(),
    ...(files.sessions === null ? createSessionTables('in the store') : []),
    createStoredEvents('', []),
    insertRegistry('store_version', await versionOf(connection)),
    insertRegistry(STORE_ID, randomUUID()),
  ])
}

/**
 * Makes what is missing in the file of sessions. One that belongs to another store, or to another
 * time of this one, is emptied: they are made anew of what is stored.
 */
export async function settleSessionFile(joiner: Connection, writer: Connection): Promise<void> {
  const id = (await readRegistry(writer)).get(STORE_ID) ?? ''
  if (await belongs(joiner, writer, id)) return
  const drops = (await tablesOf(joiner)).map((name) => `DROP TABLE ${quoteName(name)}`)
  const made = [...createSessionTables('alone'), insertRegistry(STORE_ID, id)]
  await define(joiner, [...drops, ...made])
}

async function belongs(joiner: Connection, writer: Connection, id: string): Promise<boolean> {
  if (!(await tablesOf(joiner)).includes('registry')) return false
  if ((await readRegistry(joiner)).get(STORE_ID) !== id) return false
  const { settled, round } = await readSessionPosition(joiner)
  const { batch } = await readPosition(writer)
  const until = round?.until ?? settled
  // What they have not taken in is looked for in the table alone.
  return until.batch <= batch && settled.batch >= (await lastBatchIn(writer))
}

/**
 * Why the store cannot be continued from, in one clause; null when it can. `empty` is a store that
 * was never made. Stored hashes are only comparable within one version of DuckDB.
 */
export async function faultOf(
  connection: Connection,
  lanes: readonly LaneStatus[],
): Promise<'empty' | string | null> {
  if (!(await tablesOf(connection)).includes('registry')) return 'empty'
  const registry = await readRegistry(connection)
  const version = await versionOf(connection)
  const stored = registry.get('store_version') ?? 'none'
  if (stored !== version) return `it has version ${stored}, this is version ${version}`
  const { offsets, writers } = await readPosition(connection)
  for (const [lane, offset] of offsets) {
    const status = lanes.find((candidate) => candidate.lane === lane)
    const durable = status?.durable_position ?? 0
    if (offset > durable)
      return `it is ahead of the log: lane ${lane} at ${offset}, log at ${durable}`
    if (writers.get(lane) !== status?.writersBefore(offset))
      return `it was filled from another log: lane ${lane} differs before ${offset}`
  }
  return null
}
