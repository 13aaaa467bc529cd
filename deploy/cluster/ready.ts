/** Waiting until a part does what it is for, and telling why when it does not. */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClusterError } from './cluster_error.ts'
import { logOf, type Part, type RunFolder, wordsOf } from './part.ts'
import { isRunning, type Process } from './processes.ts'

/** A cold start of all of it takes half a minute on two cores; a busy machine takes longer. */
const READY_MS_MAX = 180_000
export const PROBE_MS_MAX = 5_000
const LOOK_MS = 200
const LINES_TOLD = 15

/** Throws with the end of its log when it ended, or never answered; and when `signal` says so. */
export async function waitUntilReady(
  part: Part,
  process: Process,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now()
  for (;;) {
    signal.throwIfAborted()
    const answer = await part.probe(PROBE_MS_MAX).then(
      () => 'ready',
      (error: Error) => error.message,
    )
    // In this order: it may be another program that answers for one that has ended.
    if (!(await isRunning(process))) {
      throw new ClusterError(`${part.name} ended while it was starting.${tail(part.name, folder)}`)
    }
    if (answer === 'ready') return
    if (performance.now() - began > READY_MS_MAX) {
      const seconds = READY_MS_MAX / 1_000
      throw new ClusterError(
        `${part.name} did not answer for ${seconds} s: ${answer}.${tail(part.name, folder)}`,
      )
    }
    await sleep(LOOK_MS)
  }
}

function tail(name: string, folder: RunFolder): string {
  const files = [logOf(folder, name), wordsOf(folder, name)].filter((file) => existsSync(file))
  return files
    .map((file) => {
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LINES_TOLD)
      return `\n\n${file} ends with:\n${lines.join('\n')}`
    })
    .join('')
}
