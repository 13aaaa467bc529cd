/** Executions of the Spark Connect client over streams of answers that end, break and lie still. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Code, ConnectError } from '@connectrpc/connect'
import { connect } from '../../src/engine/spark/connect/connect.ts'
import { RetryInfoSchema } from '../../src/engine/spark/connect/generated/error_details_pb.ts'
import { sql } from '../../src/engine/spark/connect/relations.ts'
import { batch, COMPLETE, fakeSpark, type Stream, sparkAnswer } from './fake_spark.ts'

const ASKED = sql('SELECT n')
const rows = (...values: readonly number[]): readonly object[] => values.map((n) => ({ n }))

/** A stream that gives these and ends well. */
const giving = (...responses: readonly ReturnType<typeof batch>[]): Stream =>
  async function* () {
    yield* responses
  }
const failing = (error: ConnectError, ...before: readonly ReturnType<typeof batch>[]): Stream =>
  async function* () {
    yield* before
    throw error
  }

test('goes on after the last response, whether a stream of answers ends early or breaks', async (t) => {
  const spark = await fakeSpark(t)
  spark.streams.push(
    giving(batch('r1', [1]), batch('r2', [2])),
    async function* () {
      yield batch('r3', [3])
      // Given time to arrive: what was not received is asked for again.
      await sleep(50)
      spark.breakConnections()
      yield batch('never arrives', [4])
    },
    failing(sparkAnswer('INVALID_CURSOR.DISCONNECTED')),
    giving(batch('r4', [4]), COMPLETE),
  )
  assert.deepEqual(await spark.session.collect(ASKED), rows(1, 2, 3, 4))
  assert.equal(spark.executed.length, 1)
  assert.deepEqual(
    spark.reattached.map(({ lastResponseId }) => lastResponseId),
    ['r2', 'r3', 'r3'],
  )
  const [executed] = spark.executed
  assert.ok(spark.reattached.every(({ operationId }) => operationId === executed?.operationId))
  await spark.session.close()
  assert.deepEqual(
    spark.released.map(({ operationId, release }) => [operationId, release.case]),
    [[executed?.operationId, 'releaseAll']],
  )
})

test('an operation that never began is begun again under its id, one that had begun is not', async (t) => {
  const spark = await fakeSpark(t)
  spark.streams.push(
    failing(new ConnectError('starting', Code.Unavailable)),
    failing(sparkAnswer('INVALID_HANDLE.OPERATION_NOT_FOUND')),
    giving(batch('r1', [1]), COMPLETE),
  )
  assert.deepEqual(await spark.session.collect(ASKED), rows(1))
  assert.equal(spark.executed.length, 2)
  assert.equal(spark.executed[0]?.operationId, spark.executed[1]?.operationId)

  spark.streams.push(
    failing(new ConnectError('stopping', Code.Unavailable), batch('r1', [1])),
    failing(sparkAnswer('INVALID_HANDLE.OPERATION_NOT_FOUND')),
  )
  await assert.rejects(spark.session.collect(ASKED), {
    kind: 'operation_lost',
    errorClass: 'INVALID_HANDLE.OPERATION_NOT_FOUND',
  })
  assert.equal(spark.executed.length, 3)
})

test('an operation that is there already is taken up, not refused', async (t) => {
  const spark = await fakeSpark(t)
  spark.streams.push(
    failing(sparkAnswer('INVALID_HANDLE.OPERATION_ALREADY_EXISTS')),
    giving(batch('r1', [1]), COMPLETE),
  )
  assert.deepEqual(await spark.session.collect(ASKED), rows(1))
  assert.deepEqual([spark.executed.length, spark.reattached.length], [1, 1])
})

test('a server that has nothing to say is waited for longer than one that is gone', async (t) => {
  const spark = await fakeSpark(t, { bounds: { retry_ms_max: 30 } })
  const silent: Stream = async function* () {
    await sleep(20)
    yield* []
  }
  spark.streams.push(...Array.from({ length: 5 }, () => silent), giving(batch('r1', [1]), COMPLETE))
  assert.deepEqual(await spark.session.collect(ASKED), rows(1))

  const gone = failing(new ConnectError('gone', Code.Unavailable))
  spark.streams.push(...Array.from({ length: 100 }, () => gone))
  await assert.rejects(spark.session.collect(ASKED), { kind: 'unreachable', message: /gone/ })
})

test('waits as long as the server asks for', async (t) => {
  const spark = await fakeSpark(t)
  const retryDelay = { seconds: 0n, nanos: 60_000_000 }
  const busy = new ConnectError('busy', Code.ResourceExhausted, undefined, [
    { desc: RetryInfoSchema, value: { retryDelay } },
  ])
  spark.streams.push(failing(busy), giving(batch('r1', [1]), COMPLETE))
  const began_ms = performance.now()
  assert.deepEqual(await spark.session.collect(ASKED), rows(1))
  assert.ok(performance.now() - began_ms >= 59)
})

test('progress is no place to go on from', async (t) => {
  const spark = await fakeSpark(t)
  const progress = { responseType: { case: 'executionProgress', value: {} } } as const
  spark.streams.push(giving(batch('r1', [1]), progress), giving(batch('r2', [2]), COMPLETE))
  assert.deepEqual(await spark.session.collect(ASKED), rows(1, 2))
  assert.deepEqual(
    spark.reattached.map(({ lastResponseId }) => lastResponseId),
    ['r1'],
  )
})

test('lets the server forget what has arrived, while more comes', async (t) => {
  const spark = await fakeSpark(t, { bounds: { rows_max: 2_000_000 } })
  const large = Array.from({ length: 600_000 }, (_, at) => at)
  spark.streams.push(giving(batch('r1', large), batch('r2', large), batch('r3', [3]), COMPLETE))
  assert.equal((await spark.session.collect(ASKED)).length, 1_200_001)
  await spark.session.close()
  const released = spark.released.map(({ release }) =>
    release.case === 'releaseUntil' ? release.value.responseId : release.case,
  )
  assert.deepEqual(released.sort(), ['r2', 'releaseAll'])
})

test('a message beyond the bound is refused and told', async (t) => {
  const spark = await fakeSpark(t, { bounds: { message_bytes_max: 10_000 } })
  spark.streams.push(
    giving(
      batch(
        'r1',
        Array.from({ length: 10_000 }, () => 1),
      ),
      COMPLETE,
    ),
  )
  await assert.rejects(spark.session.collect(ASKED), { kind: 'too_large' })
  const query = sql(`SELECT '${'x'.repeat(10_000)}'`)
  await assert.rejects(spark.session.collect(query), { kind: 'too_large' })
})

test('a session knows one life of its server until it is renewed', async (t) => {
  const spark = await fakeSpark(t, { parameters: ';token=a%25b' })
  spark.life = 'second'
  await spark.session.version()
  await spark.session.version()
  await spark.session.renew()
  await spark.session.version()
  assert.deepEqual(spark.observed, [undefined, 'first', 'first', undefined, 'second'])
  assert.deepEqual(new Set(spark.tokens), new Set(['Bearer a%b']))
  await assert.rejects(spark.session.renew('no uuid'), { kind: 'argument' })
})

test('what is asked after the end is refused, and an unreachable server is named', async (t) => {
  const spark = await fakeSpark(t)
  await spark.session.close()
  await assert.rejects(spark.session.version(), { kind: 'interrupted' })
  await assert.rejects(spark.session.collect(ASKED), { kind: 'interrupted' })
  const bounds = { retry_ms_max: 50, connect_ms_max: 50 }
  await assert.rejects(connect('sc://127.0.0.1:1', { bounds }), {
    kind: 'unreachable',
    message: /127\.0\.0\.1:1\b.*ECONNREFUSED/,
  })
})
