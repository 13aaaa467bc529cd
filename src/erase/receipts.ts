/**
 * Receipts: what an erasure has removed, and where. They hold no personal data, and none can be
 * made from them without the folder's key.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErasedLog } from '../log/files/erase_log.ts'
import { realFiles } from '../log/files/file_system.ts'

export interface Receipt {
  readonly erasure: string
  /** ISO 8601, UTC: what happened until then is erased. */
  readonly requested_at: string
  /** Null while it is not done. */
  readonly completed_at: string | null
  /** HMAC-SHA-256 of each identifier. */
  readonly hashes: readonly string[]
  /** Absent while it is not done. */
  readonly removed?: Removed
  /** The command that looks whether anything is left. */
  readonly check?: string
}

export interface Removed {
  /** Records of the log, by kind. */
  readonly records: Readonly<Record<string, number>>
  readonly log_segments: number
  readonly archive_files: number
  readonly bytes: number
  readonly lanes: readonly string[]
  /** The tables: their database was deleted whole and is filled again from the log. */
  readonly store: 'built anew'
  /** Files that ended processes had left behind. */
  readonly leftovers: number
  /** Damaged records, in which nobody can look; erased as soon as they can be read again. */
  readonly unreadable: ErasedLog['unreadable']
}

export function isDone(receipt: Receipt | undefined): boolean {
  return receipt !== undefined && receipt.completed_at !== null
}

/** By erasure. */
export async function readReceipts(
  directory: string,
): Promise<readonly (readonly [string, Receipt])[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files = names.filter((name) => name.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (name) => {
      const receipt = JSON.parse(await readFile(join(directory, name), 'utf8')) as Receipt
      return [receipt.erasure, receipt] as const
    }),
  )
}

/** Replaces the receipt whole; durable when it resolves. */
export async function writeReceipt(directory: string, receipt: Receipt): Promise<void> {
  const file = join(directory, `${receipt.erasure}.json`)
  await writeFile(`${file}.draft`, `${JSON.stringify(receipt, null, 2)}\n`, { flush: true })
  await realFiles.rename(`${file}.draft`, file)
  await realFiles.syncDirectory(directory)
}
