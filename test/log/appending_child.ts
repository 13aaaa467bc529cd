/**
 * A process that appends to a lane as fast as it can until it is killed, and what its parent knows
 * of it: the ids whose appends it saw acknowledged. Run as a program: `appending_child.ts DATA LANE
 * RUN`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { lines, openWriter } from './lanes.ts'

const APPENDERS = 8

export interface Appending {
  readonly pid: number
  readonly acknowledged: readonly string[]
  /** Resolves once this many ids are acknowledged. */
  reached(count: number): Promise<void>
  /** Kills it with SIGKILL; resolves when it is gone and all it said has been read. */
  kill(): Promise<void>
}

/** Starts the process; resolves when it has opened its lane and had something acknowledged. */
export async function startAppending(data: string, lane: string, run = '0'): Promise<Appending> {
  const child: ChildProcess = spawn(process.execPath, [import.meta.filename, data, lane, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: string[] = []
  const ended = once(child, 'close')
  if (!child.stdout) throw new Error('the child has no output')
  const said = createInterface(child.stdout)
  said.on('line', (line) => acknowledged.push(line))
  const reached = async (count: number): Promise<void> => {
    while (acknowledged.length < count)
      await once(said, 'line', { signal: AbortSignal.timeout(20_000) })
  }
  await reached(1)
  return {
    pid: child.pid ?? 0,
    acknowledged,
    reached,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function appendUntilKilled(data: string, lane: string, run: string): Promise<never> {
  const writer = await openWriter(data, lane, { segment_bytes_max: 20_000 })
  const appendOn = async (appender: number): Promise<never> => {
    for (let number = 0; ; number++) {
      const id = `${run}-${appender}-${number}`
      await writer.append(lines(id), 1)
      writeSync(1, `${id}\n`)
    }
  }
  return Promise.race(Array.from({ length: APPENDERS }, (_, appender) => appendOn(appender)))
}

if (import.meta.main) {
  const [data = '', lane = '', run = ''] = process.argv.slice(2)
  await appendUntilKilled(data, lane, run)
}
