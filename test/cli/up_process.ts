/** Real `clickpath up` processes for tests: started on a free port and a folder of their own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running, RunningRole } from '../../src/std/running.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/clickpath.js')
const WAIT_MS_MAX = 60_000

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface UpProcess {
  readonly url: string
  readonly directory: string
  /** Who has the role now, as its file tells. */
  running(role: RunningRole): Running
  /** Waits until another process than this one has the role. */
  replaced(role: RunningRole, pid: number): Promise<void>
  signal(signal: NodeJS.Signals): void
  ended(): Promise<Ended>
}

/** A data folder that is gone when the test is; what still runs on it is ended first. */
export function dataFolder(test: { after(work: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath up '))
  test.after(() => {
    for (const role of ['up', 'collect', 'serve'] as const) killRole(directory, role)
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  })
  return directory
}

export interface Launch {
  /** The program's file; that of this checkout otherwise. */
  readonly program?: string
  readonly cwd?: string
  /** In addition to this process's environment; children inherit it. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs one command to its end. */
export async function runToEnd(args: readonly string[], how: Launch = {}): Promise<Ended> {
  return endOf(launch(args, how))
}

/** Starts `up` and waits until everything serves. */
export async function startUp(
  directory: string,
  flags: readonly string[] = [],
  how: Launch = {},
): Promise<UpProcess> {
  const args = ['up', '--data', directory, '--port', '0', '--json', '--log-level', 'warn']
  const child = launch([...args, ...flags], how)
  const ended = endOf(child)
  const bound = setTimeout(() => child.kill('SIGKILL'), WAIT_MS_MAX)
  const first = await Promise.race([firstLine(child), ended])
  clearTimeout(bound)
  if (typeof first !== 'string') throw new Error(`up did not come to serve: ${first.stderr}`)
  return {
    url: (JSON.parse(first) as { url: string }).url,
    directory,
    running: (role) => readRunning(directory, role),
    replaced: (role, pid) => until(`another ${role}`, () => isReplaced(directory, role, pid)),
    signal: (signal) => child.kill(signal),
    ended: () => ended,
  }
}

/** Waits until it holds; fails when it does not come to hold. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited_ms = 0; waited_ms < WAIT_MS_MAX; waited_ms += 20) {
    if (holds()) return
    await sleep(20)
  }
  throw new Error(`waited in vain: ${what}`)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie answers signals; only its parent has yet to notice.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux'
  }
}

function launch(args: readonly string[], { program = PROGRAM, cwd, env }: Launch): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code: code as number | null, stdout, stderr }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((found) => {
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) found(text.slice(0, end))
    })
  })
}

function readRunning(directory: string, role: RunningRole): Running {
  return JSON.parse(readFileSync(join(directory, 'run', `${role}.json`), 'utf8')) as Running
}

/** Tricky: there is no file for a moment, between the stale one's removal and the new one. */
function isReplaced(directory: string, role: RunningRole, pid: number): boolean {
  try {
    return readRunning(directory, role).pid !== pid
  } catch {
    return false
  }
}

function killRole(directory: string, role: RunningRole): void {
  try {
    process.kill(readRunning(directory, role).pid, 'SIGKILL')
  } catch {
    // It has ended already, as it should.
  }
}
