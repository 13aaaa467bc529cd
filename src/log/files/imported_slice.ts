/**
 * Slices of an imported segment: rows of the file itself, once its checksum has been found right.
 * What the rows are is not looked at.
 */
import { ClickpathError } from '../../std/errors.ts'
import type { ReadLimits, Slice } from '../contract.ts'
import { fileChecksum } from './file_checksum.ts'
import type { FileSystem } from './file_system.ts'
import type { DurableSegment } from './lane_state.ts'

/** Throws `LOG_CORRUPT` unless the file is as it was when it became a segment. */
export async function verifyImported(
  files: FileSystem,
  lane: string,
  segment: DurableSegment,
): Promise<void> {
  const { name, checksum, first_position, end_position } = segment
  if (checksum === null) return
  const file = await files.open(segment.file, 'read')
  try {
    if ((await fileChecksum(file, await file.size())) === checksum) return
  } finally {
    await file.close()
  }
  const reason = `its checksum differs; it is whole again from ${end_position} on`
  throw new ClickpathError('LOG_CORRUPT', lane, name, first_position, reason)
}

/** Rows from a position on, within the limits; the file's bytes are taken to be spread evenly. */
export function importedSlice(
  lane: string,
  segment: DurableSegment,
  position: number,
  limits: ReadLimits,
): Slice {
  const rows = segment.end_position - segment.first_position
  const row_bytes = segment.bytes / rows
  const fitting = Math.floor(Math.min(limits.records_max, limits.bytes_max / row_bytes))
  const count = Math.min(segment.end_position - position, Math.max(1, fitting))
  return {
    lane,
    first_position: position,
    count,
    bytes: Math.ceil(count * row_bytes),
    format: 'parquet',
    file: segment.file,
    row_first: position - segment.first_position,
  }
}
