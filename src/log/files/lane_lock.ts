/**
 * One writer a lane: an empty file whose name tells the process. Its pid alone could belong to
 * another process by now, hence the time that the process began. It knows processes of this machine
 * (and of this container) only: two machines that share a disk must use lanes of their own.
 *
 *   lock.4711.BOOT_ID-CLOCK_TICKS.UUID     the middle part is empty where there is no /proc
 *
 * Whoever wants the lane first creates a file and then looks for others. Of any two, at least the
 * later one sees the other, so two never hold a lane. Names are never used twice, so removing the
 * file of an ended process can hit no other.
 */
import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ClickpathError } from '../../std/errors.ts'

export interface LaneLock {
  release(): Promise<void>
}

interface Claim {
  readonly name: string
  readonly pid: number
  readonly started: string
}

const CLAIM_NAME = /^lock\.(\d+)\.([^.]*)\.[^.]+$/
/** Places in /proc/PID/stat, counted after the command's closing bracket. */
const STAT_STATE = 0
const STAT_STARTED = 19
const LOOKS_MAX = 10
const LOOK_INTERVAL_MS = 10

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // ESRCH: the process ended between opening and reading its /proc file.
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null
    throw error
  })
}

/**
 * When a process began, as a text that no other process of this machine shares; null: it is gone.
 */
async function startOfProcess(pid: number): Promise<string | null> {
  const boot = await readText('/proc/sys/kernel/random/boot_id')
  if (boot === null) return isSignallable(pid) ? '' : null
  const stat = await readText(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie writes nothing any more; it only waits for its parent to notice.
  if (fields[STAT_STATE] === 'Z' || fields[STAT_STATE] === 'X') return null
  return `${boot.trim()}-${fields[STAT_STARTED]}`
}

function isSignallable(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function claimsIn(directory: string): Promise<readonly Claim[]> {
  const parts = (await readdir(directory)).map((name) => CLAIM_NAME.exec(name))
  return parts
    .filter((part) => part !== null)
    .map(([name, pid, started]) => ({ name, pid: Number(pid), started: started ?? '' }))
}

/** The claims of others that still run; those of ended processes are removed. */
async function livingRivals(directory: string, own: string): Promise<readonly Claim[]> {
  const living: Claim[] = []
  for (const claim of await claimsIn(directory)) {
    if (claim.name === own) continue
    if ((await startOfProcess(claim.pid)) === claim.started) living.push(claim)
    else await rm(join(directory, claim.name), { force: true })
  }
  return living
}

/**
 * Takes the lane in `directory` for this process. Throws `LANE_LOCKED` while another process that
 * still runs, or this one, holds it.
 */
export async function lockLane(directory: string, lane: string): Promise<LaneLock> {
  const started = await startOfProcess(process.pid)
  const own = `lock.${process.pid}.${started ?? ''}.${randomUUID()}`
  const release = (): Promise<void> => rm(join(directory, own), { force: true })
  await writeFile(join(directory, own), '', { flag: 'wx' })
  try {
    for (let look = 1; ; look++) {
      const rivals = await livingRivals(directory, own)
      const [rival] = rivals
      if (!rival) return { release }
      // Tricky: processes that begin together see each other and would all give way. The one whose
      // name sorts first waits for the others to go; if one stays, that one holds the lane.
      const first = rivals.every(({ name }) => own < name)
      if (!first || look === LOOKS_MAX) throw new ClickpathError('LANE_LOCKED', lane, rival.pid)
      await setTimeout(LOOK_INTERVAL_MS)
    }
  } catch (error) {
    await release()
    throw error
  }
}
