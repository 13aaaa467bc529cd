/** The store while it is open: opened as it is where it is sound, and anew where it is not. */
import { ClickpathError } from '../../std/errors.ts'
import { causeOf, tell } from '../../std/notices.ts'
import type { StoreFiles } from '../place.ts'
import type { Batches } from './batches.ts'
import { type Connection, Database, removeSessions, setAside } from './database.ts'
import type { DuckdbEngineOptions } from './engine_options.ts'
import { faultOfEventFiles, settleEventFiles } from './event_files.ts'
import { readPosition } from './position.ts'
import { createStore, faultOf, settleSessionFile } from './store.ts'

export interface OpenStore {
  readonly database: Database
  readonly writer: Connection
  /** Writes sessions; the writer itself, where they lie in the store's own file. */
  readonly joiner: Connection
}

export function closeStore({ database, writer, joiner }: OpenStore): void {
  if (joiner !== writer) joiner.close()
  writer.close()
  database.close()
}

async function connectOnce(files: StoreFiles, options: DuckdbEngineOptions): Promise<OpenStore> {
  const database = await Database.open(files, options.settings)
  const writer = await database.connect('store')
  const joiner = files.sessions === null ? writer : await database.connect('sessions')
  return { database, writer, joiner }
}

/** Sessions are made anew before the store is blamed. */
async function connect(files: StoreFiles, options: DuckdbEngineOptions): Promise<OpenStore> {
  try {
    return await connectOnce(files, options)
  } catch (thrown) {
    if (!(thrown instanceof ClickpathError) || thrown.code !== 'STORE_BROKEN') throw thrown
    await removeSessions(files)
    return connectOnce(files, options)
  }
}

/** Sets aside what cannot be gone on from, and says so. */
export async function openStore(
  files: StoreFiles,
  options: DuckdbEngineOptions,
  batches: Batches,
): Promise<OpenStore> {
  const store = await openSound(files, options, batches)
  try {
    if (options.archive) await settleEventFiles(store.writer, options.archive)
  } catch (thrown) {
    closeStore(store)
    throw thrown
  }
  return files.sessions === null ? store : withSessions(files, options, store)
}

/** The file of sessions may open and yet not be read. */
async function withSessions(
  files: StoreFiles,
  options: DuckdbEngineOptions,
  store: OpenStore,
): Promise<OpenStore> {
  try {
    await settleSessionFile(store.joiner, store.writer)
    return store
  } catch {
    closeStore(store)
    await removeSessions(files)
    const again = await connectOnce(files, options)
    await settleSessionFile(again.joiner, again.writer)
    return again
  }
}

async function openSound(
  files: StoreFiles,
  options: DuckdbEngineOptions,
  batches: Batches,
): Promise<OpenStore> {
  let fault: string | null
  let store: OpenStore | undefined
  try {
    store = await connect(files, options)
    fault = await faultIn(store.writer, options, batches)
    if (fault === 'empty') await createStore(store.writer, files)
    if (fault === null || fault === 'empty') return store
  } catch (thrown) {
    if (thrown instanceof ClickpathError && thrown.code !== 'STORE_BROKEN') throw thrown
    const [detail] = thrown instanceof ClickpathError ? thrown.details : []
    fault = detail === undefined ? causeOf(thrown) : String(detail).replace(/\W+$/, '')
  }
  tell(options.say, 'STORE_REBUILT', fault)
  if (store) closeStore(store)
  await setAside(files)
  const made = await connect(files, options)
  await createStore(made.writer, files)
  return made
}

async function faultIn(
  writer: Connection,
  { log, archive }: DuckdbEngineOptions,
  batches: Batches,
): Promise<string | null> {
  const fault = await faultOf(writer, await log.lanes())
  if (fault !== null) return fault
  const files = archive ? await faultOfEventFiles(writer, archive) : null
  return files ?? (await batches.fault(writer, await readPosition(writer)))
}
