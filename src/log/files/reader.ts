/**
 * The reader of the file log: which lanes there are, and what is durable after given offsets. It
 * takes no lock and writes nothing but its spool, so any number of readers may stand beside a
 * writer, each with a spool of its own.
 */
import { join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import type { LaneStatus, Log, Offsets, ReadLimits, Slice } from '../contract.ts'
import { Cursors } from './cursors.ts'
import { fairShares } from './fair_shares.ts'
import type { FileSystem } from './file_system.ts'
import { importedSlice, verifyImported } from './imported_slice.ts'
import { type DurableSegment, type LaneState, listLanes, readLaneState } from './lane_state.ts'
import { copyLiveSlice } from './live_slice.ts'
import { type Machine, thisMachine } from './machine.ts'
import { digits20 } from './segment_name.ts'

export interface FileLogOptions {
  /** The log's directory, which holds one directory a lane; it need not exist yet. */
  readonly directory: string
  /** A directory that this reader alone uses: emptied at the first read, gone after `close`. */
  readonly spool: string
  readonly machine?: Machine
}

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

function isCorrupt(error: unknown): boolean {
  return error instanceof ClickpathError && error.code === 'LOG_CORRUPT'
}

class FileLog implements Log {
  readonly #directory: string
  readonly #spool: string
  readonly #files: FileSystem
  readonly #cursors = new Cursors()
  #states: ReadonlyMap<string, LaneState> = new Map()
  /** Lane to the number of the read that last gave some of it. */
  #served = new Map<string, number>()
  #reads = 0
  /** Lane to its imported segment that was found whole last. */
  #verified = new Map<string, string>()
  /** Null until the spool has been emptied of what an earlier process left. */
  #spooled: string[] | null = null

  constructor({ directory, spool, machine = thisMachine }: FileLogOptions) {
    this.#directory = directory
    this.#spool = spool
    this.#files = machine.files
  }

  async lanes(): Promise<readonly LaneStatus[]> {
    const states = await this.#readStates()
    return states.map(({ lane, durable_position, segments }) => ({
      lane,
      first_position: segments[0]?.first_position ?? durable_position,
      durable_position,
      bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
      segments: segments.length,
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
      if (given.length > 0) return []
      this.#served.set(request.state.lane, this.#reads)
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
      const segment = segmentOf(state, position)
      const limits = { records_max, bytes_max }
      const wanted = { ...request, position, limits, least }
      const slice = await this.#readSegment(segment, wanted).catch((error: unknown) => {
        // What lies before the damage is given first; the next read begins with it and says so.
        if (isCorrupt(error) && slices.length > 0) return null
        throw error
      })
      if (!slice) break
      slices.push(slice)
      position += slice.count
      if (position < segment.end_position) break
      records_max -= slice.count
      bytes_max -= slice.bytes
      least = 'nothing'
    }
    return slices
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
    const file = join(this.#spool, `${lane}-${digits20(position)}.ndjson`)
    this.#spooled?.push(file)
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

/** The durable segment that holds a position. Throws `LOG_CORRUPT` when it is no longer there. */
function segmentOf(state: LaneState, position: number): DurableSegment {
  const { lane, segments } = state
  for (const segment of segments.toReversed()) {
    if (segment.first_position <= position && position < segment.end_position) return segment
  }
  const after = segments.find((segment) => segment.first_position > position)
  const reason = 'no segment holds its record'
  throw new ClickpathError(
    'LOG_CORRUPT',
    lane,
    `before ${after?.name ?? 'the end'}`,
    position,
    reason,
  )
}
