/**
 * The names in a lane's directory, and nothing of what stands in the files.
 *
 *   DIR/log/LANE/00000000000000000000.ndjson                          live: first position
 *   DIR/log/LANE/00000000000000250000-00000000000000350000-2868613542.parquet
 *                                                          imported: first position, end, CRC-32
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

const LANE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
const SEGMENT_NAME = /^(\d{20})(?:\.ndjson|-(\d{20})(?:-(\d{10}))?\.parquet)$/
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

/** The segments of a lane in order of position; none where the lane does not exist. */
export async function listSegments(
  files: FileSystem,
  directory: string,
): Promise<readonly Segment[]> {
  const entries = await files.list(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries
    .map(({ name }) => name)
    .sort()
    .map((name) => parseSegmentName(directory, name))
    .filter((segment) => segment !== null)
}
