/** What lies on the disk, part by part, and how much of the disk is left. */
import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sparkFolder, sparkOf, storeFiles } from '../engine/place.ts'
import type { Clock } from '../std/clock.ts'
import type { Settings } from '../std/settings.ts'

export interface StoredSizes {
  /** The database: its file, and that of its sessions. */
  readonly database_bytes: number
  /** What they have not yet folded in: 64 MB of the store, 128 MB of sessions at most. */
  readonly wal_bytes: number
  /** What queries and batches put on the disk for want of memory. */
  readonly spill_bytes: number
  /** A database that was set aside when a new one was built; may be removed. */
  readonly set_aside_bytes: number
  readonly archive_files: number
  readonly archive_bytes: number
  /** Events that Spark keeps as files; none with another engine. */
  readonly silver_files: number
  readonly silver_bytes: number
  readonly disk_free_bytes: number
}

/** Folders with many files are measured this often at most. */
const FOLDER_AGE_MS = 30_000

export class Sizes {
  readonly #directory: string
  readonly #clock: Clock
  readonly #settings: Pick<Settings, 'engine'>
  #folders: { readonly of: readonly [Folder, Folder]; readonly at_ms: number } | null = null

  constructor(directory: string, clock: Clock, settings: Pick<Settings, 'engine'>) {
    this.#directory = directory
    this.#clock = clock
    this.#settings = settings
  }

  async read(): Promise<StoredSizes> {
    const { store, sessions } = storeFiles(this.#directory, this.#settings)
    const files = sessions === null ? [store] : [store, sessions]
    const [archive, silver] = await this.#measured()
    return {
      database_bytes: await bytesOf(files),
      wal_bytes: await bytesOf(files.map((file) => `${file}.wal`)),
      spill_bytes: (await folderAt(`${store}.spill`)).bytes,
      set_aside_bytes: await fileBytes(`${store}.broken`),
      archive_files: archive.files,
      archive_bytes: archive.bytes,
      silver_files: silver.files,
      silver_bytes: silver.bytes,
      disk_free_bytes: await freeBytes(this.#directory),
    }
  }

  /** The archive, and what Spark keeps. */
  async #measured(): Promise<readonly [Folder, Folder]> {
    const now_ms = this.#clock.now_ms()
    if (!this.#folders || Math.abs(now_ms - this.#folders.at_ms) > FOLDER_AGE_MS) {
      const archive = await folderAt(join(this.#directory, 'archive'))
      const none = { files: 0, bytes: 0 }
      const silver = join(sparkFolder(this.#directory), 'silver')
      const kept = sparkOf(this.#settings) ? await folderAt(silver) : none
      this.#folders = { of: [archive, kept], at_ms: now_ms }
    }
    return this.#folders.of
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

async function bytesOf(files: readonly string[]): Promise<number> {
  const bytes = await Promise.all(files.map(fileBytes))
  return bytes.reduce((sum, one) => sum + one, 0)
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
