/** What an error of the disk means: that it was full and nothing else, or that nobody knows. */
import { messageOf } from '../../std/errors.ts'

/** Whether an error says that the disk, or the quota, is used up. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/**
 * A failed step after which a second try proves nothing, told without its code: a sync that finds
 * the disk full has lost what it was to sync, and the next one calls that durable.
 */
export function uncertain(what: string, error: unknown): Error {
  return new Error(`${what}: ${messageOf(error)}`)
}
