/**
 * What a lane's files hold, read whole and changed in nothing: every damage with the place from
 * which the lane is whole again, and what a kill has left. It takes no lock, so a writer may go on.
 */
import { join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import type { ArchiveFolder } from './archive_folder.ts'
import { claimedEnd, followedByMore, groupAfterDamage } from './damage.ts'
import { readMark } from './durable_mark.ts'
import type { FileSystem, OpenFile } from './file_system.ts'
import { givenUpAt } from './given_up.ts'
import { type GoodEnd, goodEndOf } from './group_scan.ts'
import { verifyImported } from './imported_slice.ts'
import { type DurableSegment, type LaneState, readLaneState } from './lane_state.ts'
import type { Range } from './segment_name.ts'

export interface Damage extends Range {
  readonly lane: string
  readonly segment: string
  readonly reason: string
}

export interface LaneFindings {
  readonly lane: string
  /** Records that can be read. */
  readonly records: number
  readonly segments: number
  /** Not yet given up, in order of position. */
  readonly damages: readonly Damage[]
  readonly given_up: readonly Range[]
  /** Bytes after what is known to be durable: being written now, or torn by a kill. */
  readonly tail_bytes: number
  readonly mark: 'whole' | 'missing'
}

/**
 * Reads every byte of a lane, its archived part first. What vanishes meanwhile (archived, replaced)
 * is looked at anew.
 */
export async function examineLane(
  files: FileSystem,
  log_directory: string,
  lane: string,
  archive?: ArchiveFolder,
): Promise<LaneFindings> {
  for (let tries = 1; ; tries++) {
    try {
      const archived = (await archive?.lanes())?.get(lane) ?? []
      return await examineOnce(files, log_directory, lane, archived)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 3) throw error
      archive?.forget()
    }
  }
}

async function examineOnce(
  files: FileSystem,
  log_directory: string,
  lane: string,
  archived: readonly DurableSegment[],
): Promise<LaneFindings> {
  const mark = await readMark(files, join(log_directory, lane))
  const state = await readLaneState(files, log_directory, lane, undefined)
  const { segments, given_up } = state
  const first = segments[0]?.first_position ?? state.durable_position
  const last = segments.at(-1)
  const damages: Damage[] = []
  let tail_bytes = 0
  let end = 0
  // Where a move was cut short the archive may hold the same as the log.
  const older = archived.filter(({ end_position }) => end_position <= first)
  for (const segment of [...older, ...segments]) {
    if (segment.first_position > end) damages.push(missing(state, segment, end))
    if (segment.format === 'parquet') damages.push(...(await importedDamage(files, lane, segment)))
    else {
      const size = await files.size(segment.file)
      const isUnmarked = segment === last && mark === null
      // Without a mark nothing says how much is durable: a bad end is then taken for a torn one.
      const due = isUnmarked ? { ...segment, bytes: size, end_position: null } : segment
      damages.push(...(await liveDamages(files, lane, due)))
      if (segment === last && !isUnmarked) tail_bytes = Math.max(0, size - segment.bytes)
    }
    end = Math.max(end, segment.end_position)
  }
  if (state.durable_position > end) damages.push(goneEnd(state, end))
  const open = damages.filter(({ from }) => !givenUpAt(given_up, from))
  const lost = [...given_up, ...open].reduce((sum, { from, to }) => sum + to - from, 0)
  const records = state.durable_position - lost
  return {
    ...{ lane, records, segments: segments.length, damages: open, given_up, tail_bytes },
    mark: mark === null && last ? 'missing' : 'whole',
  }
}

function missing({ lane }: LaneState, next: DurableSegment, from: number): Damage {
  const reason = 'no segment holds these records'
  return { lane, segment: `before ${next.name}`, from, to: next.first_position, reason }
}

function goneEnd({ lane, durable_position }: LaneState, from: number): Damage {
  const reason = 'no segment holds these records, though they were durable'
  return { lane, segment: 'at the end', from, to: durable_position, reason }
}

async function importedDamage(
  files: FileSystem,
  lane: string,
  segment: DurableSegment,
): Promise<readonly Damage[]> {
  try {
    await verifyImported(files, lane, segment)
    return []
  } catch (error) {
    if (!(error instanceof ClickpathError)) throw error
    const { name, first_position: from, end_position: to } = segment
    return [{ lane, segment: name, from, to, reason: 'its checksum differs' }]
  }
}

type LiveSegment = Omit<DurableSegment, 'end_position'> & { readonly end_position: number | null }

async function liveDamages(
  files: FileSystem,
  lane: string,
  segment: LiveSegment,
): Promise<readonly Damage[]> {
  const file = await files.open(segment.file, 'read')
  try {
    return await damagesIn(file, lane, segment)
  } finally {
    await file.close()
  }
}

async function damagesIn(
  file: OpenFile,
  lane: string,
  { name, first_position, end_position, bytes: to_byte }: LiveSegment,
): Promise<readonly Damage[]> {
  const damages: Damage[] = []
  let [from_byte, position] = [0, first_position]
  for (;;) {
    const end = await goodEndOf(file, { from_byte, position, to_byte })
    if (end.problem === null && (end_position === null || end.position >= end_position)) break
    const whole = await groupAfterDamage(file, end.byte, to_byte)
    const on = whole && whole.position > end.position ? whole : null
    const to = on?.position ?? end_position ?? (await lastClaim(file, end, to_byte))
    if (to === null) break
    const reason = end.problem ?? `it ends before position ${to}`
    damages.push({ lane, segment: name, from: end.position, to, reason })
    if (!on) break
    from_byte = on.byte
    position = on.position
  }
  return damages
}

/** Where damage ends that no mark bounds; null for a torn end, which the next start cuts off. */
async function lastClaim(file: OpenFile, end: GoodEnd, to_byte: number): Promise<number | null> {
  if (end.problem === null || !(await followedByMore(file, end.byte, to_byte))) return null
  return Math.max(end.position + 1, (await claimedEnd(file, end.byte, to_byte)) ?? 0)
}
