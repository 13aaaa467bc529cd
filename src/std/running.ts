/**
 * Who is running on a data folder: DIR/run/<role>.json, written whole or not at all. A file left by
 * a killed process is known as stale, by its process id and that process's start.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './clock.ts'
import { ClickpathError } from './errors.ts'

/** `up` is the supervisor; `serve` is where engine, API and page answer. */
export type RunningRole = 'up' | 'collect' | 'serve'

export interface Running {
  readonly role: RunningRole
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly started_at: string
  /** Where it answers; null while it does not listen by itself. */
  readonly url: string | null
  /** The system's mark of the process's start: tells a reused process id. Null where unknown. */
  readonly process_start: string | null
}

/** The live process of this role on the data folder; undefined when none runs. */
export function findRunning(directory: string, role: RunningRole): Running | undefined {
  const found = readRunning(fileOf(directory, role))
  return found && isAlive(found) ? found : undefined
}

/** Throws `ALREADY_RUNNING` while a live process has the role on the data folder. */
export function requireFree(directory: string, role: RunningRole): void {
  const found = findRunning(directory, role)
  if (!found) return
  const where = found.url === null ? '' : ` at ${found.url}`
  throw new ClickpathError('ALREADY_RUNNING', directory, role, found.pid, where)
}

/**
 * Takes the role on the data folder for this process until `releaseRunning`.
 * Throws `ALREADY_RUNNING` while another live process has it.
 */
export function claimRunning(
  directory: string,
  role: RunningRole,
  url: string | null,
  clock: Clock,
): void {
  const file = fileOf(directory, role)
  mkdirSync(join(directory, 'run'), { recursive: true })
  const own: Running = {
    role,
    pid: process.pid,
    started_at: new Date(clock.now_ms()).toISOString(),
    url,
    process_start: processStart(process.pid),
  }
  const draft = `${file}.${process.pid}`
  try {
    // Inside: a full disk leaves an empty draft, and whoever starts us tries again and again.
    writeFileSync(draft, `${JSON.stringify(own)}\n`)
    takePlace(draft, file, directory, role)
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Tricky: a link fails where the name is taken, so of two that start at once one wins. What lies
 * there is moved aside before it is judged stale; so nobody removes the winner's fresh file.
 */
function takePlace(draft: string, file: string, directory: string, role: RunningRole): void {
  for (let tries = 0; tries < 5; tries++) {
    if (link(draft, file) === 'linked') return
    // Our own file of before, to be told anew: it changes whole.
    if (readRunning(file)?.pid === process.pid) {
      renameSync(draft, file)
      return
    }
    requireFree(directory, role)
    moveAside(file, `${draft}.stale`)
  }
  throw new ClickpathError('ALREADY_RUNNING', directory, role, '?', '')
}

function link(source: string, target: string): 'linked' | 'taken' {
  try {
    linkSync(source, target)
    return 'linked'
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return 'taken'
    throw thrown
  }
}

function moveAside(file: string, aside: string): void {
  try {
    renameSync(file, aside)
    const moved = readRunning(aside)
    if (moved && isAlive(moved)) linkSync(aside, file)
    rmSync(aside, { force: true })
  } catch {
    // Somebody else moved it first; the next try sees what lies there now.
  }
}

/** Gives the role back; leaves another process's file alone. */
export function releaseRunning(directory: string, role: RunningRole): void {
  const file = fileOf(directory, role)
  if (readRunning(file)?.pid === process.pid) rmSync(file, { force: true })
}

function fileOf(directory: string, role: RunningRole): string {
  return join(directory, 'run', `${role}.json`)
}

function readRunning(file: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Running
  } catch {
    return undefined
  }
}

function isAlive({ pid, process_start }: Running): boolean {
  try {
    process.kill(pid, 0)
  } catch (thrown) {
    // Another user's process may not be signalled, but it lives.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const start = processStart(pid)
  return start === null || process_start === null || start === process_start
}

/**
 * Linux: ticks from boot to the process's start, field 22 of its stat; elsewhere null. A zombie,
 * dead and not yet collected by its parent, answers `dead`.
 */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; fields are counted after it, from field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'dead' : (fields[19] ?? null)
  } catch {
    return null
  }
}
