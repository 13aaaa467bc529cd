/**
 * The import writer of a lane: whole Parquet files, written by others as drafts, become segments. A
 * draft is nothing until `add` has made it durable and named it by position; drafts that a kill
 * left behind are removed at the next open.
 */
import { dirname, join, resolve } from 'node:path'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { Durable } from '../contract.ts'
import { createDirectory } from './directory.ts'
import { isDiskFull, uncertain } from './disk_full.ts'
import { MarkFile } from './durable_mark.ts'
import { finishPatches } from './erase_patch.ts'
import { fileChecksum } from './file_checksum.ts'
import type { FileSystem } from './file_system.ts'
import { type LaneLock, lockLane } from './lane_lock.ts'
import { type Machine, thisMachine } from './machine.ts'
import { recoverLane } from './recovery.ts'
import { draftName, importedSegmentName, isDraft, laneDirectory } from './segment_name.ts'

export interface LaneImport {
  readonly lane: string
  /** The position of the next record; how far an import that is continued has come. */
  readonly next_position: number
  /** A path, new at every call, to write one Parquet file to. */
  draft(): string
  /**
   * Makes a finished draft of `count` rows durable, in the order of the calls. Rejects with
   * `LOG_FULL` when the disk has no room for its name (the draft stays: free some space and add it
   * again), and with `LOG_FAILED` after any other error: then every later call fails too, and the
   * lane must be opened again, whose position says what is kept.
   */
  add(file: string, count: number): Promise<Durable>
  close(): Promise<void>
}

export interface LaneImportOptions {
  /** The log's directory, which holds one directory a lane; created where missing. */
  readonly directory: string
  readonly lane: string
  readonly machine?: Machine
}

interface OpenedLane {
  readonly files: FileSystem
  readonly lane: string
  readonly directory: string
  readonly lock: LaneLock
  readonly mark: MarkFile
  readonly position: number
}

/**
 * Opens a lane for an import, a new one or one to continue. Throws `LANE_LOCKED` while another
 * process writes it, `LOG_CORRUPT` where durable records are gone, `USAGE` for a bad name.
 */
export async function openLaneImport(options: LaneImportOptions): Promise<LaneImport> {
  const { lane, machine = thisMachine } = options
  const { files } = machine
  const directory = laneDirectory(options.directory, lane)
  await createDirectory(files, directory)
  const lock = await lockLane(machine, directory, lane)
  try {
    await removeDrafts(files, directory)
    await finishPatches(machine, { lane, directory })
    const recovered = await recoverLane(files, directory, lane)
    const { position } = recovered.mark
    // A live segment that never got a record would share its first position with the import's next.
    const empty = recovered.open_segment?.first_position === position
    if (recovered.open_segment && empty) await files.remove(recovered.open_segment.file)
    const mark = await MarkFile.open(files, directory, recovered.mark)
    return new FileLaneImport({ files, lane, directory, lock, mark, position })
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function removeDrafts(files: FileSystem, directory: string): Promise<void> {
  for (const { name } of await files.list(directory)) {
    if (isDraft(name)) await files.remove(join(directory, name))
  }
}

class FileLaneImport implements LaneImport {
  readonly lane: string
  readonly #opened: OpenedLane
  #position: number
  #drafts = 0
  #last_add: Promise<unknown> = Promise.resolve()
  #ended: ClickpathError | null = null

  constructor(opened: OpenedLane) {
    this.lane = opened.lane
    this.#opened = opened
    this.#position = opened.position
  }

  get next_position(): number {
    return this.#position
  }

  draft(): string {
    this.#drafts += 1
    return join(this.#opened.directory, draftName(this.#drafts))
  }

  add(file: string, count: number): Promise<Durable> {
    const added = this.#last_add.then(() => this.#add(file, count))
    this.#last_add = added.catch(() => 'reported to the caller of that add')
    return added
  }

  async close(): Promise<void> {
    await this.#last_add
    this.#ended ??= new ClickpathError('LOG_FAILED', `lane ${this.lane} has been closed`)
    try {
      await this.#opened.mark.close()
    } finally {
      await this.#opened.lock.release()
    }
  }

  async #add(file: string, count: number): Promise<Durable> {
    if (this.#ended) throw this.#ended
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new TypeError(`count is ${count}; it must be 1 or more`)
    }
    // A rename is atomic only within one file system.
    if (dirname(resolve(file)) !== resolve(this.#opened.directory)) {
      throw new TypeError(`${file} is no draft of lane ${this.lane}`)
    }
    try {
      return await this.#become(file, count)
    } catch (error) {
      if (isDiskFull(error)) throw new ClickpathError('LOG_FULL', 'the disk is full')
      this.#ended = new ClickpathError('LOG_FAILED', messageOf(error))
      throw this.#ended
    }
  }

  async #become(file: string, count: number): Promise<Durable> {
    const { files, directory, mark } = this.#opened
    const first_position = this.#position
    const end_position = first_position + count
    const { bytes, checksum } = await syncDraft(files, file)
    const name = importedSegmentName(first_position, end_position, checksum)
    // The one step at which a full disk leaves everything as it was.
    await files.rename(file, join(directory, name))
    try {
      await files.syncDirectory(directory)
      this.#position = end_position
      mark.write({ segment: first_position, byte: bytes, position: end_position })
      // Imports are few and may never be opened again, so their mark is not left to a recovery.
      await mark.sync()
    } catch (error) {
      throw uncertain('a segment may not be durable', error)
    }
    return { first_position, count }
  }
}

interface SyncedDraft {
  readonly bytes: number
  readonly checksum: number
}

/** Makes a finished draft's bytes durable. */
export async function syncDraft(files: FileSystem, path: string): Promise<SyncedDraft> {
  try {
    const file = await files.open(path, 'change')
    try {
      await file.sync()
      const bytes = await file.size()
      return { bytes, checksum: await fileChecksum(file, bytes) }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw uncertain('a draft may not be durable', error)
  }
}
