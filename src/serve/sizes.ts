/** What lies on the disk, part by part, and how much of the disk is left. */
import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../std/clock.ts'

export interface StoredSizes {
  /** The database file. */
  readonly database_bytes: number
  /** What it has not yet folded in; bounded by a checkpoint every 256 MB. */
  readonly wal_bytes: number
  /** What queries and batches put on the disk for want of memory. */
  readonly spill_bytes: number
  /** A database that was set aside when a new one was built; may be removed. */
  readonly set_aside_bytes: number
  readonly archive_files: number
  readonly archive_bytes: number
  readonly disk_free_bytes: number
}

/** Folders with many files are measured this often at most. */
const FOLDER_AGE_MS = 30_000

export class Sizes {
  readonly #directory: string
  readonly #clock: Clock
  #archive: (Folder & { readonly at_ms: number }) | null = null

  constructor(directory: string, clock: Clock) {
    this.#directory = directory
    this.#clock = clock
  }

  async read(): Promise<StoredSizes> {
    const database = join(this.#directory, 'engine', 'clickpath.duckdb')
    const archive = await this.#measuredArchive()
    return {
      database_bytes: await fileBytes(database),
      wal_bytes: await fileBytes(`${database}.wal`),
      spill_bytes: (await folderAt(`${database}.spill`)).bytes,
      set_aside_bytes: await fileBytes(`${database}.broken`),
      archive_files: archive.files,
      archive_bytes: archive.bytes,
      disk_free_bytes: await freeBytes(this.#directory),
    }
  }

  async #measuredArchive(): Promise<Folder> {
    const now_ms = this.#clock.now_ms()
    if (!this.#archive || Math.abs(now_ms - this.#archive.at_ms) > FOLDER_AGE_MS) {
      this.#archive = { ...(await folderAt(join(this.#directory, 'archive'))), at_ms: now_ms }
    }
    return this.#archive
  }
}

/** Of the disk that holds the folder, or will, as far as this process may use it. */
export async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  } catch (thrown) {
    const parent = dirname(directory)
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || parent === directory) throw thrown
    return freeBytes(parent)
  }
}

/** 0 where there is no such file. */
async function fileBytes(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}

interface Folder {
  readonly files: number
  readonly bytes: number
}

/** Files may come and go meanwhile. */
async function folderAt(path: string): Promise<Folder> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  let bytes = 0
  for (const { parentPath, name } of files) bytes += await fileBytes(join(parentPath, name))
  return { files: files.length, bytes }
}
