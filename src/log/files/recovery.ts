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
import { followedByMore, groupAfterDamage } from './damage.ts'
import { type DurableMark, readMark } from './durable_mark.ts'
import { type FileSystem, type OpenFile, writeAll } from './file_system.ts'
import { givenUpAt } from './given_up.ts'
import { type GoodEnd, goodEndOf, readBytes } from './group_scan.ts'
import { listLaneFiles, type Range, type Segment } from './segment_name.ts'

export interface RecoveredLane {
  readonly mark: DurableMark
  /**
   * The live segment to go on with, if the last segment is one; `mark.byte` bytes of it are good.
   */
  readonly open_segment: Segment | null
}

const COPY_BYTES = 4_000_000

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
  const { segments, given_up } = await listLaneFiles(files, directory)
  const last = segments.at(-1)
  // All segments may have been archived: then the mark alone remembers where the lane stands.
  if (!last) return { mark: mark ?? { segment: 0, byte: 0, position: 0 }, open_segment: null }
  const recovered =
    last.end_position === null
      ? await recoverSegment({ files, lane, segment: last, mark, given_up })
      : {
          segment: last.first_position,
          byte: await files.size(last.file),
          position: last.end_position,
        }
  const lost = givenUpAt(given_up, recovered.position)
  if (lost) {
    // Its end was given up: it stays as it is, and the lane goes on in a segment of its own.
    const position = Math.max(lost.to, mark?.position ?? 0)
    return { mark: { ...recovered, position }, open_segment: null }
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

interface OpenSegment {
  readonly files: FileSystem
  readonly lane: string
  readonly segment: Segment
  readonly mark: DurableMark | null
  readonly given_up: readonly Range[]
}

async function recoverSegment(open: OpenSegment): Promise<DurableMark> {
  const { files, lane, segment, mark, given_up } = open
  const beginning = { byte: 0, position: segment.first_position }
  const marked = mark?.segment === segment.first_position ? mark : beginning
  const file = await files.open(segment.file, 'change')
  try {
    const size = await file.size()
    const isLost = given_up.some(({ to }) => to >= marked.position)
    if (size < marked.byte && !isLost) {
      const reason = `it has ${size} of ${marked.byte} durable bytes`
      throw corrupt(lane, segment, marked.position, reason)
    }
    const start = size < marked.byte ? beginning : marked
    const end = await goodEnd(file, start, size, given_up)
    const recovered = {
      segment: segment.first_position,
      byte: end.byte,
      position: end.position,
    }
    if (givenUpAt(given_up, end.position)) return recovered
    if (end.problem !== null && (await followedByMore(file, end.byte, size))) {
      throw corrupt(lane, segment, end.position, end.problem)
    }
    await file.truncate(end.byte)
    await writeAgain(file, start.byte, end.byte)
    await file.sync()
    return recovered
  } finally {
    await file.close()
  }
}

/** Where the good part ends: records that were given up do not end it if whole ones follow. */
async function goodEnd(
  file: OpenFile,
  start: { readonly byte: number; readonly position: number },
  size: number,
  given_up: readonly Range[],
): Promise<GoodEnd> {
  let { byte: from_byte, position } = start
  for (;;) {
    const end = await goodEndOf(file, { from_byte, position, to_byte: size })
    const lost = given_up.find(({ from }) => from === end.position)
    if (end.problem === null || !lost) return end
    const whole = await groupAfterDamage(file, end.byte, size)
    if (whole?.position !== lost.to) return end
    from_byte = whole.byte
    position = whole.position
  }
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
