/**
 * The log, read whole: damage with the way out, torn ends, and times that cannot be. Records that
 * are given up are given up here, and only when somebody asks for it.
 */
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveFolder } from '../../log/files/archive_folder.ts'
import { type Damage, examineLane, type LaneFindings } from '../../log/files/examine.ts'
import { realFiles } from '../../log/files/file_system.ts'
import { giveUp } from '../../log/files/given_up.ts'
import { writersOf } from '../../log/files/lane_lock.ts'
import { listLanes, readLaneState } from '../../log/files/lane_state.ts'
import { thisMachine } from '../../log/files/machine.ts'
import { messageOf } from '../../std/errors.ts'
import { bytesText, countText, durationText } from '../numbers.ts'
import { type Check, type Finding, note, ok, type Patient, problem } from './finding.ts'

const SKIP = 'clickpath doctor --skip-damaged'
const AHEAD_MS_MAX = 300_000
const SET_CLOCK =
  'Let the clock be set by NTP (timedatectl). What was received with a wrong time keeps it.'
const TAIL_BYTES = 65_536

/** With `skip`, what is damaged is given up as it is found. */
export async function checkLog(
  { directory, context }: Patient,
  damaged: 'tell' | 'skip',
): Promise<readonly Finding[]> {
  const log = join(directory, 'log')
  const archive = new ArchiveFolder(join(directory, 'archive', 'log'))
  const found: Finding[] = []
  let lanes = 0
  let records = 0
  for (const lane of await listLanes(realFiles, log)) {
    try {
      const findings = await examineLane(realFiles, log, lane, archive)
      const writers = await writersOf(thisMachine, join(log, lane))
      found.push(...laneNotes(findings, writers.length > 0 ? 'written' : 'at rest'))
      for (const damage of findings.damages) {
        if (damaged === 'skip') await skip(join(log, lane), damage, context.clock.now_ms())
        found.push(damaged === 'skip' ? skipped(damage) : damageFound(damage, join(log, lane)))
      }
      lanes += 1
      records += findings.records
    } catch (thrown) {
      found.push(unreadable(lane, thrown))
    }
  }
  const whole = `${countText(records)} records in ${lanes} lanes have the right checksum`
  return [ok('log', whole), ...found]
}

async function skip(lane_directory: string, damage: Damage, now_ms: number): Promise<void> {
  const at = new Date(now_ms).toISOString()
  await giveUp(realFiles, lane_directory, { ...damage, at })
}

function placeOf({ lane, segment, from, to, reason }: Damage): string {
  const records = `positions ${from} to ${to - 1} (${countText(to - from)} records)`
  return `lane ${lane}, segment ${segment}, ${records}: ${reason}; the next good position is ${to}`
}

function damageFound(damage: Damage, lane_directory: string): Finding {
  const said = `Damaged: ${placeOf(damage)}. The tables wait there; all else goes on.`
  const restore = `Restore the segment in ${lane_directory} from a backup`
  const cure = `${restore}, or give these records up for good: ${SKIP}.`
  return problem('log', said, cure)
}

function skipped(damage: Damage): Finding {
  const said = `GIVEN UP: ${placeOf(damage)}. The ledger will count them as lost_to_damage.`
  return note('log', said, 'Who runs goes on by itself. The damaged file is kept as it is.')
}

function unreadable(lane: string, thrown: unknown): Finding {
  const said = `Lane ${lane} cannot be read: ${messageOf(thrown)}.`
  const cure =
    'See the system log for errors of the disk; copy what can be read to a good one, and ask again.'
  return problem('log', said, cure)
}

function laneNotes(
  { lane, tail_bytes, mark, given_up }: LaneFindings,
  state: 'written' | 'at rest',
): readonly Finding[] {
  const torn = `Lane ${lane} ends with ${bytesText(tail_bytes)} that a kill cut off in writing.`
  const unmarked = `Lane ${lane} has no readable durable mark; its last segment tells its end.`
  const next = 'Nothing acknowledged is in doubt; its next start sees to it.'
  return [
    ...(tail_bytes > 0 && state === 'at rest' ? [note('log', torn, next)] : []),
    ...(mark === 'missing' ? [note('log', unmarked, next)] : []),
    ...given_up.map(({ from, to }) => {
      return note('log', `Lane ${lane}: positions ${from} to ${to - 1} were given up earlier.`)
    }),
  ]
}

/** A clock that ran ahead has left times that this machine has yet to see. */
export const checkClock: Check = async ({ directory, context }) => {
  const now_ms = context.clock.now_ms()
  const log = join(directory, 'log')
  const ahead: Finding[] = []
  for (const lane of await listLanes(realFiles, log)) {
    const last_ms = await lastTime(log, lane)
    if (last_ms === null || last_ms - now_ms <= AHEAD_MS_MAX) continue
    const when = new Date(last_ms).toISOString()
    const until = durationText(last_ms - now_ms)
    const why = "this machine's clock was ahead then, or is behind now."
    const said = `Lane ${lane} has records of ${when}, ${until} from now: ${why}`
    ahead.push(problem('clock', said, SET_CLOCK))
  }
  if (ahead.length > 0) return ahead
  return [ok('clock', `no record is later than now, ${new Date(now_ms).toISOString()}`)]
}

/** When the last record of a live lane was received, or its file was written. */
async function lastTime(log: string, lane: string): Promise<number | null> {
  const { segments } = await readLaneState(realFiles, log, lane, undefined)
  const last = segments.findLast(({ bytes }) => bytes > 0)
  if (!last) return null
  const written_ms = (await stat(last.file)).mtimeMs
  if (last.format === 'parquet') return written_ms
  const text = await tailOf(last.file, last.bytes)
  const times = [...text.matchAll(/"received_at":"([^"]+)"/g)].map(([, time]) =>
    Date.parse(time ?? ''),
  )
  return Math.max(written_ms, ...times.filter((time_ms) => !Number.isNaN(time_ms)))
}

async function tailOf(path: string, end: number): Promise<string> {
  const file = await open(path, 'r')
  try {
    const length = Math.min(TAIL_BYTES, end)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, end - length)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
