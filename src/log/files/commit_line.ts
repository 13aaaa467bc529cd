/**
 * The commit line: how a live segment says that a group of records is whole. Every line of a
 * segment is JSON, so `jq 'select(.commit | not)' FILE` shows the records.
 *
 *   {"record":"event", ...}\n       }
 *   {"record":"event", ...}\n       }  `count` lines of `bytes` bytes
 *   {"record":"invalid", ...}\n     }
 *   {"commit":{"first":4711,"count":3,"bytes":812,"crc32":"0a1b2c3d"}}\n
 *
 * `first` is the position of the group's first record. The checksum covers the record lines and
 * then the commit line up to its own comma, so that a changed digit in the numbers is noticed as
 * well.
 */
import { crc32 } from 'node:zlib'

const COMMIT_LINE_START = Buffer.from('{"commit":{')
const COMMIT_LINE_AFTER_RECORD = Buffer.from('\n{"commit":{')
const COMMIT_LINE =
  /^(\{"commit":\{"first":(\d+),"count":(\d+),"bytes":(\d+)),"crc32":"([0-9a-f]{8})"\}\}$/
const COMMIT_LINE_BYTES_MAX = 256
const NEWLINE = 0x0a

/** A whole group; the byte numbers count from the start of the buffer that it was found in. */
export interface Group {
  readonly found: 'group'
  readonly first_position: number
  readonly count: number
  readonly start: number
  readonly records_end: number
  readonly end: number
}

export type GroupSearch =
  | Group
  /** The buffer ends before the group does. */
  | { readonly found: 'part' }
  | { readonly found: 'damage'; readonly reason: string }

function damage(reason: string): GroupSearch {
  return { found: 'damage', reason }
}

/** Eight hexadecimal digits. */
export function checksumText(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}

/** The bytes of a group: the lines of `count` records, and the commit line that closes them. */
export function encodeGroup(
  first_position: number,
  count: number,
  parts: readonly Buffer[],
): Buffer {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0)
  const start = `{"commit":{"first":${first_position},"count":${count},"bytes":${bytes}`
  const records_checksum = parts.reduce((checksum, part) => crc32(part, checksum), 0)
  const checksum = checksumText(crc32(start, records_checksum))
  return Buffer.concat([...parts, Buffer.from(`${start},"crc32":"${checksum}"}}\n`)])
}

/** Whether lines would be taken for a commit line when they are read again. */
export function holdsCommitLine(lines: Buffer): boolean {
  return (
    lines.subarray(0, COMMIT_LINE_START.length).equals(COMMIT_LINE_START) ||
    lines.includes(COMMIT_LINE_AFTER_RECORD)
  )
}

/** Where the first commit line at or after `from` begins, or -1. */
export function indexOfCommitLine(buffer: Buffer, from: number): number {
  const newline = buffer.indexOf(COMMIT_LINE_AFTER_RECORD, from)
  return newline < 0 ? -1 : newline + 1
}

interface CommitLine {
  readonly first_position: number
  readonly count: number
  readonly bytes: number
  /** The part of the line that the checksum covers as well. */
  readonly covered: string
  readonly checksum: string
}

/** The commit line that begins at this byte, unverified; null where it cannot be read. */
export function readCommitLine(buffer: Buffer, start: number): CommitLine | null {
  const newline = buffer.indexOf(NEWLINE, start)
  const end = newline < 0 ? buffer.length : newline
  if (end - start > COMMIT_LINE_BYTES_MAX) return null
  const parts = COMMIT_LINE.exec(buffer.toString('latin1', start, end))
  if (!parts) return null
  const [, covered = '', first, count, bytes, checksum = ''] = parts
  return {
    first_position: Number(first),
    count: Number(count),
    bytes: Number(bytes),
    covered,
    checksum,
  }
}

/** The group that begins at byte `start`, whose first record must have this position. */
export function findGroup(buffer: Buffer, start: number, position: number): GroupSearch {
  const records_end = indexOfCommitLine(buffer, start)
  if (records_end < 0) return { found: 'part' }
  const newline = buffer.indexOf(NEWLINE, records_end)
  if (newline < 0) {
    const endless = buffer.length - records_end > COMMIT_LINE_BYTES_MAX
    return endless ? damage('its commit line has no end') : { found: 'part' }
  }
  const line = readCommitLine(buffer, records_end)
  if (!line) return damage('its commit line cannot be read')
  const records = buffer.subarray(start, records_end)
  if (checksumText(crc32(line.covered, crc32(records))) !== line.checksum) {
    return damage('the checksum of its group differs')
  }
  const { first_position, count, bytes } = line
  if (first_position !== position || count < 1 || bytes !== records.length) {
    return damage(`its group says it holds ${count} records from position ${first_position}`)
  }
  return { found: 'group', first_position, count, start, records_end, end: newline + 1 }
}
