/**
 * Those who use the log in the torture: each is a process with something open, which it opens again
 * after every failure, as the product does.
 */
import type { Clock } from '../../../src/std/clock.ts'
import { ClickpathError } from '../../../src/std/errors.ts'
import type { Computer, PlannedFault, Process } from './computer.ts'

/** More than a fault can last, in tries that are seconds apart. */
export const TRIES_MAX = 12
const STEP_MS = 1_000

interface Closable {
  close(): Promise<void>
}

/** Nothing can go on: the power is gone. */
export class PowerLost extends Error {}

export class User<T extends Closable> {
  open: T | null = null
  process: Process | null = null
  readonly #computer: Computer
  readonly #fault: PlannedFault | null
  readonly #openBy: (machine: Process['machine'], clock: Clock) => Promise<T>
  /** Looks at what others are told while an operation hangs. */
  readonly #whileHanging: () => Promise<void>

  constructor(
    computer: Computer,
    fault: PlannedFault | null,
    openBy: (machine: Process['machine'], clock: Clock) => Promise<T>,
    whileHanging: () => Promise<void> = async () => {},
  ) {
    this.#computer = computer
    this.#fault = fault
    this.#openBy = openBy
    this.#whileHanging = whileHanging
  }

  async reopen(): Promise<void> {
    if (this.open) await this.during(() => this.close())
    await this.opened()
  }

  async close(): Promise<void> {
    const { open, process } = this
    this.open = null
    try {
      await open?.close()
    } catch (error) {
      expectFault(error)
      process?.end('kill')
    }
    this.#checkClosed(process)
  }

  #checkClosed(process: Process | null): void {
    if (process?.state === 'runs' && process.open_files !== 0) {
      throw new Error(`${process.open_files} files are left open`)
    }
  }

  /** What the role has open; opened, and its process started, where needed. */
  async opened(): Promise<T> {
    for (let tries = 1; ; tries++) {
      // Tried again first by the same process, then by a new one.
      if (this.process?.state !== 'runs' || (tries > 1 && tries % 2 === 1)) {
        this.process?.end('kill')
        this.process = this.#computer.start()
        this.open = null
      }
      if (this.open) return this.open
      const { process } = this
      await this.during(async () => {
        try {
          this.open = await this.#openBy((process as Process).machine, this.#computer.clock)
        } catch (error) {
          if (tries === TRIES_MAX) throw error
          if (!this.#keptLock(error)) expectFault(error)
          this.#checkClosed(process)
        }
      })
      this.#computer.advance(STEP_MS)
    }
  }

  /** A lock that could not be removed holds until its process ends. */
  #keptLock(error: unknown): boolean {
    const { at, fault } = this.#fault ?? { at: 0 }
    const operation = this.#computer.operations[at - 1]
    return codeOf(error) === 'LANE_LOCKED' && fault?.kind === 'error' && operation === 'remove'
  }

  /** Works until it is done or its process is killed. Throws `PowerLost` when the power goes. */
  async during(work: () => Promise<void>): Promise<void> {
    const { process } = this
    if (!process) throw new Error('nobody is there to do it')
    const hangs = process.hangs()
    const working = work().then(() => 'done' as const)
    const end = await Promise.race([working, process.ended, hangs])
    if (end === 'hangs') {
      await this.#whileHanging()
      process.release()
      await Promise.race([working, process.ended])
    }
    if (this.#computer.power === 'lost') throw new PowerLost()
    if (process.state === 'ended') {
      this.open = null
    }
  }
}

/** Throws an error that is not what the fault says of itself. */
export function expectFault(error: unknown): void {
  const expected = ['EIO', 'ENOSPC']
  if (!expected.includes(codeOf(error)) && !expectedMessage(error)) throw error
}

function expectedMessage(error: unknown): boolean {
  return error instanceof Error && /EIO|ENOSPC|takes no/.test(error.message)
}

export function codeOf(error: unknown): string {
  if (error instanceof ClickpathError) return error.code
  return String((error as NodeJS.ErrnoException | null)?.code)
}
