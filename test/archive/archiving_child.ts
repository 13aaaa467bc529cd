/** A process that archives all that it can. Run as a program: `archiving_child.ts DATA`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openProcessor } from '../../src/processor.ts'
import { systemClock } from '../../src/std/clock.ts'
import { readSettings } from '../../src/std/settings.ts'
import { TEST_SETTINGS } from '../engine/shop.ts'
import { ALL, SETTINGS } from './old_shop.ts'

/** Kills the process so long after it has begun to archive, unless it is done first. */
export async function killWhileArchiving(
  data: string,
  after_ms: number,
): Promise<'killed' | 'done'> {
  const child: ChildProcess = spawn(process.execPath, [import.meta.filename, data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('the child has no output')
  const said = createInterface(child.stdout)
  const ended = once(child, 'close')
  await word(said, 'begun')
  const done = word(said, 'done').then(() => 'done' as const)
  const end = await Promise.race([done, sleep(after_ms, 'killed' as const)])
  child.kill('SIGKILL')
  await ended
  return end
}

async function word(said: Interface, expected: string): Promise<void> {
  const [line] = await once(said, 'line', { signal: AbortSignal.timeout(60_000) })
  if (line !== expected) throw new Error(`the child said ${line}`)
}

async function archiveAll(data: string): Promise<void> {
  const processor = await openProcessor({
    directory: data,
    settings: readSettings(TEST_SETTINGS, SETTINGS),
    ...{
      config: {},
      clock: systemClock,
      say: (sentence: string) => process.stderr.write(sentence),
    },
  })
  await processor.engine.catchUp()
  writeSync(1, 'begun\n')
  const { failures } = await processor.housekeeping.archive(ALL)
  writeSync(1, failures.length > 0 ? `${failures.join()}\n` : 'done\n')
  // Until it is killed.
  await sleep(600_000)
}

if (import.meta.main) await archiveAll(process.argv[2] ?? '')
