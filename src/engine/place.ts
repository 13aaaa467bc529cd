/** Which engine a data folder is computed by, and where that keeps what it makes of the log. */
import { join } from 'node:path'
import { ClickpathError } from '../std/errors.ts'
import type { Settings } from '../std/settings.ts'

type Chosen = Pick<Settings, 'engine'>

/** The Spark Connect server that computes the batches; null where this process does. */
export function sparkOf({ engine }: Chosen): string | null {
  return engine === 'duckdb' ? null : engine
}

/** The address as people may see it: without its token. */
export const shownAddress = (address: string) => address.split(/\/?;/, 1)[0] ?? address

/** Throws where something is asked for that batches on Spark do not do. */
export function requireDuckdb(chosen: Chosen, what: string, instead: string): void {
  const address = sparkOf(chosen)
  if (address) throw new ClickpathError('DUCKDB_ONLY', what, shownAddress(address), instead)
}

/** What Spark writes, and the store beside it; all of it can be made anew from the log. */
export function sparkFolder(directory: string): string {
  return join(directory, 'spark')
}

/**
 * The folder of the store. Each engine has one of its own, since ids and contents are hashed by
 * each in its own way; the other's stays where it is, and goes on from there when it is chosen.
 */
export function storeFolder(directory: string, chosen: Chosen): string {
  return sparkOf(chosen) ? join(sparkFolder(directory), 'store') : join(directory, 'engine')
}

/**
 * The files of one instance. A transaction reads both, each as of its first look at it, and writes
 * one; each has a write-ahead log and checkpoints of its own, so that who writes one never waits
 * for who writes the other.
 */
export interface StoreFiles {
  readonly store: string
  /** None where sessions are kept in the store's own file. */
  readonly sessions: string | null
}

/** `within`: sessions are written with the batches. */
export function filesIn(folder: string, sessions: 'within' | 'after'): StoreFiles {
  return {
    store: join(folder, 'clickpath.duckdb'),
    sessions: sessions === 'after' ? join(folder, 'sessions.duckdb') : null,
  }
}

/** Spark brings sessions along with its batches. */
export function storeFiles(directory: string, chosen: Chosen): StoreFiles {
  return filesIn(storeFolder(directory, chosen), sparkOf(chosen) ? 'within' : 'after')
}
