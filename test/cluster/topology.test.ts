/**
 * The roles as separate processes, as on several machines: two collectors that write to one topic,
 * a processor whose batches Spark computes from it, and a server in front of that. Each is killed
 * once while a shop sends to both collectors.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '../../src/serve/status.ts'
import { dataFolder } from '../cli/up_process.ts'
import { seededRandom } from '../oracle/random.ts'
import { check, sayFindings, untilVisible } from '../promises/checks.ts'
import { Client } from '../promises/client.ts'
import { differencesOf } from './both_engines.ts'
import { newTopic, urlOf } from './kafka_broker.ts'
import { NEEDS_KAFKA_AND_SPARK, SPARK } from './spark_server.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/clickpath.js')
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const LOAD_MS = 2_000
const TURN_MS = 100
const VISIBLE_MS_MAX = 180_000

interface RoleProcess {
  readonly url: string
  kill(): Promise<void>
  end(): Promise<number | null>
}

/** Resolves when it says where it answers. */
async function start(t: TestContext, words: readonly string[]): Promise<RoleProcess> {
  const child = spawn(process.execPath, [PROGRAM, ...words, '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const ended = once(child, 'close')
  const url = await Promise.race([
    urlIn(child),
    ended.then(([code]) => {
      throw new Error(`${words[0]} ended with ${code}`)
    }),
  ])
  const by = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return (await ended)[0] as number | null
  }
  return { url, kill: async () => void (await by('SIGKILL')), end: () => by('SIGTERM') }
}

function urlIn(child: ChildProcess): Promise<string> {
  return new Promise((found) => {
    let said = ''
    child.stdout?.on('data', (chunk) => {
      said += chunk
      const [, url] = / at (http:\S+)\n/.exec(said) ?? []
      if (url) found(url)
    })
  })
}

test(
  `two collectors, a processor on Spark, a server (seed ${SEED})`,
  NEEDS_KAFKA_AND_SPARK,
  async (t) => {
    const [kafka = '', engine = ''] = [process.env.CLICKPATH_TEST_KAFKA, SPARK]
    const log = urlOf(newTopic({ hosts: [kafka] }))
    const small = ['--log-reserve-mb', '0', '--threads', '1', '--memory-limit-mb', '400']
    const shared = ['--log', log, '--engine', engine, ...small]
    const [left, right, tables] = [dataFolder(t), dataFolder(t), dataFolder(t)]
    const collect = (data: string) => ['collect', '--data', data, '--port', '0', ...shared]
    const process_ = ['process', '--data', tables, ...shared]
    const serve = ['serve', '--data', tables, ...shared]
    const first = await start(t, collect(left))
    let second = await start(t, collect(right))
    let processor = await start(t, process_)
    let server = await start(t, [...serve, '--port', '0'])

    // One sender to both in turn: what the killed one did not acknowledge goes to the other.
    const client = new Client(first.url, seededRandom(SEED))
    t.after(() => client.abandon())
    const turn = setInterval(() => {
      client.url = client.url === first.url ? second.url : first.url
    }, TURN_MS)
    t.after(() => clearInterval(turn))
    client.begin()
    await sleep(LOAD_MS)
    await second.kill()
    second = await start(t, collect(right))
    await sleep(LOAD_MS)
    await processor.kill()
    const away = await fetch(`${server.url}/api/status`)
    assert.equal(away.status, 503, 'the server says that the processor is being restarted')
    processor = await start(t, process_)
    await server.kill()
    server = await start(t, [...serve, '--port', '0'])
    await sleep(LOAD_MS)
    await client.rest()
    await untilVisible(server.url, VISIBLE_MS_MAX)
    assert.equal(sayFindings(await check(server.url, client.told)), '')
    const status = (await (await fetch(`${server.url}/api/status`)).json()) as Status
    assert.deepEqual(status.uses, { engine, log })
    assert.match(status.versions.spark ?? '', /^\d+\.\d+/)
    assert.equal(status.lanes.length, 6)
    for (const one of [server, processor, first, second]) assert.equal(await one.end(), 0)
    const { differences } = await differencesOf(t, tables, { log, engine })
    assert.deepEqual(differences, [])
  },
)
