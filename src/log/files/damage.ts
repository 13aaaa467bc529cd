/**
 * What follows damage in a live segment: groups that are whole can be read though one before them
 * is not, since each says where it begins.
 */
import { findGroup, indexOfCommitLine, readCommitLine } from './commit_line.ts'
import type { OpenFile } from './file_system.ts'
import { readBytes } from './group_scan.ts'

/** Twice the largest group that is found again, and what is held in memory for it. */
const WINDOW_BYTES = 32_000_000

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
