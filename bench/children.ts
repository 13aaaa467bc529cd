/**
 * The processes of a bench. Every one has a bound on its life, and all of them are gone when the
 * bench is, however it ends. They are ended by their ids, together with what they started.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { processTree } from './measure/process_tree.ts'

const STOP_MS_MAX = 20_000

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly duration_ms: number
}

export interface Started {
  readonly pid: number
  readonly process: ChildProcess
  /** The first line on standard output; fails when it ends before. */
  readonly firstLine: Promise<string>
  readonly ended: Promise<Ended>
}

export class Children {
  readonly #running = new Set<ChildProcess>()
  readonly #endings = new Set<() => Promise<unknown>>()
  #state: 'open' | 'called off' = 'open'

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        void this.#endAll().then(() => process.exit(1))
      })
    }
  }

  /** What outlives this process is ended by `end` when a signal does; returns how to forget it. */
  alsoEnd(end: () => Promise<unknown>): () => void {
    this.#endings.add(end)
    return () => this.#endings.delete(end)
  }

  async #endAll(): Promise<void> {
    // What goes on meanwhile must start nothing that nobody would end.
    this.#state = 'called off'
    await this.stopAll()
    await Promise.allSettled([...this.#endings].map((end) => end()))
  }

  /** Runs this Node with the arguments; nothing of it is shown. */
  start(args: readonly string[]): Started {
    this.#requireOpen()
    const began_ms = performance.now()
    const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const pid = this.#note(child)
    const line = Promise.withResolvers<string>()
    let [stdout, stderr] = ['', '']
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      const end = stdout.indexOf('\n')
      if (end >= 0) line.resolve(stdout.slice(0, end))
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    const ended = once(child, 'close').then(([code]): Ended => {
      line.reject(new Error(`${args.join(' ')} ended with ${code}: ${stderr || stdout}`))
      return {
        code: code as number | null,
        stdout,
        stderr,
        duration_ms: performance.now() - began_ms,
      }
    })
    line.promise.catch(() => undefined) // Not everybody waits for a first line.
    return { pid, process: child, firstLine: line.promise, ended }
  }

  /** Runs a module of ours with a channel to it. */
  fork(module: string): ChildProcess {
    this.#requireOpen()
    const child = fork(module, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#note(child)
    return child
  }

  /** In good order (SIGTERM); hard, with all that it started, when that takes too long. */
  async stop(child: ChildProcess): Promise<'stopped' | 'killed'> {
    if (!this.#running.has(child) || child.pid === undefined) return 'stopped'
    const gone = once(child, 'close').then(() => 'stopped' as const)
    child.kill('SIGTERM')
    const how = await Promise.race([gone, sleep(STOP_MS_MAX, 'late' as const, { ref: false })])
    if (how === 'stopped') return 'stopped'
    for (const { pid } of processTree(child.pid)) killNow(pid)
    child.kill('SIGKILL')
    await gone
    return 'killed'
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.stop(child)))
  }

  #requireOpen(): void {
    if (this.#state === 'called off') throw new Error('the bench was called off')
  }

  #note(child: ChildProcess): number {
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    if (child.pid === undefined) throw new Error('a process could not be started')
    return child.pid
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

/** Fails when the work takes longer; the work itself goes on until its processes are ended. */
export async function within<T>(most_ms: number, what: string, work: Promise<T>): Promise<T> {
  const cancel = new AbortController()
  const late = sleep(most_ms, undefined, { signal: cancel.signal }).then(() => {
    throw new Error(`${what} took longer than ${most_ms / 1_000} s`)
  })
  late.catch(() => undefined) // Cancelled, or the race below has told of it.
  try {
    return await Promise.race([work, late])
  } finally {
    cancel.abort()
  }
}
