/**
 * Streaming queries through the Spark Connect client: events in Parquet files, as a table's states
 * would be kept from them. The folders are this machine's, so the server must see them.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Row } from '../../src/engine/spark/connect/arrow_rows.ts'
import { connect } from '../../src/engine/spark/connect/connect.ts'
import {
  deduplicate,
  localRows,
  type Relation,
  read,
  readStream,
  sql,
  sqlOver,
  where,
  withWatermark,
} from '../../src/engine/spark/connect/relations.ts'
import type { SparkSession } from '../../src/engine/spark/connect/session.ts'
import type { StreamStart } from '../../src/engine/spark/connect/stream_start.ts'
import { NEEDS_SPARK, SPARK, sparkSession } from './spark_server.ts'

const COLUMNS = { id: 'string', user: 'string', kind: 'string', ts: 'string' } as const
const SCHEMA = 'id STRING, user STRING, kind STRING, ts STRING'

/** A folder of events that grows file by file, and what is read from it. */
class Shop {
  readonly folder: string
  readonly #session: SparkSession

  constructor(t: TestContext, session: SparkSession) {
    this.folder = mkdtempSync(join(tmpdir(), 'clickpath-spark-'))
    this.#session = session
    // A stream of files refuses a folder that is not there.
    mkdirSync(this.path('events'))
    t.after(async () => {
      // Whatever still runs would write into the folder while it goes.
      for (const query of await session.streams().catch(() => [])) await query.stop()
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  async sells(...events: readonly Row[]): Promise<void> {
    const input = localRows(COLUMNS, events)
    const to = { path: this.path('events') }
    await this.#session.write({ input, format: 'parquet', mode: 'append', to })
  }

  /** What is no event falls out, each id counts once, and the watermark follows the times. */
  events(): Relation {
    const source = { format: 'parquet', schema: SCHEMA, paths: [this.path('events')] }
    const parsed = sqlOver(
      `SELECT id, user, kind, try_to_timestamp(ts) AS event_time FROM raw_events`,
      { raw_events: readStream(source) },
    )
    const valid = where(parsed, 'id IS NOT NULL AND event_time IS NOT NULL')
    return deduplicate(withWatermark(valid, 'event_time', '10 minutes'), ['id'], 'within watermark')
  }

  start(start: Pick<StreamStart, 'input' | 'mode'> & Partial<StreamStart>): StreamStart {
    const checkpoint = this.path(`checkpoint-${start.name ?? 'query'}`)
    return { format: 'memory', trigger: { every_ms: 100 }, checkpoint, ...start }
  }
}

const event = (id: string, ts: string, user = 'u1', kind = 'view'): Row => ({ id, user, kind, ts })

test(
  'a deduplicated stream is counted by the minute, and its rows are updated',
  NEEDS_SPARK,
  async (t) => {
    const session = await sparkSession(t)
    const shop = new Shop(t, session)
    await shop.sells(event('1', '2026-01-01 10:00:10'), event('2', 'no time'))
    assert.equal(await session.isStreaming(shop.events()), true)

    await session.createView('ev', shop.events())
    const users = [{ user: 'u1', country: 'at' }]
    await session.createView('users', localRows({ user: 'string', country: 'string' }, users))
    const counted = sql(
      `SELECT w.start AS minute, country, n, buys FROM (
       SELECT window(event_time, '1 minute') AS w, coalesce(users.country, '??') AS country,
         count(*) AS n, count(*) FILTER (WHERE kind = 'buy') AS buys
       FROM ev LEFT JOIN users ON ev.user = users.user GROUP BY 1, 2)`,
    )
    const plan = await session.explain(counted, 'extended')
    for (const step of ['Aggregate', 'DeduplicateWithinWatermark', 'EventTimeWatermark']) {
      assert.ok(plan.includes(step), `${step} in\n${plan}`)
    }

    const start = shop.start({ input: counted, mode: 'update', name: 'counted' })
    const query = await session.startStream(start)
    await query.processAllAvailable()
    await shop.sells(
      event('1', '2026-01-01 10:00:10'),
      event('3', '2026-01-01 10:00:50', 'u1', 'buy'),
      event('4', '2026-01-01 10:01:00', 'u2'),
    )
    await query.processAllAvailable()

    const minute = '2026-01-01T10:00:00.000000Z'
    assert.deepEqual(await session.collect(sql('FROM counted ORDER BY minute, country, n')), [
      { minute, country: 'at', n: 1, buys: 0 },
      { minute, country: 'at', n: 2, buys: 1 },
      { minute: '2026-01-01T10:01:00.000000Z', country: '??', n: 1, buys: 0 },
    ])

    const status = await query.status()
    assert.equal(status.state, 'active')
    const progress = await query.lastProgress()
    assert.equal(progress?.id, query.id)
    assert.equal(progress.eventTime?.watermark, '2026-01-01T09:51:00.000Z')
    const batches = await query.recentProgress()
    const taken = batches.flatMap(({ sources }) => sources.map(({ numInputRows }) => numInputRows))
    assert.equal(
      taken.reduce((sum, rows) => sum + rows, 0),
      5,
    )
    assert.match(await query.explain(), /StateStoreSave/)
    assert.equal(await query.exception(), undefined)
    assert.equal(await query.awaitTermination(1), 'active')

    await query.stop()
    assert.equal((await query.status()).state, 'ended')
    assert.equal(await query.awaitTermination(1000), 'ended')
    assert.deepEqual(await session.streams(), [])
  },
)

test(
  'a query goes on from its checkpoint, and its Parquet holds each event once',
  NEEDS_SPARK,
  async (t) => {
    const session = await sparkSession(t)
    const shop = new Shop(t, session)
    const silver = shop.path('silver')
    const start = shop.start({
      input: sqlOver('SELECT *, to_date(event_time) AS day FROM silver_events', {
        silver_events: shop.events(),
      }),
      mode: 'append',
      format: 'parquet',
      to: { path: silver },
      partitionBy: ['day'],
      trigger: 'available now',
      name: 'silver',
    })
    const stored = async (): Promise<readonly unknown[]> => {
      const rows = read({ format: 'parquet', paths: [silver] })
      return await session.collect(
        sqlOver('SELECT id, day FROM stored ORDER BY id', { stored: rows }),
      )
    }

    await shop.sells(event('1', '2026-01-01 10:00:00'))
    const first = await session.startStream(start)
    assert.equal(await first.awaitTermination(60_000), 'ended')
    assert.deepEqual(await stored(), [{ id: '1', day: '2026-01-01' }])

    await shop.sells(event('1', '2026-01-01 10:00:00'), event('2', '2026-01-02 10:00:00'))
    const second = await session.startStream(start)
    assert.equal(await second.awaitTermination(60_000), 'ended')
    assert.deepEqual(await stored(), [
      { id: '1', day: '2026-01-01' },
      { id: '2', day: '2026-01-02' },
    ])
    assert.equal(second.id, first.id)
    assert.notEqual(second.runId, first.runId)
  },
)

test(
  'sessions come out when the watermark has passed them, sliding windows overlap',
  NEEDS_SPARK,
  async (t) => {
    const session = await sparkSession(t)
    const shop = new Shop(t, session)
    await session.createView('ev', shop.events())
    const visits = sql(
      `SELECT user, s.start AS began, n FROM (
       SELECT user, session_window(event_time, '5 minutes') AS s, count(*) AS n
       FROM ev GROUP BY 1, 2)`,
    )
    const sliding = sql(
      `SELECT date_format(w.start, 'HH:mm') AS began, n FROM (
       SELECT window(event_time, '10 minutes', '5 minutes') AS w, count(*) AS n
       FROM ev GROUP BY 1)`,
    )
    const queries = [
      await session.startStream(shop.start({ input: visits, mode: 'append', name: 'visits' })),
      await session.startStream(shop.start({ input: sliding, mode: 'complete', name: 'sliding' })),
    ]
    const times = ['10:00:00', '10:04:00', '10:08:30', '10:20:00']
    await shop.sells(...times.map((time, at) => event(String(at), `2026-01-01 ${time}`)))
    for (const query of queries) await query.processAllAvailable()
    assert.deepEqual(await session.collect(sql('FROM sliding ORDER BY began')), [
      { began: '09:55', n: 2 },
      { began: '10:00', n: 3 },
      { began: '10:05', n: 1 },
      { began: '10:15', n: 1 },
      { began: '10:20', n: 1 },
    ])
    // Far later, so that the watermark passes what came before.
    await shop.sells(event('later', '2026-01-01 12:00:00'))
    for (const query of queries) await query.processAllAvailable()
    assert.deepEqual(await session.collect(sql('FROM visits ORDER BY began')), [
      { user: 'u1', began: '2026-01-01T10:00:00.000000Z', n: 3 },
      { user: 'u1', began: '2026-01-01T10:20:00.000000Z', n: 1 },
    ])
  },
)

test(
  'another process finds the queries of a session by its id, and carries on with them',
  NEEDS_SPARK,
  async (t) => {
    const session = await sparkSession(t)
    const shop = new Shop(t, session)
    const input = readStream({ format: 'rate', options: { rowsPerSecond: '5' } })
    const start = shop.start({ input, mode: 'append', format: 'noop', name: 'endless' })
    const started = await session.startStream(start)
    const { id: sessionId } = session
    await session.close()
    await assert.rejects(started.status(), { kind: 'interrupted' })

    const later = await connect(SPARK ?? '', { sessionId })
    t.after(() => later.release())
    const [found] = await later.streams()
    assert.deepEqual([found?.id, found?.runId, found?.name], [started.id, started.runId, 'endless'])
    while ((await found?.lastProgress()) === undefined)
      assert.equal(await found?.exception(), undefined)
    assert.equal((await later.stream(started.id))?.id, started.id)
    await found?.stop()
    assert.equal(await later.stream(started.id), undefined)
  },
)

test(
  'a query that fails says why, and refused ones are told at their start',
  NEEDS_SPARK,
  async (t) => {
    const session = await sparkSession(t)
    const shop = new Shop(t, session)
    await shop.sells(event('no number', '2026-01-01 10:00:00'))
    const input = sqlOver('SELECT CAST(id AS INT) AS n FROM failing_events', {
      failing_events: shop.events(),
    })
    const query = await session.startStream(shop.start({ input, mode: 'append', format: 'noop' }))
    await assert.rejects(query.processAllAvailable(), {
      kind: 'failed',
      message: /CAST_INVALID_INPUT/,
    })
    assert.equal((await query.status()).state, 'ended')
    const exception = await query.exception()
    assert.match(exception?.message ?? '', /CAST_INVALID_INPUT/)
    await assert.rejects(query.awaitTermination(1000), { kind: 'failed' })

    await session.createView('ev', shop.events())
    const distinct = sql('SELECT count(DISTINCT user) AS users FROM ev')
    await assert.rejects(session.startStream(shop.start({ input: distinct, mode: 'update' })), {
      kind: 'failed',
    })
  },
)
