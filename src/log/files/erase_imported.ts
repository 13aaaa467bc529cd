/**
 * Puts a rewritten Parquet file in the place of an imported segment: as many rows, other bytes, and
 * so another checksum in its name. A kill in between leaves both, which hold the same positions;
 * the next erasing finds the old one again.
 */
import { join } from 'node:path'
import { syncDraft } from './lane_import.ts'
import type { DurableSegment } from './lane_state.ts'
import type { Machine } from './machine.ts'
import { importedSegmentName } from './segment_name.ts'

/** Tricky: a draft by its name, so that one left behind goes when the lane is next opened. */
export const ERASING_DRAFT = 'draft-erasing.parquet'

/** What was there is gone when it resolves. Call it where no reader of the log is at work. */
export async function replaceImported(
  { files }: Machine,
  directory: string,
  { name, file, first_position, end_position }: DurableSegment,
): Promise<void> {
  const draft = join(directory, ERASING_DRAFT)
  const { checksum } = await syncDraft(files, draft)
  const replaced = importedSegmentName(first_position, end_position, checksum)
  await files.rename(draft, join(directory, replaced))
  await files.syncDirectory(directory)
  if (replaced === name) return
  await files.remove(file)
  await files.syncDirectory(directory)
}
