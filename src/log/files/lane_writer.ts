/**
 * The live writer of a lane: group commit. Appends that wait together are written and synced as one
 * group, closed by a commit line, and acknowledged together. It retries nothing: a failed write or
 * sync ends it, since what the disk holds is unknown until recovery has read it.
 */
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../std/clock.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { Settings } from '../../std/settings.ts'
import type { Durable, LaneWriter } from '../contract.ts'
import { AppendFile } from './append_file.ts'
import { encodeGroup, holdsCommitLine } from './commit_line.ts'
import { createDirectory } from './directory.ts'
import { isDiskFull } from './disk_full.ts'
import { DiskReserve } from './disk_reserve.ts'
import { MarkFile } from './durable_mark.ts'
import { finishPatches } from './erase_patch.ts'
import type { FileSystem } from './file_system.ts'
import { type LaneLock, lockLane } from './lane_lock.ts'
import { noteWriter } from './lane_writers.ts'
import { type Machine, thisMachine } from './machine.ts'
import { type RecoveredLane, recoverLane } from './recovery.ts'
import { laneDirectory, liveSegmentName } from './segment_name.ts'

export interface LaneWriterOptions {
  /** The log's directory, which holds one directory a lane; created where missing. */
  readonly directory: string
  readonly lane: string
  readonly settings: Pick<
    Settings,
    'segment_bytes_max' | 'append_queue_bytes_max' | 'log_reserve_mb' | 'sync_ms_max'
  >
  readonly clock: Clock
  readonly machine?: Machine
}

/** Bytes after which a group takes no further append; the others wait for the next group. */
const GROUP_BYTES_MAX = 4_000_000
const NEWLINE = 0x0a

interface Waiting {
  readonly lines: Buffer
  readonly count: number
  resolve(durable: Durable): void
  reject(error: ClickpathError): void
}

interface OpenedLane {
  readonly files: FileSystem
  readonly directory: string
  readonly lock: LaneLock
  readonly recovered: RecoveredLane
  readonly mark: MarkFile
}

/**
 * Opens a lane for appending, after recovery. Throws `LANE_LOCKED` while another process writes it,
 * `LOG_CORRUPT` where durable records are damaged, `USAGE` for a bad name.
 */
export async function openLaneWriter(options: LaneWriterOptions): Promise<LaneWriter> {
  const { machine = thisMachine } = options
  const { files } = machine
  const directory = laneDirectory(options.directory, options.lane)
  await createDirectory(files, directory)
  const lock = await lockLane(machine, directory, options.lane)
  try {
    await finishPatches(machine, { lane: options.lane, directory })
    const recovered = await recoverLane(files, directory, options.lane)
    // Before the mark, whose opening makes all names in the directory durable.
    await noteWriter(machine, directory, recovered.mark.position)
    const mark = await MarkFile.open(files, directory, recovered.mark)
    return new FileLaneWriter(options, { files, directory, lock, recovered, mark })
  } catch (error) {
    await lock.release()
    throw error
  }
}

class FileLaneWriter implements LaneWriter {
  readonly lane: string
  readonly #settings: LaneWriterOptions['settings']
  readonly #opened: OpenedLane
  readonly #reserve: DiskReserve
  readonly #after: Machine['after']
  #segment_first: number
  #segment_bytes: number
  #position: number
  /** Null before the first append and after a segment is sealed. */
  #file: AppendFile | null = null
  #waiting: Waiting[] = []
  /** Bytes waiting or being written. */
  #queued_bytes = 0
  #draining: Promise<void> | null = null
  #ended: ClickpathError | null = null
  /** Why nothing is taken while the disk is silent, else null. */
  #silence: string | null = null

  constructor(
    { lane, settings, clock, machine = thisMachine }: LaneWriterOptions,
    opened: OpenedLane,
  ) {
    const { mark, open_segment } = opened.recovered
    this.lane = lane
    this.#settings = settings
    this.#opened = opened
    this.#after = machine.after
    this.#position = mark.position
    this.#segment_first = open_segment ? open_segment.first_position : mark.position
    this.#segment_bytes = open_segment ? mark.byte : 0
    const { directory, files } = opened
    const { log_reserve_mb: reserve_mb } = settings
    const setting = 'log_reserve_mb'
    this.#reserve = new DiskReserve({ directory, reserve_mb, setting, clock, files })
  }

  append(lines: Buffer, count: number): Promise<Durable> {
    if (this.#ended) return Promise.reject(this.#ended)
    const mistake = mistakeIn(lines, count)
    if (mistake !== null) return Promise.reject(new TypeError(mistake))
    const refusal = this.#refusal(lines.length)
    if (refusal !== null) return Promise.reject(new ClickpathError('LOG_FULL', refusal))
    this.#queued_bytes += lines.length
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines, count, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  refusal(): string | null {
    return this.#ended?.message ?? this.#refusal(1)
  }

  get waiting_bytes(): number {
    return this.#queued_bytes
  }

  async close(): Promise<void> {
    this.#ended ??= new ClickpathError('LOG_FAILED', `lane ${this.lane} has been closed`)
    await this.#draining
    const { mark, lock } = this.#opened
    try {
      await this.#file?.close()
      await mark.sync()
    } finally {
      await mark.close()
      await lock.release()
    }
  }

  #refusal(bytes: number): string | null {
    if (this.#silence !== null) return this.#silence
    const { append_queue_bytes_max } = this.#settings
    // One append larger than the queue is taken when nothing else waits, or it would never be.
    if (this.#queued_bytes > 0 && this.#queued_bytes + bytes > append_queue_bytes_max) {
      return `${this.#queued_bytes} bytes wait for the disk`
    }
    return this.#reserve.shortage()
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Appends that come in the same turn of the event loop share the group.
      await setImmediate()
      await this.#commit(this.#takeGroup())
    }
    this.#draining = null
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0
    let size = 0
    for (const { lines } of this.#waiting) {
      if (size > 0 && bytes + lines.length > GROUP_BYTES_MAX) break
      bytes += lines.length
      size += 1
    }
    return this.#waiting.splice(0, size)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const { sync_ms_max } = this.#settings
    const callOff = this.#after(sync_ms_max, () => this.#giveUp(group, sync_ms_max))
    try {
      const count = await this.#write(group)
      let first_position = this.#position - count
      for (const waiting of group) {
        this.#queued_bytes -= waiting.lines.length
        waiting.resolve({ first_position, count: waiting.count })
        first_position += waiting.count
      }
    } catch (error) {
      this.#refuse(group, await this.#failure(error))
    } finally {
      callOff()
      this.#silence = null
    }
  }

  /**
   * The disk keeps silent: answers those who wait, and lets the write go on, since nothing can call
   * it back. What comes is refused until the disk has answered; if with an error, that ends it all.
   */
  #giveUp(group: readonly Waiting[], ms: number): void {
    this.#silence = `the disk has not answered for ${ms} ms`
    for (const waiting of group) waiting.reject(new ClickpathError('LOG_SLOW', ms))
    this.#refuse([], new ClickpathError('LOG_FULL', this.#silence))
  }

  /** Writes one group durably and moves the mark. Answers the number of its records. */
  async #write(group: readonly Waiting[]): Promise<number> {
    const file = await this.#openSegment()
    const count = group.reduce((sum, waiting) => sum + waiting.count, 0)
    const lines = group.map((waiting) => waiting.lines)
    await file.append(encodeGroup(this.#position, count, lines))
    this.#position += count
    this.#segment_bytes = file.durable_bytes
    this.#opened.mark.write({
      segment: this.#segment_first,
      byte: this.#segment_bytes,
      position: this.#position,
    })
    return count
  }

  async #openSegment(): Promise<AppendFile> {
    if (this.#segment_bytes >= this.#settings.segment_bytes_max) {
      await this.#file?.close()
      this.#file = null
      this.#segment_first = this.#position
      this.#segment_bytes = 0
    }
    if (this.#file) return this.#file
    const { files, directory } = this.#opened
    const path = join(directory, liveSegmentName(this.#segment_first))
    this.#file = await AppendFile.open(files, path, this.#segment_bytes)
    return this.#file
  }

  /** What to tell those who wait: `LOG_FULL` if the log is as it was before, else `LOG_FAILED`. */
  async #failure(error: unknown): Promise<ClickpathError> {
    if (isDiskFull(error)) {
      try {
        await this.#file?.takeBack()
        this.#reserve.noteFull()
        return new ClickpathError('LOG_FULL', 'the disk is full')
      } catch (second) {
        this.#ended = new ClickpathError('LOG_FAILED', messageOf(second))
        return this.#ended
      }
    }
    this.#ended = new ClickpathError('LOG_FAILED', messageOf(error))
    return this.#ended
  }

  /** Refuses a group and all who wait behind it, who would only meet the same error. */
  #refuse(group: readonly Waiting[], error: ClickpathError): void {
    const refused = [...group, ...this.#waiting.splice(0)]
    for (const waiting of refused) {
      this.#queued_bytes -= waiting.lines.length
      waiting.reject(error)
    }
  }
}

function mistakeIn(lines: Buffer, count: number): string | null {
  if (!Number.isSafeInteger(count) || count < 1) return `count is ${count}; it must be 1 or more`
  if (lines.at(-1) !== NEWLINE) return 'lines must end with a newline'
  if (holdsCommitLine(lines)) return 'a record may not begin with {"commit":{'
  return null
}
