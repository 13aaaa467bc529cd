/**
 * What follows damage in a live segment: groups that are whole can be read though one before them
 * is not, since each says where it begins.
 */
import { findGroup, indexOfCommitLine, readCommitLine } from './commit_line.ts'
import type { OpenFile } from './file_system.ts'
import { readBytes } from './group_scan.ts'

/** Twice the largest group that is found again, and what is held in memory for it. */
const WINDOW_BYTES = 32_000_000
const SEARCH_BYTES = 4_000_000
/** Longer than any commit line, so that one at the edge of two chunks is seen whole in the next. */
const SEARCH_OVERLAP_BYTES = 512
const NEWLINE = 0x0a

interface WholeAgain {
  readonly byte: number
  readonly position: number
}

/** The first whole group of a range that begins with damage; null where there is none. */
export async function groupAfterDamage(
  file: OpenFile,
  from_byte: number,
  to_byte: number,
): Promise<WholeAgain | null> {
  for (let at = from_byte; at < to_byte; at += WINDOW_BYTES / 2) {
    const buffer = await readBytes(file, at, Math.min(WINDOW_BYTES, to_byte - at))
    let line = indexOfCommitLine(buffer, 0)
    for (; line >= 0; line = indexOfCommitLine(buffer, line)) {
      const claim = readCommitLine(buffer, line)
      const start = line - (claim?.bytes ?? Number.POSITIVE_INFINITY)
      if (!claim || start < 0) continue
      const { first_position: position } = claim
      if (findGroup(buffer, start, position).found === 'group')
        return { byte: at + start, position }
    }
  }
  return null
}

/**
 * Whether anything follows the commit line of the bad group at `byte`. Groups are written one at a
 * time, each after the one before it is durable, so a torn group is always the last: a bad one with
 * something after it was durable once and has been damaged since.
 */
export async function followedByMore(file: OpenFile, byte: number, size: number): Promise<boolean> {
  for (let at = byte; at < size; at += SEARCH_BYTES - SEARCH_OVERLAP_BYTES) {
    const buffer = await readBytes(file, at, Math.min(SEARCH_BYTES, size - at))
    const commit_line = indexOfCommitLine(buffer, 0)
    if (commit_line < 0) continue
    const newline = buffer.indexOf(NEWLINE, commit_line)
    if (newline >= 0) return at + newline + 1 < size
  }
  return false
}

/** The position after the last record that any commit line of a range speaks of, unverified. */
export async function claimedEnd(
  file: OpenFile,
  from_byte: number,
  to_byte: number,
): Promise<number | null> {
  let end: number | null = null
  for (let at = from_byte; at < to_byte; at += SEARCH_BYTES - SEARCH_OVERLAP_BYTES) {
    const buffer = await readBytes(file, at, Math.min(SEARCH_BYTES, to_byte - at))
    let line = indexOfCommitLine(buffer, 0)
    for (; line >= 0; line = indexOfCommitLine(buffer, line)) {
      const claim = readCommitLine(buffer, line)
      if (claim) end = Math.max(end ?? 0, claim.first_position + claim.count)
    }
  }
  return end
}
