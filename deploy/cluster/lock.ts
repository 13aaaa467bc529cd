/**
 * One at a time: starting and stopping in one run folder, fetching into one cache. Who waits says
 * so; the lock of a process that was killed counts no more.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockLane } from '../../src/log/files/lane_lock.ts'
import { thisMachine } from '../../src/log/files/machine.ts'
import { ClickpathError } from '../../src/std/errors.ts'
import { ClusterError } from './cluster_error.ts'

const LOOK_MS = 100
/** Longer than any start takes, and fetching over a slow line. */
const WAIT_MS_MAX = 15 * 60_000

/** Does the work while no other process (and nobody else in this one) does any in the folder. */
export async function withLock<T>(
  folder: string,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const locks = join(folder, 'lock')
  mkdirSync(locks, { recursive: true })
  const began = performance.now()
  for (let look = 0; ; look++) {
    const lock = await take(locks)
    if (lock !== null) {
      try {
        return await work()
      } finally {
        await lock.release()
      }
    }
    if (look === 0) say(`Another command is at work in ${folder}; waiting for it ...`)
    if (performance.now() - began > WAIT_MS_MAX) {
      throw new ClusterError(`Another command has been at work in ${folder} for a long time.`)
    }
    await sleep(LOOK_MS)
  }
}

async function take(locks: string) {
  try {
    return await lockLane(thisMachine, locks, 'cluster')
  } catch (error) {
    if (error instanceof ClickpathError && error.code === 'LANE_LOCKED') return null
    throw error
  }
}
