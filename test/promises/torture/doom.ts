/**
 * Loaded into the product's own processes before they begin (`node --import`): lets them end
 * themselves with SIGKILL at a named point. The product has no switch for it and does not know: the
 * operations of the log's files and the statements of the database are wrapped from outside, and
 * who called tells which point it is. Without a doom that waits, each costs a look for a file.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenFile } from '../../../src/log/files/file_system.ts'
import { arm, armed, disarm, type KillPoint, ownDooms } from './kill_points.ts'

const FRAMES = 40
const RUNNING_MS_MAX = 8

const folder = ownDooms()
const [, , role = ''] = process.argv

function calledFrom(callers: readonly string[]): boolean {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  const { stack = '' } = new Error('where am I?')
  Error.stackTraceLimit = stackTraceLimit
  return callers.some((file) => stack.includes(`/${file}:`))
}

/** The share of the work after which this process ends here; null when it goes on. */
function doomAt(point: KillPoint, ...callers: readonly string[]): number | null {
  const doom = armed(folder, point)
  if (!doom || !calledFrom(callers)) return null
  if (doom.let_pass > 0) {
    arm(folder, point, { ...doom, let_pass: doom.let_pass - 1 })
    return null
  }
  // Gone before this process is, or its successor would die of it as well.
  disarm(folder, point)
  return doom.share
}

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** Where the share says to die before an operation, or after it. */
const dieBefore = (share: number | null) => share !== null && share < 0.5 && die()
const dieAfter = (share: number | null) => share !== null && die()

/** An import or a move to the archive is under way in the log's files. */
const doomOfFiles = () =>
  doomAt('mid-import', 'lane_import.ts') ??
  doomAt('mid-archive', 'log_archive.ts', 'archive_file.ts', 'archive_events.ts')

async function doomFiles(): Promise<void> {
  const { realFiles } = await import('../../../src/log/files/file_system.ts')
  const probe = await realFiles.open(import.meta.filename, 'read')
  const files = Object.getPrototypeOf(probe) as OpenFile
  await probe.close()
  const { write, writeNow, sync } = files
  files.write = async function (bytes, byte) {
    const torn = doomAt('before the sync', 'append_file.ts')
    if (torn !== null) {
      writeNow.call(this, bytes.subarray(0, Math.ceil(torn * bytes.length)), byte)
      die()
    }
    const share = doomOfFiles()
    dieBefore(share)
    const written = await write.call(this, bytes, byte)
    dieAfter(share ?? doomAt('after the append', 'append_file.ts'))
    return written
  }
  files.sync = async function () {
    const share = doomOfFiles()
    dieBefore(share)
    await sync.call(this)
    dieAfter(share)
  }
  files.writeNow = function (bytes, byte) {
    const share = doomOfFiles()
    dieBefore(share)
    const written = writeNow.call(this, bytes, byte)
    dieAfter(share)
    return written
  }
}

/** Points inside a transaction, and the file whose transaction it is. */
const TRANSACTIONS = {
  'mid-batch': 'duckdb/batch.ts',
  'mid-compaction': 'duckdb/compact.ts',
  'mid-rebuild': 'duckdb/rebuild.ts',
  'mid-archive': 'duckdb/archive_events.ts',
} as const satisfies Partial<Record<KillPoint, string>>
const IN_TRANSACTION = Object.entries(TRANSACTIONS) as [keyof typeof TRANSACTIONS, string][]

async function doomDatabase(): Promise<void> {
  const { Connection } = await import('../../../src/engine/duckdb/database.ts')
  const { script, run } = Connection.prototype
  const inTransaction = new WeakSet<object>()
  Connection.prototype.script = async function (statements) {
    for (const [point, caller] of inTransaction.has(this) ? IN_TRANSACTION : []) {
      const share = doomAt(point, caller)
      if (share === null) continue
      const done = Math.floor(share * statements.length)
      await script.call(this, statements.slice(0, done))
      // In the middle of the next one, as far as it comes.
      script.call(this, statements.slice(done)).catch(() => undefined)
      await sleep(share * RUNNING_MS_MAX)
      die()
    }
    return script.call(this, statements)
  }
  Connection.prototype.run = async function (sql) {
    if (sql === 'BEGIN') inTransaction.add(this)
    if (sql === 'COMMIT' || sql === 'ROLLBACK') inTransaction.delete(this)
    const cut = sql === 'COMMIT' ? doomAt('mid-commit', 'duckdb/batch.ts') : null
    if (cut !== null) {
      run.call(this, sql).catch(() => undefined)
      await sleep(cut * RUNNING_MS_MAX)
      die()
    }
    const moving = inTransaction.has(this) ? doomAt('mid-archive', 'archive_events.ts') : null
    dieBefore(moving)
    const changed = await run.call(this, sql)
    dieAfter(moving)
    if (sql === 'COMMIT' && doomAt('after the commit', 'duckdb/batch.ts') !== null) die()
    return changed
  }
}

const DOOMED: Readonly<Record<string, readonly (() => Promise<void>)[]>> = {
  collect: [doomFiles],
  import: [doomFiles],
  process: [doomFiles, doomDatabase],
}
for (const doom of folder === '' ? [] : (DOOMED[role] ?? [])) await doom()
