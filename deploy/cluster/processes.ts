/** Starting Java processes that outlive us, and ending those, and no others. */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { realProcesses } from '../../src/log/files/processes.ts'
import { ClusterError } from './cluster_error.ts'
import type { Launch } from './part.ts'

const LOOK_MS = 50
const END_MS_MAX = 20_000

export interface Process {
  readonly pid: number
  /** When it began, as the system tells it: a pid alone could be another process by now. */
  readonly began: string
}

/** What it prints goes to the end of `output`. */
export async function startProcess(
  command: string,
  { args, env, directory }: Launch,
  output: string,
): Promise<Process> {
  const file = openSync(output, 'a')
  try {
    const child = spawn(command, args, {
      cwd: directory,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', file, file],
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    const pid = child.pid ?? 0
    return { pid, began: (await realProcesses.startOf(pid)) ?? '' }
  } catch (error) {
    throw new ClusterError(`${command} could not be started: ${(error as Error).message}`)
  } finally {
    closeSync(file)
  }
}

export async function isRunning({ pid, began }: Process): Promise<boolean> {
  return (await realProcesses.startOf(pid)) === began
}

/** In good order; hard when it takes longer than `most_ms`. */
export async function endProcess(
  of: Process,
  most_ms: number = END_MS_MAX,
): Promise<'ended' | 'killed'> {
  await signal(of, 'SIGTERM')
  if (await isGoneWithin(of, most_ms)) return 'ended'
  await killProcess(of)
  return 'killed'
}

/** At once, as a machine that loses its power. */
export async function killProcess(of: Process): Promise<void> {
  await signal(of, 'SIGKILL')
  if (await isGoneWithin(of, END_MS_MAX)) return
  throw new ClusterError(`Process ${of.pid} does not end though it was killed.`)
}

async function signal(of: Process, name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!(await isRunning(of))) return
  try {
    process.kill(of.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // It ended just now.
  }
}

async function isGoneWithin(of: Process, most_ms: number): Promise<boolean> {
  const began = performance.now()
  while (await isRunning(of)) {
    if (performance.now() - began > most_ms) return false
    await sleep(LOOK_MS)
  }
  return true
}
