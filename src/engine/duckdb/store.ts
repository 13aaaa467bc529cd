/**
 * The store's fixed tables and where it stands: made when missing, checked at every opening. The
 * store is a cache of the log: whatever is wrong with it is mended by building it anew.
 */
import type { LaneStatus } from '../../log/contract.ts'
import type { Connection } from './database.ts'
import { createStoredEvents } from './event_files.ts'
import { readPosition } from './position.ts'
import { createFixedTables, STORE_VERSION } from './schema.ts'

export async function readRegistry(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.rows('SELECT name, value FROM registry')
  return new Map(rows.map(({ name, value }) => [String(name), String(value)]))
}

async function versionOf(connection: Connection): Promise<string> {
  const [row] = await connection.rows('SELECT version() AS version')
  return `${STORE_VERSION} ${row?.version}`
}

/** Makes the fixed tables in an empty store. */
export async function createStore(connection: Connection): Promise<void> {
  const version = await versionOf(connection)
  await connection.script([
    'BEGIN',
    ...createFixedTables(),
    createStoredEvents('', []),
    `INSERT INTO registry VALUES ('store_version', '${version}')`,
    'COMMIT',
    'CHECKPOINT', // Recovery replays no definitions: they are checkpointed alone, at once.
  ])
}

/**
 * Why the store cannot be continued from, in one clause; null when it can. `empty` is a store that
 * was never made. Stored hashes are only comparable within one version of DuckDB.
 */
export async function faultOf(
  connection: Connection,
  lanes: readonly LaneStatus[],
): Promise<'empty' | string | null> {
  const tables = await connection.rows(
    "SELECT table_name FROM information_schema.tables WHERE table_name = 'registry'",
  )
  if (tables.length === 0) return 'empty'
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
