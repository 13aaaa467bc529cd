/**
 * A disk reserve: free space that the log leaves to the engine, and the engine to the machine. It
 * refuses nothing itself; it says whether the writer should.
 */
import type { Clock } from '../../std/clock.ts'
import { messageOf } from '../../std/errors.ts'
import { type FileSystem, realFiles } from './file_system.ts'

const CHECK_INTERVAL_MS = 1_000
const BYTES_PER_MB = 1_000_000

export interface DiskReserveOptions {
  readonly directory: string
  readonly reserve_mb: number
  /** What the reserve is called where an operator sets it. */
  readonly setting: 'log_reserve_mb' | 'store_reserve_mb'
  readonly clock: Clock
  readonly files?: Pick<FileSystem, 'freeBytes'>
}

export class DiskReserve {
  readonly #options: DiskReserveOptions
  #checked_ms = Number.NEGATIVE_INFINITY
  #shortage: string | null = null

  constructor(options: DiskReserveOptions) {
    this.#options = options
  }

  /**
   * Why nothing may grow now, or null. Asks the disk at most once a second; synchronous, since
   * the answer takes microseconds and callers ask before every append.
   */
  shortage(): string | null {
    const now_ms = this.#options.clock.now_ms()
    // The absolute value lets a clock that was set back ask again as well.
    if (Math.abs(now_ms - this.#checked_ms) < CHECK_INTERVAL_MS) return this.#shortage
    this.#checked_ms = now_ms
    this.#shortage = this.#ask()
    return this.#shortage
  }

  /** A write has just found the disk full: refuse until the next check. */
  noteFull(): void {
    this.#checked_ms = this.#options.clock.now_ms()
    this.#shortage = 'the disk is full'
  }

  #ask(): string | null {
    const { directory, reserve_mb, setting, files = realFiles } = this.#options
    try {
      const free_mb = Math.floor(files.freeBytes(directory) / BYTES_PER_MB)
      if (free_mb >= reserve_mb) return null
      return `the disk has ${free_mb} MB left and ${setting} is ${reserve_mb}`
    } catch (error) {
      return `the disk does not say how much is left: ${messageOf(error)}`
    }
  }
}
