/**
 * Takes records out of the log: every lane, every segment, archived ones too. What takes their
 * place has the same positions, so that nobody's offsets change. It knows lines and files; which
 * records go, and what is left of them, others say.
 */
import { join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import type { Slice } from '../contract.ts'
import { archiveDraft, replaceArchived } from './archive_file.ts'
import type { ArchiveFolder } from './archive_folder.ts'
import { ERASING_DRAFT, replaceImported } from './erase_imported.ts'
import { type ErasedHere, eraseLive, type Replace } from './erase_live.ts'
import { finishPatches } from './erase_patch.ts'
import { verifyImported } from './imported_slice.ts'
import { type DurableSegment, listLanes, readLaneState } from './lane_state.ts'
import type { Machine } from './machine.ts'
import { laneDirectory, type Range } from './segment_name.ts'

/** A stretch of records of one lane. */
export type Place = Pick<Slice, 'lane' | 'first_position' | 'count'>

/**
 * Writes the rows of a Parquet file to the draft, those to erase replaced, where there are any.
 * With null it only counts them.
 */
export type Rewrite = (parquet: ParquetFile, draft: string | null) => Promise<number>

export interface ParquetFile {
  readonly lane: string
  readonly file: string
  readonly rows: number
}

export interface LogErasing {
  /** The log's directory. */
  readonly directory: string
  readonly archive: ArchiveFolder
  readonly machine: Machine
  readonly replace: Replace
  readonly rewrite: Rewrite
  /** `count`: nothing is changed. */
  readonly how: 'count' | 'erase'
  /** Without it everything. */
  readonly places?: readonly Place[]
}

export interface ErasedSegment {
  readonly lane: string
  readonly segment: string
  readonly kept_in: 'log' | 'archive'
  readonly records: number
  readonly bytes: number
}

export interface ErasedLog {
  /** Those that held some of the records. */
  readonly segments: readonly ErasedSegment[]
  readonly unreadable: readonly (Range & { readonly lane: string; readonly segment: string })[]
}

const EVERYTHING: Range = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** The stretch of a lane that holds all its places; null where it has none. */
function rangeOf(lane: string, places: readonly Place[] | undefined): Range | null {
  if (!places) return EVERYTHING
  const own = places.filter((place) => place.lane === lane)
  if (own.length === 0) return null
  return {
    from: Math.min(...own.map(({ first_position }) => first_position)),
    to: Math.max(...own.map(({ first_position, count }) => first_position + count)),
  }
}

/** Durable when it resolves; doing it again after a kill finishes it. */
export async function eraseLog(erasing: LogErasing): Promise<ErasedLog> {
  const { directory, machine, archive, places } = erasing
  const found: Found = { segments: [], unreadable: [] }
  for (const lane of await listLanes(machine.files, directory)) {
    const range = rangeOf(lane, places)
    if (range) await eraseLane(erasing, lane, range, found)
  }
  // After the log: what moves to the archive in between is met there, and never missed.
  archive.forget()
  for (const [lane, segments] of await archive.lanes()) {
    const range = rangeOf(lane, places)
    for (const segment of segments) {
      if (!range || !overlaps(segment, range)) continue
      const replace = () => {
        return replaceArchived(machine.files, segment, archiveDraft(segment.directory))
      }
      const draft = archiveDraft(segment.directory)
      const here = await eraseFile(erasing, lane, segment, draft, replace)
      note(found, lane, segment, 'archive', here)
    }
  }
  archive.forget()
  return found
}

/** Makes whole what a kill left half changed, before anybody reads it. */
export async function finishErasing(machine: Machine, log_directory: string): Promise<void> {
  for (const lane of await listLanes(machine.files, log_directory)) {
    await finishPatches(machine, { lane, directory: laneDirectory(log_directory, lane) })
  }
}

interface Found {
  readonly segments: ErasedSegment[]
  readonly unreadable: ErasedLog['unreadable'][number][]
}

async function eraseLane(
  erasing: LogErasing,
  lane: string,
  range: Range,
  found: Found,
): Promise<void> {
  const { machine, how, replace } = erasing
  const directory = laneDirectory(erasing.directory, lane)
  if (how === 'erase') await finishPatches(machine, { lane, directory })
  const { segments } = await readLaneState(machine.files, erasing.directory, lane, undefined)
  for (const segment of segments) {
    if (!overlaps(segment, range)) continue
    const here =
      segment.format === 'ndjson'
        ? await eraseLive({ machine, lane, directory, segment, replace, how, range })
        : await eraseFile(erasing, lane, segment, join(directory, ERASING_DRAFT), () =>
            replaceImported(machine, directory, segment),
          )
    note(found, lane, segment, 'log', here)
  }
}

function overlaps({ first_position, end_position }: DurableSegment, { from, to }: Range): boolean {
  return first_position < to && from < end_position
}

function note(
  found: Found,
  lane: string,
  { name: segment }: DurableSegment,
  kept_in: ErasedSegment['kept_in'],
  { records, bytes, unreadable }: ErasedHere,
): void {
  if (records > 0) found.segments.push({ lane, segment, kept_in, records, bytes })
  found.unreadable.push(...unreadable.map((range) => ({ lane, segment, ...range })))
}

/** A Parquet file, rewritten only where it holds something to erase. */
async function eraseFile(
  { machine: { files }, rewrite, how }: LogErasing,
  lane: string,
  segment: DurableSegment,
  draft: string,
  replace: () => Promise<unknown>,
): Promise<ErasedHere> {
  const { first_position: from, end_position: to, bytes: file_bytes } = segment
  try {
    await verifyImported(files, lane, segment)
  } catch (error) {
    if (!(error instanceof ClickpathError)) throw error
    return { records: 0, bytes: 0, unreadable: [{ from, to }] }
  }
  const parquet = { lane, file: segment.file, rows: to - from }
  const records = await rewrite(parquet, how === 'erase' ? draft : null)
  if (records > 0 && how === 'erase') await replace()
  const bytes = Math.ceil((file_bytes * records) / (to - from))
  return { records, bytes, unreadable: [] }
}
