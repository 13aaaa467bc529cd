/**
 * What a reader can know of a lane without opening a segment: names, sizes and the durable mark.
 */
import { join } from 'node:path'
import { readMark } from './durable_mark.ts'
import type { FileSystem } from './file_system.ts'
import {
  isLaneName,
  listLaneFiles,
  type Range,
  type Segment,
  type WriterStart,
} from './segment_name.ts'

/** A segment with the part of it that is durable. */
export interface DurableSegment extends Segment {
  readonly end_position: number
  readonly bytes: number
}

export interface LaneState {
  readonly lane: string
  readonly durable_position: number
  /** In order of position; the last one may be empty. */
  readonly segments: readonly DurableSegment[]
  /** Records that nobody reads any more, in order of position. */
  readonly given_up: readonly Range[]
  /** See lane_writers.ts. */
  readonly writers: readonly WriterStart[]
}

/** The names of all lanes, sorted; none where there is no log yet. */
export async function listLanes(
  files: FileSystem,
  log_directory: string,
): Promise<readonly string[]> {
  const entries = await files.list(log_directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries
    .filter(({ name, kind }) => kind === 'directory' && isLaneName(name))
    .map(({ name }) => name)
    .sort()
}

/**
 * The state of one lane. `before` is an earlier state, whose sizes of sealed segments are reused.
 */
export async function readLaneState(
  files: FileSystem,
  log_directory: string,
  lane: string,
  before: LaneState | undefined,
): Promise<LaneState> {
  const directory = join(log_directory, lane)
  // Tricky: the mark first. A list read before it could lack the segment that the mark speaks of.
  const mark = await readMark(files, directory)
  const { segments, given_up, writers } = await listLaneFiles(files, directory)
  const last = segments.at(-1)
  // A segment begins only when all before it is durable, so its first position is a mark as well:
  // it counts where the mark is older (after a power cut) or was written since it was read.
  const durable_position = Math.max(mark?.position ?? 0, last?.first_position ?? 0)
  const marked_bytes = new Map(mark ? [[mark.segment, mark.byte]] : [])
  const sealed_bytes = new Map(
    before?.segments.slice(0, -1).map(({ file, bytes }) => [file, bytes]),
  )
  const durable: DurableSegment[] = []
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    const end_position = Math.min(
      segment.end_position ?? next?.first_position ?? durable_position,
      durable_position,
    )
    // A mark that speaks of a later segment: that one is gone, and this one was sealed.
    const isSealed = next !== undefined || (mark !== null && mark.segment > segment.first_position)
    const bytes = isSealed
      ? (sealed_bytes.get(segment.file) ?? (await files.size(segment.file)))
      : (marked_bytes.get(segment.first_position) ?? 0)
    durable.push({ ...segment, end_position, bytes })
  }
  return { lane, durable_position, segments: durable, given_up, writers }
}
