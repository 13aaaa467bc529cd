/**
 * The processes of this machine: whether one still runs, and that it is the same one. A pid alone
 * could belong to another process by now, hence the time that the process began.
 */
import { readFile } from 'node:fs/promises'

export interface Processes {
  /** The pid of this process. */
  readonly own: number
  /**
   * When a process began, as a text that no other process of this machine shares (empty where the
   * machine does not tell); null: it is gone.
   */
  startOf(pid: number): Promise<string | null>
}

/** Places in /proc/PID/stat, counted after the command's closing bracket. */
const STAT_STATE = 0
const STAT_STARTED = 19

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // ESRCH: the process ended between opening and reading its /proc file.
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null
    throw error
  })
}

function isSignallable(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export const realProcesses: Processes = Object.freeze({
  own: process.pid,
  async startOf(pid: number): Promise<string | null> {
    const boot = await readText('/proc/sys/kernel/random/boot_id')
    if (boot === null) return isSignallable(pid) ? '' : null
    const stat = await readText(`/proc/${pid}/stat`)
    if (stat === null) return null
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie writes nothing any more; it only waits for its parent to notice.
    if (fields[STAT_STATE] === 'Z' || fields[STAT_STATE] === 'X') return null
    return `${boot.trim()}-${fields[STAT_STARTED]}`
  },
})
