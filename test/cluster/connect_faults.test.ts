/**
 * The Spark Connect client when the way to the server breaks, or the server itself: nothing is read
 * twice or left out, and what cannot go on says so by name.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { down, startPart, stopPart, up } from '../../deploy/cluster/cluster.ts'
import type { ClusterOptions } from '../../deploy/cluster/options.ts'
import { portsFrom } from '../../deploy/cluster/ports.ts'
import type { ConnectOptions } from '../../src/engine/spark/connect/connect.ts'
import type { SparkError } from '../../src/engine/spark/connect/errors.ts'
import { localRows, read, readStream, sql } from '../../src/engine/spark/connect/relations.ts'
import type { SparkSession } from '../../src/engine/spark/connect/session.ts'
import type { StreamStart } from '../../src/engine/spark/connect/stream_start.ts'
import { type CuttingProxy, cuttingProxy } from './cutting_proxy.ts'
import { NEEDS_SPARK, SPARK, sparkSession } from './spark_server.ts'

interface Way {
  readonly session: SparkSession
  readonly proxy: CuttingProxy
}

/** A session whose connection the test can cut. */
async function cuttable(t: TestContext, options: ConnectOptions = {}): Promise<Way> {
  const { hostname: host, port } = new URL((SPARK ?? '').replace(/^sc:/, 'http:'))
  const proxy = await cuttingProxy({ host, port: Number(port) })
  const address = `sc://127.0.0.1:${proxy.port}`
  const session = await sparkSession(t, { address, ...options })
  // After the session, which is released through it.
  t.after(() => proxy.close())
  return { session, proxy }
}

test(
  'rows are whole and come once when the connection is cut within them',
  NEEDS_SPARK,
  async (t) => {
    const { session, proxy } = await cuttable(t)
    const before = proxy.connections()
    // Before the first answer, within a frame's head, within batches, and right after another cut.
    proxy.cutAfter(1, 100, 100_000, 3_000_000, 1, 2_000_000)
    let rows = 0
    const seen = new Set<unknown>()
    for await (const batch of session.rows(
      sql('SELECT id, uuid() AS filling FROM range(300000)'),
    )) {
      rows += batch.length
      for (const { id } of batch) seen.add(id)
    }
    assert.deepEqual([rows, seen.size], [300_000, 300_000])
    assert.equal(proxy.connections() - before, 6)
  },
)

test('a statement takes effect once, whenever its connection is cut', NEEDS_SPARK, async (t) => {
  const { session, proxy } = await cuttable(t)
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-spark-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const to = { path: join(folder, 'rows') }
  const input = localRows({ id: 'bigint' }, [{ id: 1 }])
  const writes = 12
  for (let cut = 0; cut < writes; cut += 1) {
    proxy.cutAfter(1 + 25 * cut)
    await session.write({ input, format: 'parquet', mode: 'append', to })
  }
  const written = await session.collect(read({ format: 'parquet', paths: [to.path] }))
  assert.equal(written.length, writes)
})

test('a server out of reach is named, and asked again when it is back', NEEDS_SPARK, async (t) => {
  const bounds = { retry_ms_max: 400, backoff_most_ms: 100 }
  const { session, proxy } = await cuttable(t, { bounds })
  const failed: SparkError[] = []
  using _pinging = session.keepAlive(20, (error) => failed.push(error))
  proxy.refuse()
  await assert.rejects(session.collect(sql('SELECT 1 AS x')), {
    kind: 'unreachable',
    message: new RegExp(`127.0.0.1:${proxy.port}`),
  })
  await assert.rejects(session.version(), { kind: 'unreachable' })
  assert.ok(failed.length > 0)
  assert.ok(failed.every(({ kind }) => kind === 'unreachable'))
  proxy.accept()
  assert.deepEqual(await session.collect(sql('SELECT 1 AS x')), [{ x: 1 }])
})

const PORT_BASE = 24_300
const OPTIONS: ClusterOptions = {
  ...{ brokers: 0, replication: 0, workers: 0, cores: 2, memory_mb: 768 },
  spark: 'local',
  port_base: PORT_BASE,
}
const quiet = (): void => undefined

const LITTLE_BY_LITTLE = sql(
  "SELECT id FROM range(0, 100000, 1, 1000) WHERE reflect('java.lang.Thread', 'sleep', 1L) IS NOT NULL",
)

/** A server of the test's own, which may be killed. */
async function ownServer(t: TestContext): Promise<{ folder: string; address: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-cluster-'))
  t.after(async () => {
    await down(folder, 'wipe', quiet)
    rmSync(folder, { recursive: true, force: true })
  })
  await up(folder, OPTIONS, quiet)
  return { folder, address: `sc://127.0.0.1:${portsFrom(PORT_BASE).connect}` }
}

test(
  'a server killed within a result and started anew is told, and the session goes on',
  NEEDS_SPARK,
  async (t) => {
    const { folder, address } = await ownServer(t)
    const bounds = { retry_ms_max: 120_000 }
    const session = await sparkSession(t, { address, bounds })
    const ticks: StreamStart = {
      input: readStream({ format: 'rate', options: { rowsPerSecond: '20' } }),
      format: 'parquet',
      to: { path: join(folder, 'ticks') },
      mode: 'append',
      trigger: { every_ms: 100 },
      checkpoint: join(folder, 'checkpoint'),
    }
    const stored = async (): Promise<readonly number[]> => {
      const rows = await session.collect(
        read({ format: 'parquet', schema: 'value BIGINT', paths: [join(folder, 'ticks')] }),
      )
      return rows.map(({ value }) => Number(value)).sort((one, other) => one - other)
    }
    const query = await session.startStream(ticks)
    while ((await stored()).length === 0) await query.status()

    let received = 0
    const reading = (async () => {
      for await (const rows of session.rows(LITTLE_BY_LITTLE)) received += rows.length
    })()
    const told = assert.rejects(reading, {
      kind: 'session_lost',
      errorClass: /^INVALID_HANDLE\.SESSION_/,
    })
    while (received === 0) await query.status()
    await stopPart(folder, 'spark-connect', 'killed', quiet)
    await startPart(folder, 'spark-connect', quiet)
    await told
    assert.ok(received > 0 && received < 100_000)

    await assert.rejects(session.version(), { errorClass: 'INVALID_HANDLE.SESSION_CHANGED' })
    await session.renew()
    assert.deepEqual(await session.streams(), [])
    const before = await stored()
    const again = await session.startStream(ticks)
    assert.equal(again.id, query.id)
    while ((await stored()).length <= before.length) {
      assert.equal(await again.exception(), undefined)
    }
    await again.stop()
    const values = await stored()
    // The rate source numbers its rows: none is missing, none is there twice.
    assert.deepEqual(
      values,
      values.map((_, at) => at),
    )
    await session.release()
  },
)
