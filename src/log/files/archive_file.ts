/**
 * How a Parquet file gets into the log's archive, or takes the place of one that is there. A file
 * is nothing until its rename; before that its bytes are durable, after it its name is. Whoever
 * takes the original away does so after that: whatever ends the process in between leaves both or
 * the original, never neither.
 */
import { join } from 'node:path'
import { type ArchivedSegment, archivedName } from './archive_name.ts'
import { fileChecksum } from './file_checksum.ts'
import type { FileSystem } from './file_system.ts'

/** Tricky: without `.parquet`, or who reads all such files of the archive would read half a one. */
export function archiveDraft(directory: string): string {
  return join(directory, 'draft-1')
}

/** What a file becomes: all of its name but the checksum. */
export type Becoming = Pick<
  ArchivedSegment,
  'lane' | 'directory' | 'first_position' | 'end_position' | 'revision'
>

/** Makes a finished draft of the same folder durable, under the name that its content gives it. */
export async function nameDraft(
  files: FileSystem,
  draft: string,
  becoming: Becoming,
): Promise<ArchivedSegment> {
  const { lane, directory, first_position, end_position, revision } = becoming
  const { bytes, checksum } = await synced(files, draft)
  const name = archivedName(lane, first_position, end_position, checksum, revision)
  const file = join(directory, name)
  await files.rename(draft, file)
  await files.syncDirectory(directory)
  return { ...becoming, name, file, format: 'parquet', bytes, checksum }
}

async function synced(
  files: FileSystem,
  draft: string,
): Promise<{ readonly bytes: number; readonly checksum: number }> {
  const file = await files.open(draft, 'change')
  try {
    await file.sync()
    const bytes = await file.size()
    return { bytes, checksum: await fileChecksum(file, bytes) }
  } finally {
    await file.close()
  }
}

/**
 * Puts a rewritten file in the place of an archived one; what was there is gone when it resolves.
 * The draft is `archiveDraft(segment.directory)` and holds a row for each position, as many as the
 * file had: a record that must go leaves a row of another kind (an `erased` one) behind. A kill in
 * between leaves both, of which readers take the new one and the next opening removes the old.
 *
 * Tricky: call it where no reader of the log is at work (the engine's `alone`): a batch may have
 * been given the old file. Afterwards the reader's `ArchiveFolder` must `forget`.
 */
export async function replaceArchived(
  files: FileSystem,
  segment: ArchivedSegment,
  draft: string,
): Promise<ArchivedSegment> {
  const replaced = await nameDraft(files, draft, { ...segment, revision: segment.revision + 1 })
  await files.remove(segment.file)
  await files.syncDirectory(segment.directory)
  return replaced
}
