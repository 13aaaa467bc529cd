/** Three brokers, a standalone master with two workers: what each of them may lose. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { partsOf, startPart, stopPart, up } from '../../deploy/cluster/cluster.ts'
import { readOptions } from '../../deploy/cluster/options.ts'
import { runFolder } from '../../deploy/cluster/part.ts'
import { statusOf } from '../../deploy/cluster/status.ts'
import { sql } from '../../src/engine/spark/connect/relations.ts'
import { createTopic } from './create_topic.ts'
import { whyNot } from './prerequisites.ts'
import { countNumbers, partIn, quiet, trialFolder, withSpark, writeNumbers } from './trial.ts'

const PORT_BASE = 22_100
const KAFKA = [0, 1, 2].map((at) => `127.0.0.1:${PORT_BASE + at}`).join(',')
const CONNECT = PORT_BASE + 20
const MASTER_PAGE = PORT_BASE + 31

interface MasterPage {
  readonly aliveworkers: number
  readonly activeapps: readonly { readonly cores: number }[]
}

async function askMaster(): Promise<MasterPage> {
  return (await (await fetch(`http://127.0.0.1:${MASTER_PAGE}/json/`)).json()) as MasterPage
}

/** A sum for which every core gets some work. */
async function sumOnAll(): Promise<number> {
  return withSpark(CONNECT, async (session) => {
    const [row] = await session.collect(sql('SELECT sum(id) AS total FROM range(0, 100000, 1, 8)'))
    return Number(row?.total)
  })
}

/** How many processes compute for a worker. */
function executorsOf(worker: number): number {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
  const url = `spark://Worker@127.0.0.1:${PORT_BASE + 39 + worker}`
  return stdout.split('\n').filter((line) => line.includes(url)).length
}

/** They notice by themselves that their worker is gone; one that never does fails the test. */
async function executorsGone(worker: number): Promise<void> {
  while (executorsOf(worker) > 0) await sleep(100)
}

const SUM = (100_000 * 99_999) / 2

describe('three brokers and two workers', { skip: await whyNot() }, () => {
  const folder = trialFolder()
  const words = { brokers: '3', workers: '2', memory: '768m', 'port-base': String(PORT_BASE) }
  const options = readOptions(words)

  before(() => up(folder, options, quiet))

  test('every part runs, and Spark computes on both workers', async () => {
    const { state, kafka, parts } = await statusOf(folder)
    assert.equal(state, 'whole')
    assert.equal(kafka, KAFKA)
    assert.equal(parts.length, 3 + 1 + 2 + 1)
    assert.equal(await sumOnAll(), SUM)
    const { aliveworkers, activeapps } = await askMaster()
    assert.deepEqual([aliveworkers, activeapps.map(({ cores }) => cores)], [2, [2]])
  })

  test('nothing of it can be reached from another machine', async (t) => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    const outside = addresses.find(({ internal, family }) => !internal && family === 'IPv4')
    if (!outside) return t.skip('this machine has no address but its own')
    const ports = partsOf(options, runFolder(folder)).flatMap((part) => part.ports)
    const open = await Promise.all(ports.map((port) => isOpen(outside.address, port)))
    assert.deepEqual(
      ports.filter((_, at) => open[at]),
      [],
    )
    assert.equal(await isOpen('127.0.0.1', CONNECT), true)
  })

  test('with one of three brokers killed messages go on, and it comes back with its own', async () => {
    await createTopic(`127.0.0.1:${PORT_BASE}`, 'copied', { partitions: 3, copies: 3 })
    await withSpark(CONNECT, async (session) => {
      await writeNumbers(session, KAFKA, 'copied', { first: 0, count: 500 })
      await stopPart(folder, 'kafka-2', 'killed', quiet)
      assert.equal((await partIn(folder, 'kafka-2')).state, 'ended')
      await writeNumbers(session, KAFKA, 'copied', { first: 500, count: 500 })
      await startPart(folder, 'kafka-2', quiet)
      assert.deepEqual(await countNumbers(session, KAFKA, 'copied'), { n: 1_000, total: 499_500 })
    })
    assert.equal((await statusOf(folder)).state, 'whole')
  })

  test('with one of two workers killed Spark goes on alone, and takes it back when it returns', async () => {
    assert.equal(executorsOf(1), 1)
    await stopPart(folder, 'spark-worker-1', 'killed', quiet)
    await executorsGone(1)
    assert.equal(await sumOnAll(), SUM)
    assert.equal((await askMaster()).aliveworkers, 1)
    await startPart(folder, 'spark-worker-1', quiet)
    assert.equal((await askMaster()).aliveworkers, 2)
    assert.equal(await sumOnAll(), SUM)
  })
})

function isOpen(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 2_000 })
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('timeout', () => resolve(false))
  }).finally(() => socket.destroy()) as Promise<boolean>
}
