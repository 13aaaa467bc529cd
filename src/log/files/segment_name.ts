/**
 * The names in a lane's directory, and nothing of what stands in the files.
 *
 *   DIR/log/LANE/00000000000000000000.ndjson                          live: first position
 *   DIR/log/LANE/00000000000000250000-00000000000000350000-2868613542.parquet
 *                                                          imported: first position, end, CRC-32
 *   DIR/log/LANE/given-up-00000000000000000123-00000000000000000456.json   see given_up.ts
 *   DIR/log/LANE/writer-00000000000000000000-9f86d081884c7d65         see lane_writers.ts
 *   DIR/log/LANE/durable-mark.json                                    see durable_mark.ts
 *   DIR/log/LANE/lock.PID.STARTED.UUID                                see lane_lock.ts
 *   DIR/log/LANE/draft-1.parquet                                      being written, not in the log
 *
 * Twenty digits let names sort as positions do. A live segment ends where the next one begins, the
 * last one at the mark. An imported one says its end, so that nobody opens it to count its rows,
 * and its checksum in decimal, which names from before there was one lack.
 */
import { join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import type { FileSystem } from './file_system.ts'

export interface Segment {
  readonly name: string
  readonly file: string
  readonly format: 'ndjson' | 'parquet'
  readonly first_position: number
  /** The position after the last record where the name says it, else null. */
  readonly end_position: number | null
  /** The CRC-32 of the file where its name says it, else null. */
  readonly checksum: number | null
}

/** Positions [from, to) of a lane. */
export interface Range {
  readonly from: number
  readonly to: number
}

const LANE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
const SEGMENT_NAME = /^(\d{20})(?:\.ndjson|-(\d{20})(?:-(\d{10}))?\.parquet)$/
const GIVEN_UP_NAME = /^given-up-(\d{20})-(\d{20})\.json$/
const WRITER_NAME = /^writer-(\d{20})-([0-9a-f]{16})$/
const CHECKSUM_DIGITS = 10
const DRAFT_PART = 'draft-'

/** Twenty digits, so that text sorts as numbers do. */
export function digits20(value: number): string {
  return String(value).padStart(20, '0')
}

export function liveSegmentName(first_position: number): string {
  return `${digits20(first_position)}.ndjson`
}

export function importedSegmentName(
  first_position: number,
  end_position: number,
  checksum: number,
): string {
  const digits = String(checksum).padStart(CHECKSUM_DIGITS, '0')
  return `${digits20(first_position)}-${digits20(end_position)}-${digits}.parquet`
}

export function givenUpName({ from, to }: Range): string {
  return `given-up-${digits20(from)}-${digits20(to)}.json`
}

export function draftName(number: number): string {
  return `${DRAFT_PART}${number}.parquet`
}

/**
 * Whether a kill left this file behind: a draft, or what DuckDB writes beside one (`tmp_draft-..`).
 */
export function isDraft(name: string): boolean {
  return name.includes(DRAFT_PART)
}

export function isLaneName(name: string): boolean {
  return LANE_NAME.test(name)
}

/** The directory of a lane. Throws `USAGE` for a name that could leave the log's directory. */
export function laneDirectory(log_directory: string, lane: string): string {
  if (isLaneName(lane)) return join(log_directory, lane)
  throw new ClickpathError(
    'USAGE',
    `"${lane}" cannot name a lane: use up to 100 letters, digits, dots, dashes or underscores.`,
  )
}

/** What a file in a lane's directory is a segment of, or null for any other file. */
function parseSegmentName(directory: string, name: string): Segment | null {
  const parts = SEGMENT_NAME.exec(name)
  if (!parts) return null
  const [, , end, checksum] = parts
  return {
    name,
    file: join(directory, name),
    format: end === undefined ? 'ndjson' : 'parquet',
    first_position: Number(parts[1]),
    end_position: end === undefined ? null : Number(end),
    checksum: checksum === undefined ? null : Number(checksum),
  }
}

/** What the names in a lane's directory tell. */
export interface LaneFiles {
  /** In order of position. */
  readonly segments: readonly Segment[]
  /** Records that were lost to damage and given up, in order of position. */
  readonly given_up: readonly Range[]
  /** Who wrote the records from a position on, in order of position. */
  readonly writers: readonly WriterStart[]
}

export interface WriterStart {
  readonly from: number
  readonly id: string
}

/** Nothing where the lane does not exist. */
export async function listLaneFiles(files: FileSystem, directory: string): Promise<LaneFiles> {
  const entries = await files.list(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const names = entries.map(({ name }) => name).sort()
  const ranges = names.map((name) => GIVEN_UP_NAME.exec(name)).filter((parts) => parts !== null)
  const writers = names.map((name) => WRITER_NAME.exec(name)).filter((parts) => parts !== null)
  return {
    segments: names
      .map((name) => parseSegmentName(directory, name))
      .filter((segment) => segment !== null),
    given_up: ranges.map(([, from, to]) => ({ from: Number(from), to: Number(to) })),
    writers: writers.map(([, from, id = '']) => ({ from: Number(from), id })),
  }
}
