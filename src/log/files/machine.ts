/**
 * What the log asks of the machine that it runs on, as one argument: files, processes, randomness
 * and timers. The time of day is an argument of its own, since others share that clock.
 */
import { randomBytes } from 'node:crypto'
import { type FileSystem, realFiles } from './file_system.ts'
import { type Processes, realProcesses } from './processes.ts'

export interface Machine {
  readonly files: FileSystem
  readonly processes: Processes
  /** That many random bytes, which nobody else ever draws. */
  readonly random: (bytes: number) => Buffer
  /** Calls once after so many ms; what it answers calls it off. */
  readonly after: (ms: number, call: () => void) => () => void
}

export const thisMachine: Machine = Object.freeze({
  files: realFiles,
  processes: realProcesses,
  random: randomBytes,
  after: (ms: number, call: () => void) => {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
})
