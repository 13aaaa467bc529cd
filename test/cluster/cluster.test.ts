/** One broker and Spark by itself: started, asked, killed, started again, ended. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { down, startPart, stopPart, up } from '../../deploy/cluster/cluster.ts'
import { readOptions } from '../../deploy/cluster/options.ts'
import { statusOf } from '../../deploy/cluster/status.ts'
import { read, readStream, sql, sqlOver } from '../../src/engine/spark/connect/relations.ts'
import { cluster } from './command.ts'
import { createTopic } from './create_topic.ts'
import { whyNot } from './prerequisites.ts'
import {
  countNumbers,
  numbersOf,
  partIn,
  quiet,
  trialFolder,
  withSpark,
  writeNumbers,
} from './trial.ts'

const PORT_BASE = 22_000
const KAFKA = `127.0.0.1:${PORT_BASE}`
const CONNECT = PORT_BASE + 20
const OPTIONS = ['--port-base', String(PORT_BASE), '--memory', '1g']
const options = readOptions({ 'port-base': String(PORT_BASE), memory: '1g' })
const sumBelow = (count: number) => (count * (count - 1)) / 2

describe('one broker and Spark', { skip: await whyNot() }, () => {
  const folder = trialFolder()
  const dir = ['--dir', folder]

  before(async () => {
    // Two at once, as two terminals or two test files may.
    const both = [1, 2].map(() => cluster(['up', ...dir, ...OPTIONS, '--json']))
    for (const { code, stderr } of await Promise.all(both)) assert.equal(code, 0, stderr)
  })

  test('started twice at once it is one cluster, and a third time changes nothing', async () => {
    const { parts } = JSON.parse((await cluster(['status', ...dir, '--json'])).stdout)
    assert.deepEqual(
      parts.map(({ name, state }: Record<string, unknown>) => [name, state]),
      [
        ['kafka-1', 'running'],
        ['spark-connect', 'running'],
      ],
    )
    const again = await cluster(['up', ...dir, ...OPTIONS, '--json'])
    const pidsOf = (list: readonly { readonly pid: number }[]) => list.map(({ pid }) => pid)
    assert.deepEqual(pidsOf(JSON.parse(again.stdout).parts), pidsOf(parts))
    const { stdout } = await cluster(['status', ...dir])
    assert.match(stdout, /every batch is flushed to disk/)
    assert.match(stdout, new RegExp(`kafka://${KAFKA}\nS?.*\n?.*sc://127.0.0.1:${CONNECT}`))
  })

  test('another kind of cluster in the same folder is refused while this one runs', async () => {
    await assert.rejects(up(folder, { ...options, cores: 1 }, quiet), /cluster of another kind/)
  })

  test('Spark has the Kafka connector: it reads a topic as a batch and as a stream', async () => {
    await createTopic(KAFKA, 'numbers', { partitions: 3, copies: 1 })
    await withSpark(CONNECT, async (session) => {
      await writeNumbers(session, KAFKA, 'numbers', { first: 0, count: 1_000 })
      const counted = await countNumbers(session, KAFKA, 'numbers')
      assert.deepEqual(counted, { n: 1_000, total: sumBelow(1_000) })
      const stream = await session.startStream({
        input: readStream(numbersOf(KAFKA, 'numbers')),
        format: 'memory',
        mode: 'append',
        name: 'streamed',
        trigger: 'available now',
        checkpoint: join(folder, 'data', 'streamed'),
      })
      assert.equal(await stream.awaitTermination(60_000), 'ended')
      const [row] = await session.collect(sql('SELECT count(*) AS n FROM streamed'))
      assert.equal(Number(row?.n), 1_000)
    })
  })

  test('a killed broker is told as ended; `up` starts it alone, and every message is there', async () => {
    const spark = await partIn(folder, 'spark-connect')
    await stopPart(folder, 'kafka-1', 'killed', quiet)
    const status = await cluster(['status', ...dir, '--json'])
    assert.equal(status.code, 1)
    assert.equal(JSON.parse(status.stdout).parts[0].state, 'ended')
    assert.match((await cluster(['status', ...dir])).stdout, /cluster:up -- --brokers 1.*--port/)
    const again = await cluster(['up', ...dir, ...OPTIONS])
    assert.equal(again.code, 0, again.stderr)
    assert.match(again.stderr, /Starting kafka-1/)
    assert.equal((await partIn(folder, 'spark-connect')).pid, spark.pid)
    const counted = await withSpark(CONNECT, (session) => countNumbers(session, KAFKA, 'numbers'))
    assert.deepEqual(counted, { n: 1_000, total: sumBelow(1_000) })
  })

  test('a killed Spark server starts again, and a query goes on from its checkpoint', async () => {
    const output = join(folder, 'data', 'output')
    const drain = () =>
      withSpark(CONNECT, async (session) => {
        const stream = await session.startStream({
          input: readStream(numbersOf(KAFKA, 'numbers')),
          format: 'parquet',
          mode: 'append',
          trigger: 'available now',
          checkpoint: join(folder, 'data', 'checkpoint'),
          to: { path: output },
        })
        assert.equal(await stream.awaitTermination(60_000), 'ended')
        const written = sqlOver(
          'SELECT count(*) AS n, count(DISTINCT value) AS kinds FROM written',
          {
            written: read({ format: 'parquet', paths: [output] }),
          },
        )
        const [row] = await session.collect(written)
        return [Number(row?.n), Number(row?.kinds)]
      })
    assert.deepEqual(await drain(), [1_000, 1_000])
    await stopPart(folder, 'spark-connect', 'killed', quiet)
    await startPart(folder, 'spark-connect', quiet)
    await withSpark(CONNECT, (session) =>
      writeNumbers(session, KAFKA, 'numbers', { first: 1_000, count: 500 }),
    )
    assert.deepEqual(await drain(), [1_500, 1_500])
  })

  test('ended, its data stays until it is wiped, and fits no other number of brokers', async () => {
    const { code, stdout } = await cluster(['down', ...dir, '--json'])
    assert.equal(code, 0)
    assert.deepEqual(new Set(JSON.parse(stdout).ended), new Set(['kafka-1', 'spark-connect']))
    assert.equal((await statusOf(folder)).state, 'none')
    const three = { ...options, brokers: 3, replication: 3 }
    await assert.rejects(up(folder, three, quiet), /of 1 broker\(s\), not 3.*--wipe/)
    assert.equal(existsSync(join(folder, 'data', 'kafka-1')), true)
    await down(folder, 'wipe', quiet)
    assert.equal(existsSync(join(folder, 'data')), false)
  })
})

test('a process that got the pid of one of ours is neither shown nor ended', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-cluster-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const ours = { pid: process.pid, began: 'before', version: '1', since: '2026-01-01T00:00:00Z' }
  const parts = { 'kafka-1': ours, 'spark-connect': ours }
  writeFileSync(join(folder, 'state.json'), JSON.stringify({ options, parts }))
  const status = await statusOf(folder)
  assert.deepEqual(
    status.parts.map(({ state, pid }) => [state, pid]),
    [
      ['ended', null],
      ['ended', null],
    ],
  )
  // This very process would be ended.
  assert.deepEqual(await down(folder, 'keep', quiet), [])
})
