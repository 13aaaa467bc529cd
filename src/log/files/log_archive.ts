/**
 * Moves old segments of the log into its archive, one at a time and in order, so that a lane always
 * reads as archive, then log:
 *
 *   copy into a draft, verified -> synced, renamed, name synced -> segment removed
 *
 * After a kill both may be there: then the segment is read, and copied anew. The last segment of a
 * lane that is written to stays, since it says where the lane ends.
 */
import { dirname, join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import { nameDraft } from './archive_file.ts'
import type { ArchiveFolder } from './archive_folder.ts'
import { type ArchivedSegment, dayFolder } from './archive_name.ts'
import { createDirectory } from './directory.ts'
import { finishPatches } from './erase_patch.ts'
import { fileChecksum } from './file_checksum.ts'
import { type FileSystem, writeAll } from './file_system.ts'
import { readBytes } from './group_scan.ts'
import { verifyImported } from './imported_slice.ts'
import { openLaneImport } from './lane_import.ts'
import { type DurableSegment, type LaneState, listLanes, readLaneState } from './lane_state.ts'
import { copyLiveSlice } from './live_slice.ts'
import { type Machine, thisMachine } from './machine.ts'
import { laneDirectory, type Range } from './segment_name.ts'

/** Who understands records, which the log does not. */
export interface RecordFiles {
  /** When the first and the last record of a segment were received; null where none says. */
  received(file: string, format: DurableSegment['format']): Promise<Received | null>
  /** Writes lines of records as a Parquet file, reads it back, and answers how many it holds. */
  toParquet(lines: string, parquet: string): Promise<number>
}

export interface Received {
  readonly first_ms: number
  readonly last_ms: number
}

/** All who read the log in order to keep something: none of them must lose what it has not read. */
export interface Consumers {
  /** The position of a lane before which all of them have read everything. */
  passed(lane: string): number
  /** Works while none of them reads. */
  pause<T>(work: () => Promise<T>): Promise<T>
}

export interface LogArchiveOptions {
  /** The log's directory. */
  readonly directory: string
  readonly archive: ArchiveFolder
  /** A directory that this archive alone uses: gone after each move. */
  readonly spool: string
  readonly records: RecordFiles
  readonly consumers: Consumers
  readonly machine?: Machine
}

export interface Movable {
  readonly lane: string
  readonly segment: DurableSegment
  readonly received: Received
  /** A last segment can be moved only while nobody writes the lane. */
  readonly place: 'inner' | 'last'
}

/** Another one than `archiveDraft`, whose owner may be at work at the same time. */
const MOVING_DRAFT = 'draft-2'
const COPY_BYTES = 4_000_000

export class LogArchive {
  readonly #options: LogArchiveOptions
  readonly #machine: Machine
  /** Segments never change, so each is asked once: file to what it said. */
  readonly #received = new Map<string, Received | null>()
  /** Archived files that this process made, to the checksum of the segments that they are of. */
  readonly #copies = new Map<string, number | null>()
  #opened = false

  constructor(options: LogArchiveOptions) {
    this.#options = options
    this.#machine = options.machine ?? thisMachine
  }

  get #files(): FileSystem {
    return this.#machine.files
  }

  /** The segments whose records were all received before this time, lane by lane, in order. */
  async *due(before_ms: number): AsyncGenerator<Movable> {
    const { directory, consumers } = this.#options
    for (const lane of await listLanes(this.#files, directory)) {
      const state = await readLaneState(this.#files, directory, lane, undefined)
      for (const [index, segment] of state.segments.entries()) {
        const place = index < state.segments.length - 1 ? 'inner' : 'last'
        if (!isSealed(state, segment, place)) break
        // A segment of which records were given up stays as it is, and so do those after it.
        if (state.given_up.some((lost) => overlaps(lost, segment))) break
        if (segment.end_position > consumers.passed(lane)) break
        const received = await this.#whenReceived(segment)
        if (!received || received.last_ms >= before_ms) break
        yield { lane, segment, received, place }
      }
    }
  }

  /**
   * Moves the first segment that is due and can be; null when there is none. Lanes that cannot be
   * moved now, and one whose move throws, are noted in `skip`, and left out where they stand there.
   */
  async moveNext(before_ms: number, skip: Set<string>): Promise<ArchivedSegment | null> {
    await this.#open()
    for await (const movable of this.due(before_ms)) {
      // The segments of a lane move in order: what stops one stops those after it.
      if (skip.has(movable.lane)) continue
      skip.add(movable.lane)
      const moved = await this.#move(movable)
      if (!moved) continue
      skip.delete(movable.lane)
      return moved
    }
    return null
  }

  async #open(): Promise<void> {
    if (this.#opened) return
    const { archive, consumers } = this.#options
    // Nobody else is writing there then.
    await consumers.pause(() => archive.removeLeftovers())
    this.#opened = true
  }

  async #whenReceived({ file, format }: DurableSegment): Promise<Received | null> {
    const known = this.#received.get(file)
    if (known !== undefined) return known
    const received = await this.#options.records.received(file, format)
    this.#received.set(file, received)
    return received
  }

  /** Null where somebody writes the lane, changed the segment, or has to read it again. */
  async #move(movable: Movable): Promise<ArchivedSegment | null> {
    const { consumers } = this.#options
    const { lane, segment } = movable
    const directory = laneDirectory(this.#options.directory, lane)
    // What was begun in this segment is not left for one that is no longer there.
    await finishPatches(this.#machine, { lane, directory })
    const checksum = await this.#checksum(segment)
    const archived = (await this.#copied(movable, checksum)) ?? (await this.#copy(movable))
    this.#copies.set(archived.file, checksum)
    const isRemoved = await consumers.pause(async () => {
      // Tricky: whoever was erased from it meanwhile must not live on in the copy.
      if ((await this.#checksum(segment)) !== checksum) {
        await this.#discard(archived)
        return false
      }
      if (consumers.passed(lane) < segment.end_position) return false
      if (movable.place === 'last') return this.#removeLast(movable)
      await this.#remove(segment)
      return true
    })
    this.#received.delete(segment.file)
    if (isRemoved) this.#copies.delete(archived.file)
    return isRemoved ? archived : null
  }

  /** Null where it has another name by now, as an imported one gets with other content. */
  async #checksum({ file: path }: DurableSegment): Promise<number | null> {
    const file = await this.#files.open(path, 'read').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (!file) return null
    try {
      return await fileChecksum(file, await file.size())
    } finally {
      await file.close()
    }
  }

  async #discard(archived: ArchivedSegment): Promise<void> {
    const { archive } = this.#options
    archive.forget()
    // It may have been replaced by now, where whoever was erased from the segment was from it too.
    const found = await archive.holding(archived.lane, archived.first_position)
    if (found) await this.#files.remove(found.file)
    archive.forget()
  }

  /**
   * The copy that an earlier move has left, once it has been found whole and its name durable. One
   * that another process made, or of other content, is made anew: it may hold who was erased since.
   */
  async #copied(
    { lane, segment }: Movable,
    checksum: number | null,
  ): Promise<ArchivedSegment | null> {
    const { archive } = this.#options
    const found = await archive.holding(lane, segment.first_position)
    if (found?.first_position !== segment.first_position) return null
    if (found.end_position !== segment.end_position) return null
    if (this.#copies.get(found.file) !== checksum) {
      await this.#discard(found)
      return null
    }
    try {
      await verifyImported(this.#files, lane, found)
    } catch (error) {
      if (!(error instanceof ClickpathError)) throw error
      await this.#discard(found)
      return null
    }
    await this.#files.syncDirectory(found.directory)
    return found
  }

  async #copy({ lane, segment, received }: Movable): Promise<ArchivedSegment> {
    const { archive } = this.#options
    const { first_position, end_position } = segment
    const directory = join(archive.directory, dayFolder(received.first_ms))
    await createDirectory(this.#files, directory)
    const draft = join(directory, MOVING_DRAFT)
    await this.#files.remove(draft)
    try {
      if (segment.format === 'ndjson') await this.#convert(lane, segment, draft)
      else await this.#duplicate(lane, segment, draft)
      const becoming = { lane, directory, first_position, end_position, revision: 0 }
      return await nameDraft(this.#files, draft, becoming)
    } finally {
      // Whatever happened, nobody knows the draft any more: it is renamed or to be made again.
      await this.#files.remove(draft)
      archive.forget()
    }
  }

  /** The records of a live segment, checksums verified, as Parquet. */
  async #convert(lane: string, segment: DurableSegment, draft: string): Promise<void> {
    const { spool, records } = this.#options
    const { first_position, end_position } = segment
    const lines = join(spool, 'segment.ndjson')
    await this.#files.remove(spool)
    await this.#files.makeDirectory(spool)
    try {
      const copied = await copyLiveSlice(this.#files, {
        lane,
        segment,
        position: first_position,
        from: { segment: first_position, position: first_position, byte: 0 },
        limits: { records_max: Number.MAX_SAFE_INTEGER, bytes_max: Number.MAX_SAFE_INTEGER },
        least: 'one-group',
        file: lines,
      })
      const due = end_position - first_position
      const written = copied?.count === due ? await records.toParquet(lines, draft) : copied?.count
      if (written === due) return
      const reason = `${written ?? 0} of its ${due} records can be read`
      throw new ClickpathError('LOG_CORRUPT', lane, segment.name, first_position, reason)
    } finally {
      await this.#files.remove(spool)
    }
  }

  /** An imported segment is Parquet already. */
  async #duplicate(lane: string, segment: DurableSegment, draft: string): Promise<void> {
    await verifyImported(this.#files, lane, segment)
    const from = await this.#files.open(segment.file, 'read')
    try {
      const to = await this.#files.open(draft, 'empty')
      try {
        const bytes = await from.size()
        for (let at = 0; at < bytes; at += COPY_BYTES) {
          const part = await readBytes(from, at, Math.min(COPY_BYTES, bytes - at))
          await writeAll(to, part, at)
        }
        if (segment.checksum === null) return
        if ((await fileChecksum(to, bytes)) !== segment.checksum) {
          throw new Error(`the disk holds another copy of ${segment.file} than was written`)
        }
      } finally {
        await to.close()
      }
    } finally {
      await from.close()
    }
  }

  /**
   * Tricky: the name's end is durable before the next removal is begun. A removal that a power cut
   * took back would stand before a hole, which a live segment would be taken to reach across.
   */
  async #remove({ file }: DurableSegment): Promise<void> {
    await this.#files.remove(file)
    await this.#files.syncDirectory(dirname(file))
  }

  /** Opening the lane makes its mark durable, which alone says then where the lane stands. */
  async #removeLast({ lane, segment }: Movable): Promise<boolean> {
    const { directory } = this.#options
    try {
      const opened = await openLaneImport({ directory, lane, machine: this.#machine })
      try {
        if (opened.next_position !== segment.end_position) return false
        await this.#remove(segment)
        return true
      } finally {
        await opened.close()
      }
    } catch (error) {
      if (error instanceof ClickpathError && error.code === 'LANE_LOCKED') return false
      throw error
    }
  }
}

function overlaps({ from, to }: Range, segment: DurableSegment): boolean {
  return from < segment.end_position && to > segment.first_position
}

/** Whether a segment is whole for good, and the lane can do without it. */
function isSealed(state: LaneState, segment: DurableSegment, place: Movable['place']): boolean {
  if (segment.end_position > state.durable_position) return false
  if (place === 'inner') return segment.end_position > segment.first_position
  const { format, first_position, end_position } = segment
  return format === 'parquet' && first_position < end_position
}
