/**
 * A process that appends to a topic until it is killed, and what its parent knows of it: the ids
 * whose appends it saw acknowledged. An append that is refused is tried again with the same id, as
 * a client does. Run as a program: `kafka_appending_child.ts BROKER TOPIC RUN`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaAddress } from '../../src/log/kafka/address.ts'
import { lines } from '../log/lanes.ts'
import { openWriter } from './kafka_broker.ts'

const APPENDERS = 8
const RETRY_MS = 50
/** Short, so that a test sees what a client is told. */
const SYNC_MS_MAX = 2_000

export interface Appending {
  readonly acknowledged: readonly string[]
  /** Codes of refused appends, each once. */
  readonly refused: ReadonlySet<string>
  /** Resolves once so many ids are acknowledged. */
  reached(count: number): Promise<void>
  kill(): Promise<void>
}

export async function startAppending({ brokers, topic }: KafkaAddress, run: string) {
  const args = ['--disable-warning=ExperimentalWarning', import.meta.filename]
  const child: ChildProcess = spawn(process.execPath, [...args, brokers.join(','), topic, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('the child has no output')
  const acknowledged: string[] = []
  const refused = new Set<string>()
  const ended = once(child, 'close')
  const said = createInterface(child.stdout)
  said.on('line', (line) => {
    if (line.startsWith('!')) refused.add(line.slice(1))
    else acknowledged.push(line)
  })
  const appending: Appending = {
    acknowledged,
    refused,
    async reached(count) {
      while (acknowledged.length < count) {
        await once(said, 'line', { signal: AbortSignal.timeout(60_000) })
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
  await appending.reached(1)
  return appending
}

async function appendUntilKilled(brokers: string, topic: string, run: string): Promise<never> {
  const address = { brokers: brokers.split(','), topic }
  const writer = await openWriter(address, { sync_ms_max: SYNC_MS_MAX })
  const appendOn = async (appender: number): Promise<never> => {
    for (let number = 0; ; number++) {
      const id = `${run}-${appender}-${number}`
      for (;;) {
        try {
          await writer.append(lines(id), 1, [id])
          break
        } catch (thrown) {
          writeSync(1, `!${(thrown as { code?: string }).code}\n`)
          await sleep(RETRY_MS)
        }
      }
      writeSync(1, `${id}\n`)
    }
  }
  return Promise.race(Array.from({ length: APPENDERS }, (_, appender) => appendOn(appender)))
}

if (import.meta.main) {
  const [brokers = '', topic = '', run = ''] = process.argv.slice(2)
  await appendUntilKilled(brokers, topic, run)
}
