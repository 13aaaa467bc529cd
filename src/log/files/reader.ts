/**
 * The reader of the file log: which lanes there are, and what is durable after given offsets. It
 * takes no lock and writes nothing but its spool, so any number of readers may stand beside a
 * writer, each with a spool of its own.
 */
import { join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import type { LaneStatus, Log, Offsets, ReadLimits, Slice } from '../contract.ts'
import type { ArchiveFolder } from './archive_folder.ts'
import { Cursors } from './cursors.ts'
import { fairShares } from './fair_shares.ts'
import type { FileSystem } from './file_system.ts'
import { givenUpAt } from './given_up.ts'
import { importedSlice, verifyImported } from './imported_slice.ts'
import { type DurableSegment, type LaneState, listLanes, readLaneState } from './lane_state.ts'
import { writersBefore } from './lane_writers.ts'
import { copyLiveSlice } from './live_slice.ts'
import { type Machine, thisMachine } from './machine.ts'
import { digits20 } from './segment_name.ts'

export interface FileLogOptions {
  /** The log's directory, which holds one directory a lane; it need not exist yet. */
  readonly directory: string
  /** A directory that this reader alone uses: emptied at the first read, gone after `close`. */
  readonly spool: string
  /** Where positions lie that the log's directory no longer holds; without it they are gone. */
  readonly archive?: ArchiveFolder
  readonly machine?: Machine
}

/** Looks at a file that was moved to the archive, or replaced there, since it was listed. */
const LOOKS_MAX = 3

/** Slices of one lane in one read, however small its segments are; the rest comes with the next. */
const SLICES_PER_LANE_MAX = 64

export function openFileLog(options: FileLogOptions): Log {
  return new FileLog(options)
}

interface LaneRequest {
  readonly state: LaneState
  readonly position: number
  readonly limits: ReadLimits
  readonly least: 'one-group' | 'nothing'
}

interface Read {
  readonly segment: DurableSegment
  /** Null where none fits into the limits. */
  readonly slice: Slice | null
}

function isCorrupt(error: unknown): boolean {
  return error instanceof ClickpathError && error.code === 'LOG_CORRUPT'
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT'
}

class FileLog implements Log {
  readonly #directory: string
  readonly #spool: string
  readonly #files: FileSystem
  readonly #archive: ArchiveFolder | undefined
  readonly #cursors = new Cursors()
  #states: ReadonlyMap<string, LaneState> = new Map()
  /** Lane to the number of the read that last gave some of it. */
  #served = new Map<string, number>()
  #reads = 0
  /** Lane to its imported segment that was found whole last. */
  #verified = new Map<string, string>()
  /** Null until the spool has been emptied of what an earlier process left. */
  #spooled: string[] | null = null

  constructor({ directory, spool, archive, machine = thisMachine }: FileLogOptions) {
    this.#directory = directory
    this.#spool = spool
    this.#archive = archive
    this.#files = machine.files
  }

  async lanes(): Promise<readonly LaneStatus[]> {
    const states = await this.#readStates()
    return states.map(({ lane, durable_position, segments, given_up, writers }) => ({
      lane,
      first_position: segments[0]?.first_position ?? durable_position,
      durable_position,
      bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
      segments: segments.length,
      lost: given_up.reduce((sum, { from, to }) => sum + to - from, 0),
      writersBefore: (position) => writersBefore(writers, position),
    }))
  }

  async read(offsets: Offsets, limits: ReadLimits): Promise<readonly Slice[]> {
    await this.#emptySpool()
    this.#reads += 1
    const behind = (await this.#readStates())
      .map((state) => ({ state, position: offsets.get(state.lane) ?? 0 }))
      .filter(({ state, position }) => position < state.durable_position)
      // Who waited longest comes first, and the first is given at least one group.
      .sort((one, other) => this.#lastServed(one.state) - this.#lastServed(other.state))
    const demands = behind.map(({ state, position }) => state.durable_position - position)
    const shares = fairShares(demands, limits.records_max)
    const slices: Slice[] = []
    let { records_max: records_left, bytes_max: bytes_left } = limits
    for (const [index, { state, position }] of behind.entries()) {
      const given = await this.#readUnlessDamaged(
        {
          state,
          position,
          limits: {
            records_max: Math.min(shares[index] ?? 0, records_left),
            bytes_max: Math.floor(bytes_left / (behind.length - index)),
          },
          least: slices.length === 0 ? 'one-group' : 'nothing',
        },
        slices,
      )
      for (const slice of given) {
        slices.push(slice)
        records_left = Math.max(0, records_left - slice.count)
        bytes_left = Math.max(0, bytes_left - slice.bytes)
        this.#served.set(state.lane, this.#reads)
      }
    }
    return slices
  }

  async close(): Promise<void> {
    await this.#files.remove(this.#spool)
  }

  #lastServed({ lane }: LaneState): number {
    return this.#served.get(lane) ?? 0
  }

  async #readStates(): Promise<readonly LaneState[]> {
    for (let look = 1; ; look++) {
      try {
        return await this.#lookAtStates()
      } catch (error) {
        if (!isGone(error) || look === LOOKS_MAX) throw error
      }
    }
  }

  async #lookAtStates(): Promise<readonly LaneState[]> {
    const lanes = await listLanes(this.#files, this.#directory)
    const before = this.#states
    const states = await Promise.all(
      lanes.map((lane) => readLaneState(this.#files, this.#directory, lane, before.get(lane))),
    )
    this.#states = new Map(states.map((state) => [state.lane, state]))
    return states
  }

  async #emptySpool(): Promise<void> {
    if (this.#spooled === null) {
      await this.#files.remove(this.#spool)
      await this.#files.makeDirectory(this.#spool)
    }
    for (const file of this.#spooled ?? []) await this.#files.remove(file)
    this.#spooled = []
  }

  /**
   * Nothing where a lane is damaged and others had something; else it throws what is damaged. Then
   * the lane counts as served, so that the others come first the next time: damage is told at every
   * other read, and between them the rest goes on.
   */
  async #readUnlessDamaged(
    request: LaneRequest,
    given: readonly Slice[],
  ): Promise<readonly Slice[]> {
    try {
      return await this.#readLane(request)
    } catch (error) {
      if (!isCorrupt(error)) throw error
      // Somebody may restore the segment while this runs: its size is looked up anew.
      const { lane } = request.state
      this.#states = new Map([...this.#states].filter(([other]) => other !== lane))
      if (given.length > 0) return []
      this.#served.set(lane, this.#reads)
      throw error
    }
  }

  async #readLane(request: LaneRequest): Promise<readonly Slice[]> {
    const { state } = request
    const slices: Slice[] = []
    let { position, least } = request
    let { records_max, bytes_max } = request.limits
    while (position < state.durable_position && slices.length < SLICES_PER_LANE_MAX) {
      if (least === 'nothing' && (records_max < 1 || bytes_max < 1)) break
      const lost = givenUpAt(state.given_up, position)
      if (lost) {
        position = Math.min(lost.to, state.durable_position)
        continue
      }
      const next_lost = state.given_up.find(({ from }) => from > position)?.from
      const until_lost = (next_lost ?? Number.POSITIVE_INFINITY) - position
      const limits = { records_max: Math.min(records_max, until_lost), bytes_max }
      const wanted = { ...request, position, limits, least }
      const read = await this.#readPosition(wanted).catch((error: unknown) => {
        // What lies before the damage is given first; the next read begins with it and says so.
        if (isCorrupt(error) && slices.length > 0) return null
        throw error
      })
      if (!read?.slice) break
      const { slice, segment } = read
      position += slice.count
      slices.push({ ...slice, writers: writersBefore(state.writers, position) })
      if (position < segment.end_position && position !== next_lost) break
      records_max -= slice.count
      bytes_max -= slice.bytes
      least = 'nothing'
    }
    // What was given up last is passed over too, so that nobody waits for it.
    const { first_position: first, count } = slices.at(-1) ?? {
      first_position: request.position,
      count: 0,
    }
    if (position > first + count) slices.push(await this.#emptySlice(state, position))
    return slices
  }

  async #emptySlice({ lane, writers }: LaneState, position: number): Promise<Slice> {
    const file = this.#spoolFile(lane, position)
    await (await this.#files.open(file, 'empty')).close()
    const where = { lane, first_position: position, file, row_first: 0 }
    const wrote = writersBefore(writers, position)
    return { ...where, count: 0, bytes: 0, format: 'ndjson', writers: wrote }
  }

  /** A file for this read alone. */
  #spoolFile(lane: string, position: number): string {
    const file = join(this.#spool, `${lane}-${digits20(position)}.ndjson`)
    this.#spooled?.push(file)
    return file
  }

  async #readPosition(request: LaneRequest): Promise<Read> {
    let { state } = request
    for (let look = 1; ; look++) {
      const segment = await this.#segmentOf(state, request.position)
      try {
        return { segment, slice: await this.#readSegment(segment, request) }
      } catch (error) {
        if (!isGone(error) || look === LOOKS_MAX) throw error
        this.#archive?.forget()
        state = (await this.#readStates()).find(({ lane }) => lane === state.lane) ?? state
      }
    }
  }

  /** The log comes first: where a move was cut short the archive may hold the same. */
  async #segmentOf({ lane, segments }: LaneState, position: number): Promise<DurableSegment> {
    for (const segment of segments.toReversed()) {
      if (segment.first_position <= position && position < segment.end_position) return segment
    }
    const archived = await this.#archive?.holding(lane, position)
    if (archived) return archived
    const after = segments.find((segment) => segment.first_position > position)
    const place = `before ${after?.name ?? 'the end'}`
    const also = this.#archive ? ', and no archived file does' : ''
    const reason = `no segment holds its record${also}`
    throw new ClickpathError('LOG_CORRUPT', lane, place, position, reason)
  }

  async #readSegment(segment: DurableSegment, request: LaneRequest): Promise<Slice | null> {
    if (segment.format === 'ndjson') return this.#liveSlice(segment, request)
    const { lane } = request.state
    if (this.#verified.get(lane) !== segment.file) {
      await verifyImported(this.#files, lane, segment)
      this.#verified.set(lane, segment.file)
    }
    return importedSlice(lane, segment, request.position, request.limits)
  }

  async #liveSlice(segment: DurableSegment, request: LaneRequest): Promise<Slice | null> {
    const { position, limits, least } = request
    const { lane } = request.state
    const file = this.#spoolFile(lane, position)
    const from = this.#cursors.nearest(lane, segment.first_position, position)
    const live = await copyLiveSlice(this.#files, {
      lane,
      segment,
      position,
      from,
      limits,
      least,
      file,
    })
    if (!live) return null
    this.#cursors.remember(lane, live.start)
    this.#cursors.remember(lane, live.end)
    const { count, bytes } = live
    return { lane, first_position: position, count, bytes, format: 'ndjson', file, row_first: 0 }
  }
}
