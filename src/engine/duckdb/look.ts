/**
 * A look at a store that nobody has open: where it stands, and what its ledger says. It opens the
 * file for reading alone and changes nothing, so it neither catches up nor mends.
 */
import { stat } from 'node:fs/promises'
import type { LaneStatus } from '../../log/contract.ts'
import type { Settings } from '../../std/settings.ts'
import type { Store } from '../contract.ts'
import type { StoreFiles } from '../place.ts'
import { Database } from './database.ts'
import { type Position, readPosition } from './position.ts'
import { faultOf } from './store.ts'

export interface StoreLook {
  readonly position: Position
  readonly committed_ms: number | null
  readonly version: string
  /** Asks the store's own tables and the views of the prologue. */
  readonly store: Store
}

export interface LookOptions {
  readonly files: StoreFiles
  readonly settings: Settings
  readonly lanes: readonly LaneStatus[]
  /** The views that `work` asks. */
  readonly prologue: readonly string[]
}

/**
 * Answers what `work` does, or why the store cannot be gone on from. Throws `STORE_LOCKED` while a
 * process has it open, `STORE_BROKEN` where it cannot be opened.
 */
export async function lookAtStore<T>(
  { files, settings, lanes, prologue }: LookOptions,
  work: (look: StoreLook) => Promise<T>,
): Promise<T | 'missing' | { readonly why: string }> {
  const isThere = async (file: string | null) => file && (await stat(file).catch(() => null))
  if (!(await isThere(files.store))) return 'missing'
  // Sessions are made anew where their file is missing.
  const sessions = (await isThere(files.sessions)) ? files.sessions : null
  const database = await Database.open({ ...files, sessions }, settings, 'read')
  try {
    const connection = await database.connect('none')
    const fault = await faultOf(connection, lanes)
    if (fault !== null) return { why: fault === 'empty' ? 'it holds nothing' : fault }
    await connection.script(prologue)
    const position = await readPosition(connection)
    const [row] = await connection.rows(
      'SELECT epoch_ms(max(committed_at)) AS ms, version() AS version FROM batches',
    )
    const committed_ms = row?.ms == null ? null : Number(row.ms)
    const store = {
      rows: (sql: string, params?: readonly unknown[]) => connection.rows(sql, params),
    }
    return await work({ position, committed_ms, version: String(row?.version), store })
  } finally {
    database.close()
  }
}
