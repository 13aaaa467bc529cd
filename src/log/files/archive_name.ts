/**
 * The names in the log's archive, and nothing of what stands in the files.
 *
 *   DIR/archive/log/year=2026/month=01/day=31/LANE-FIRST-END-CRC32.parquet
 *   DIR/archive/log/year=2026/month=01/day=31/LANE-FIRST-END-CRC32-r1.parquet
 *
 * The day is that on which the first of its records was received (UTC); first position, end and
 * checksum are as in an imported segment's name. A file that takes the place of another counts one
 * revision on, so that of two for the same positions everybody knows which one holds.
 */
import { join } from 'node:path'
import type { DurableSegment } from './lane_state.ts'
import { importedSegmentName, isLaneName } from './segment_name.ts'

/** A segment in the archive: read as an imported one is. */
export interface ArchivedSegment extends DurableSegment {
  readonly lane: string
  /** The folder of its day. */
  readonly directory: string
  readonly revision: number
  readonly checksum: number
}

const NAME = /^(.+)-(\d{20})-(\d{20})-(\d{10})(?:-r(\d{1,9}))?\.parquet$/
const FOLDER = /^(year|month|day)=\d+$/

/** Whether a folder is one of a year, a month or a day. */
export function isDatedFolder(name: string): boolean {
  return FOLDER.test(name)
}

/** `year=2026/month=01/day=31`, by UTC. */
export function dayFolder(time_ms: number): string {
  const [year = '', month = '', day = ''] = new Date(time_ms).toISOString().slice(0, 10).split('-')
  return join(`year=${year}`, `month=${month}`, `day=${day}`)
}

export function archivedName(
  lane: string,
  first_position: number,
  end_position: number,
  checksum: number,
  revision = 0,
): string {
  const name = `${lane}-${importedSegmentName(first_position, end_position, checksum)}`
  return revision === 0 ? name : name.replace(/\.parquet$/, `-r${revision}.parquet`)
}

/** What a file is the archive of, but for its bytes; null for any other file. */
export function parseArchivedName(
  directory: string,
  name: string,
): Omit<ArchivedSegment, 'bytes'> | null {
  const parts = NAME.exec(name)
  const lane = parts?.[1] ?? ''
  if (!parts || !isLaneName(lane)) return null
  return {
    lane,
    name,
    directory,
    file: join(directory, name),
    format: 'parquet',
    first_position: Number(parts[2]),
    end_position: Number(parts[3]),
    checksum: Number(parts[4]),
    revision: Number(parts[5] ?? 0),
  }
}
