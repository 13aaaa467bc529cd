/**
 * Recovery: what a lane holds when its writer opens it again, whatever ended the last one.
 *
 *   segment  |== before the mark ==|== whole groups after it ==|-- torn tail --|
 *             kept, not read again   kept, made durable again    cut off
 *
 * Only the end of the last segment can be in doubt: a new segment begins after the one before it is
 * durable. A group that was never acknowledged but is whole is kept: its sender will send it again
 * and it is recognised as a duplicate. It never cuts where more than one write could be lost.
 */
import { ClickpathError } from '../../std/errors.ts'
import { indexOfCommitLine } from './commit_line.ts'
import { type DurableMark, readMark } from './durable_mark.ts'
import { type FileSystem, type OpenFile, writeAll } from './file_system.ts'
import { readBytes, scanGroups } from './group_scan.ts'
import { listSegments, type Segment } from './segment_name.ts'

export interface RecoveredLane {
  readonly mark: DurableMark
  /**
   * The live segment to go on with, if the last segment is one; `mark.byte` bytes of it are good.
   */
  readonly open_segment: Segment | null
}

interface GoodEnd {
  readonly byte: number
  readonly position: number
  readonly problem: string | null
}

const COPY_BYTES = 4_000_000
const SEARCH_BYTES = 4_000_000
/** Longer than any commit line, so that one at the edge of two chunks is seen whole in the next. */
const SEARCH_OVERLAP_BYTES = 512
const NEWLINE = 0x0a

/**
 * Reads the end of a lane, cuts a torn tail and makes the rest durable. The caller holds the lane's
 * lock. Throws `LOG_CORRUPT` where durable records are damaged or gone.
 */
export async function recoverLane(
  files: FileSystem,
  directory: string,
  lane: string,
): Promise<RecoveredLane> {
  const mark = await readMark(files, directory)
  const last = (await listSegments(files, directory)).at(-1)
  // All segments may have been archived: then the mark alone remembers where the lane stands.
  if (!last) return { mark: mark ?? { segment: 0, byte: 0, position: 0 }, open_segment: null }
  const recovered =
    last.end_position === null
      ? await recoverSegment(files, lane, last, mark)
      : {
          segment: last.first_position,
          byte: await files.size(last.file),
          position: last.end_position,
        }
  if (mark && mark.position > recovered.position) {
    throw corrupt(lane, last, recovered.position, `records up to ${mark.position} are gone`)
  }
  await files.syncDirectory(directory)
  return { mark: recovered, open_segment: last.end_position === null ? last : null }
}

function corrupt(lane: string, segment: Segment, position: number, reason: string): ClickpathError {
  return new ClickpathError('LOG_CORRUPT', lane, segment.name, position, reason)
}

async function recoverSegment(
  files: FileSystem,
  lane: string,
  segment: Segment,
  mark: DurableMark | null,
): Promise<DurableMark> {
  const file = await files.open(segment.file, 'change')
  try {
    const size = await file.size()
    const start =
      mark?.segment === segment.first_position
        ? mark
        : { byte: 0, position: segment.first_position }
    if (size < start.byte) {
      throw corrupt(lane, segment, start.position, `it has ${size} of ${start.byte} durable bytes`)
    }
    const end = await goodEnd(file, start, size)
    if (end.problem !== null && (await followedByMore(file, end.byte, size))) {
      throw corrupt(lane, segment, end.position, end.problem)
    }
    await file.truncate(end.byte)
    await writeAgain(file, start.byte, end.byte)
    await file.sync()
    return { segment: segment.first_position, byte: end.byte, position: end.position }
  } finally {
    await file.close()
  }
}

async function goodEnd(
  file: OpenFile,
  start: { readonly byte: number; readonly position: number },
  size: number,
): Promise<GoodEnd> {
  let { byte, position } = start
  const range = { from_byte: byte, position, to_byte: size }
  for await (const chunk of scanGroups(file, range)) {
    if (chunk.problem !== null) return { byte, position, problem: chunk.problem }
    const last = chunk.groups.at(-1)
    if (!last) continue
    byte = chunk.byte + last.end
    position = last.first_position + last.count
  }
  return { byte, position, problem: null }
}

/**
 * Whether anything follows the commit line of the bad group at `byte`. Groups are written one at a
 * time, each after the one before it is durable, so a torn group is always the last: a bad one with
 * something after it was durable once and has been damaged since.
 */
async function followedByMore(file: OpenFile, byte: number, size: number): Promise<boolean> {
  for (let at = byte; at < size; at += SEARCH_BYTES - SEARCH_OVERLAP_BYTES) {
    const buffer = await readBytes(file, at, Math.min(SEARCH_BYTES, size - at))
    const commit_line = indexOfCommitLine(buffer, 0)
    if (commit_line < 0) continue
    const newline = buffer.indexOf(NEWLINE, commit_line)
    if (newline >= 0) return at + newline + 1 < size
  }
  return false
}

/**
 * Writes the whole groups after the mark once more, as they are.
 * Tricky: after a failed sync the system keeps pages that never reached the disk, calls them clean
 * and reads them back well; a sync alone would then do nothing. Writing makes them dirty again.
 */
async function writeAgain(file: OpenFile, from_byte: number, to_byte: number): Promise<void> {
  for (let byte = from_byte; byte < to_byte; byte += COPY_BYTES) {
    const buffer = await readBytes(file, byte, Math.min(COPY_BYTES, to_byte - byte))
    await writeAll(file, buffer, byte)
  }
}
