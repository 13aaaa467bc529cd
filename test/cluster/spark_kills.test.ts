/**
 * `clickpath up` with its log on three brokers and its batches on two Spark workers, killed part by
 * part while a shop sends: the driver, the Spark server, a worker, a broker. Afterwards all that
 * was acknowledged is in the tables once, they are what a reducer makes of it, and what the
 * embedded engine makes of the same topic.
 */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { up as startCluster, startPart, stopPart } from '../../deploy/cluster/cluster.ts'
import { readOptions } from '../../deploy/cluster/options.ts'
import type { Status } from '../../src/serve/status.ts'
import { dataFolder, startUp, type UpProcess } from '../cli/up_process.ts'
import { seededRandom } from '../oracle/random.ts'
import { check, sayFindings, untilVisible } from '../promises/checks.ts'
import { Client } from '../promises/client.ts'
import { differencesOf } from './both_engines.ts'
import { newTopic, urlOf } from './kafka_broker.ts'
import { whyNot } from './prerequisites.ts'
import { quiet, trialFolder } from './trial.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const PORT_BASE = 23_100
const FLAGS = ['--log-reserve-mb', '0', '--threads', '1', '--memory-limit-mb', '400']
/** Batch follows batch, so that there is always one to fall into. */
const BATCH = ['--batch-records-max', '20000', '--batch-interval-ms', '10']
/** Nobody else may be told so late; here a busy machine is no failure. */
const WAIT_MS_MAX = 600_000
/** Somewhere in a batch. */
const DELAY_MS_MAX = 4_000
const BURST_MS = 200
const LULL_MS = 1_500

async function statusOf({ url }: UpProcess): Promise<Status | null> {
  try {
    const response = await fetch(`${url}/api/status`, { signal: AbortSignal.timeout(5_000) })
    return response.ok ? ((await response.json()) as Status) : null
  } catch {
    return null // Being restarted.
  }
}

async function until(up: UpProcess, what: string, holds: (status: Status) => boolean) {
  const until_ms = performance.now() + WAIT_MS_MAX
  for (;;) {
    const status = await statusOf(up)
    if (status && holds(status)) return status
    if (performance.now() > until_ms) {
      throw new Error(`waited in vain for ${what}: ${JSON.stringify(status?.engine)}`)
    }
    await sleep(100)
  }
}

/** There is always something new, and never more than a batch takes in seconds. */
function sendInBursts(client: Client): { end(): Promise<void> } {
  const ending = new AbortController()
  const bursts = (async () => {
    while (!ending.signal.aborted) {
      client.begin()
      await sleep(BURST_MS)
      await client.rest()
      await sleep(LULL_MS, undefined, { signal: ending.signal }).catch(() => 'told to end')
    }
  })()
  return {
    end: () => {
      ending.abort()
      return bursts
    },
  }
}

/** What is killed, how, and when. */
interface Scene {
  readonly up: UpProcess
  /** Resolves after a further batch, somewhere in the next one. */
  inABatch(): Promise<void>
  kill(part: string): Promise<void>
  start(part: string): Promise<void>
}

async function killDriver({ up, inABatch }: Scene): Promise<void> {
  for (let kill = 0; kill < 2; kill++) {
    await inABatch()
    const { pid } = up.running('serve')
    process.kill(pid, 'SIGKILL')
    await up.replaced('serve', pid)
  }
}

async function killSparkServer({ up, inABatch, kill, start }: Scene): Promise<void> {
  await inABatch()
  const { pid } = up.running('serve')
  await kill('spark-connect')
  const told = await until(up, 'a word of it', ({ concerns }) =>
    concerns.some(({ said }) => /Spark at sc:\S+ does not answer/.test(said)),
  )
  assert.equal(told.engine.state, 'running')
  await start('spark-connect')
  await inABatch()
  assert.equal(up.running('serve').pid, pid, 'the driver went on by itself')
}

async function killPart(part: string, { inABatch, kill, start }: Scene): Promise<void> {
  await inABatch()
  await kill(part)
  await inABatch()
  await start(part)
}

describe(`up on a cluster that is killed part by part (seed ${SEED})`, {
  skip: await whyNot(),
}, () => {
  const folder = trialFolder()
  const words = { brokers: '3', workers: '2', memory: '768m', 'port-base': String(PORT_BASE) }
  const hosts = [0, 1, 2].map((at) => `127.0.0.1:${PORT_BASE + at}`)
  const engine = `sc://127.0.0.1:${PORT_BASE + 20}`

  before(() => startCluster(folder, readOptions(words), quiet))

  test('each acknowledged event is in all tables once, and they equal the embedded ones', async (t) => {
    const random = seededRandom(SEED)
    const log = urlOf(newTopic({ hosts }))
    const directory = dataFolder(t)
    const up = await startUp(directory, [...FLAGS, ...BATCH, '--log', log, '--engine', engine])
    const client = new Client(up.url, random)
    t.after(() => client.abandon())
    const sending = sendInBursts(client)
    const scene: Scene = {
      up,
      inABatch: async () => {
        const now = await until(up, 'an answer', () => true)
        await until(up, 'a batch', ({ engine: { batch } }) => batch > now.engine.batch)
        await sleep(random.below(DELAY_MS_MAX))
      },
      kill: (part) => stopPart(folder, part, 'killed', quiet),
      start: (part) => startPart(folder, part, quiet),
    }
    await t.test('our driver', () => killDriver(scene))
    await t.test('the Spark server, which is missed by name', () => killSparkServer(scene))
    await t.test('a worker', () => killPart('spark-worker-1', scene))
    await t.test('a broker', () => killPart('kafka-2', scene))
    await scene.inABatch()

    await sending.end()
    await untilVisible(up.url, WAIT_MS_MAX)
    assert.equal(sayFindings(await check(up.url, client.told)), '')
    const status = await statusOf(up)
    assert.equal(status?.versions.spark?.split('.').length, 3)
    t.diagnostic(`${client.told.size} events, ${status?.engine.failures} batches failed`)
    up.signal('SIGTERM')
    await up.ended()
    const { tables, differences } = await differencesOf(t, directory, { log, engine })
    assert.deepEqual(differences, [])
    assert.ok(tables >= 30, `${tables} tables`)
  })
})
