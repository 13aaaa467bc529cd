/**
 * Reads the groups of a live segment, chunk by chunk, with every checksum verified. Recovery and
 * the reader both read this way and no other.
 */
import { findGroup, type Group } from './commit_line.ts'
import type { OpenFile } from './file_system.ts'

const CHUNK_BYTES = 4_000_000

export interface ScanRange {
  /** Where a group begins, and the position of its first record. */
  readonly from_byte: number
  readonly position: number
  readonly to_byte: number
}

/** Whole groups, one after another, or what stands in the way of the next one. */
export interface GroupChunk {
  readonly buffer: Buffer
  /** Where the buffer begins in the file. */
  readonly byte: number
  readonly groups: readonly Group[]
  /** Why no whole group follows; then there are no groups and this chunk is the last. */
  readonly problem: string | null
}

/** Fills a buffer from the file; shorter where the file ends first. */
export async function readBytes(file: OpenFile, byte: number, count: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(count)
  let done = 0
  while (done < count) {
    const read = await file.read(buffer.subarray(done), byte + done)
    if (read === 0) break
    done += read
  }
  return buffer.subarray(0, done)
}

function parseGroups(buffer: Buffer, position: number): readonly Group[] | string {
  const groups: Group[] = []
  let start = 0
  let next = position
  while (start < buffer.length) {
    const search = findGroup(buffer, start, next)
    if (search.found === 'part') break
    // What is good before the damage is handed out first; the next chunk begins with the damage.
    if (search.found === 'damage') return groups.length > 0 ? groups : search.reason
    groups.push(search)
    start = search.end
    next += search.count
  }
  return groups
}

/** All groups of a range that should end with a whole one. A group of any size fits. */
export async function* scanGroups(file: OpenFile, range: ScanRange): AsyncGenerator<GroupChunk> {
  let { from_byte: byte, position } = range
  let chunk_bytes = CHUNK_BYTES
  while (byte < range.to_byte) {
    const wanted = Math.min(chunk_bytes, range.to_byte - byte)
    const buffer = await readBytes(file, byte, wanted)
    const groups = parseGroups(buffer, position)
    if (typeof groups === 'string') {
      yield { buffer, byte, groups: [], problem: groups }
      return
    }
    const last = groups.at(-1)
    if (last) {
      yield { buffer, byte, groups, problem: null }
      byte += last.end
      position = last.first_position + last.count
      chunk_bytes = CHUNK_BYTES
    } else if (buffer.length < wanted || byte + wanted === range.to_byte) {
      yield { buffer, byte, groups: [], problem: 'its group is cut short' }
      return
    } else {
      chunk_bytes *= 2
    }
  }
}

/** Where the whole groups of a range end, and why: null where the range does. */
export interface GoodEnd {
  readonly byte: number
  readonly position: number
  readonly problem: string | null
}

/** Reads a range as far as it is whole. */
export async function goodEndOf(file: OpenFile, range: ScanRange): Promise<GoodEnd> {
  let { from_byte: byte, position } = range
  for await (const chunk of scanGroups(file, range)) {
    if (chunk.problem !== null) return { byte, position, problem: chunk.problem }
    const last = chunk.groups.at(-1)
    if (!last) continue
    byte = chunk.byte + last.end
    position = last.first_position + last.count
  }
  return { byte, position, problem: null }
}
