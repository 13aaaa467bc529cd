/**
 * One writer a lane: an empty file whose name tells the process. Its pid alone could belong to
 * another process by now, hence the time that the process began. It knows processes of this machine
 * (and of this container) only: two machines that share a disk must use lanes of their own.
 *
 *   lock.4711.BOOT_ID-CLOCK_TICKS.RANDOM     the middle part is empty where there is no /proc
 *
 * Whoever wants the lane first creates a file and then looks for others. Of any two, at least the
 * later one sees the other, so two never hold a lane. Names are never used twice, so removing the
 * file of an ended process can hit no other.
 */
import { join } from 'node:path'
import { ClickpathError } from '../../std/errors.ts'
import type { Machine } from './machine.ts'

export interface LaneLock {
  release(): Promise<void>
}

interface Claim {
  readonly name: string
  readonly pid: number
  readonly started: string
}

const CLAIM_NAME = /^lock\.(\d+)\.([^.]*)\.[^.]+$/
const ID_BYTES = 16
const LOOKS_MAX = 10
const LOOK_INTERVAL_MS = 10

async function claimsIn({ files }: Machine, directory: string): Promise<readonly Claim[]> {
  const parts = (await files.list(directory)).map(({ name }) => CLAIM_NAME.exec(name))
  return parts
    .filter((part) => part !== null)
    .map(([name, pid, started]) => ({ name, pid: Number(pid), started: started ?? '' }))
}

/** The processes that hold a lane, or want it, and still run; empty where nobody does. */
export async function writersOf(machine: Machine, directory: string): Promise<readonly number[]> {
  const pids: number[] = []
  for (const { pid, started } of await claimsIn(machine, directory)) {
    if ((await machine.processes.startOf(pid)) === started) pids.push(pid)
  }
  return pids
}

/** The claims of others that still run; those of ended processes are removed. */
async function livingRivals(
  machine: Machine,
  directory: string,
  own: string,
): Promise<readonly Claim[]> {
  const { files, processes } = machine
  const living: Claim[] = []
  for (const claim of await claimsIn(machine, directory)) {
    if (claim.name === own) continue
    if ((await processes.startOf(claim.pid)) === claim.started) living.push(claim)
    else await files.remove(join(directory, claim.name))
  }
  return living
}

/**
 * Takes the lane in `directory` for this process. Throws `LANE_LOCKED` while another process that
 * still runs, or this one, holds it.
 */
export async function lockLane(
  machine: Machine,
  directory: string,
  lane: string,
): Promise<LaneLock> {
  const { files, processes } = machine
  const started = await processes.startOf(processes.own)
  const id = machine.random(ID_BYTES).toString('hex')
  const own = `lock.${processes.own}.${started ?? ''}.${id}`
  const release = (): Promise<void> => files.remove(join(directory, own))
  try {
    await (await files.open(join(directory, own), 'new')).close()
    for (let look = 1; ; look++) {
      const rivals = await livingRivals(machine, directory, own)
      const [rival] = rivals
      if (!rival) return { release }
      // Tricky: processes that begin together see each other and would all give way. The one whose
      // name sorts first waits for the others to go; if one stays, that one holds the lane.
      const first = rivals.every(({ name }) => own < name)
      if (!first || look === LOOKS_MAX) throw new ClickpathError('LANE_LOCKED', lane, rival.pid)
      await new Promise<void>((resolve) => machine.after(LOOK_INTERVAL_MS, resolve))
    }
  } catch (error) {
    await release()
    throw error
  }
}
