/** The Spark Connect client and a real server: what is asked is what is answered. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Row } from '../../src/engine/spark/connect/arrow_rows.ts'
import { connect } from '../../src/engine/spark/connect/connect.ts'
import { localRows, sql, sqlOver } from '../../src/engine/spark/connect/relations.ts'
import { NEEDS_SPARK, SPARK, sparkSession } from './spark_server.ts'

test(
  'tells the version of the server, and keeps settings in the session',
  NEEDS_SPARK,
  async (t) => {
    const session = await sparkSession(t)
    assert.match(await session.version(), /^4\.\d+\.\d+/)
    await session.setConfig({ 'spark.sql.shuffle.partitions': '3', 'shop.name': 'a' })
    const keys = ['spark.sql.shuffle.partitions', 'shop.name', 'never.set']
    assert.deepEqual(Object.fromEntries(await session.config(keys)), {
      'spark.sql.shuffle.partitions': '3',
      'shop.name': 'a',
    })
    await session.unsetConfig(['shop.name'])
    assert.equal((await session.config(['shop.name'])).size, 0)

    const other = await sparkSession(t)
    assert.equal((await other.config(keys)).get('spark.sql.shuffle.partitions'), '2')
  },
)

const EVERY_TYPE = `SELECT true yes, 1Y tiny, 2S small, 3 whole, 9007199254740991L long,
  9007199254740993L longer, 1.5D double, CAST(-1.2 AS DECIMAL(18,4)) money, 'é' text,
  X'ff00' bytes,
  DATE'1969-12-31' day, TIMESTAMP'2019-10-01 00:00:00.123456' time,
  TIMESTAMP'1969-12-31 23:59:59.999999' before, TIMESTAMP_NTZ'2019-10-01 12:00:00' local,
  INTERVAL '1' YEAR months, INTERVAL '1' SECOND micros, NULL nothing, array(1, NULL) list,
  array(named_struct('n', 1.10BD, 'at', TIMESTAMP'2020-01-01 00:00:00'), NULL) structs,
  array(array(DATE'2020-01-01'), NULL, array()) lists, map('k', 0.5BD) map`

test('gives each type of Spark as a plain value that loses nothing', NEEDS_SPARK, async (t) => {
  const session = await sparkSession(t)
  const [row] = await session.collect(sql(EVERY_TYPE))
  assert.deepEqual(row, {
    yes: true,
    tiny: 1,
    small: 2,
    whole: 3,
    long: 9007199254740991,
    longer: '9007199254740993',
    double: 1.5,
    money: '-1.2000',
    text: 'é',
    bytes: Uint8Array.of(255, 0),
    day: '1969-12-31',
    time: '2019-10-01T00:00:00.123456Z',
    before: '1969-12-31T23:59:59.999999Z',
    local: '2019-10-01T12:00:00.000000',
    months: 12,
    micros: 1_000_000,
    nothing: null,
    list: [1, null],
    structs: [{ n: '1.10', at: '2020-01-01T00:00:00.000000Z' }, null],
    lists: [['2020-01-01'], null, []],
    map: { k: '0.5' },
  })
  const types = new Map(
    (await session.schema(sql(EVERY_TYPE))).map(({ name, type }) => [name, type]),
  )
  assert.equal(types.get('money'), 'decimal(18,4)')
  assert.equal(types.get('structs'), 'array<struct<n:decimal(3,2),at:timestamp>>')
  assert.equal(types.get('map'), 'map<string,decimal(1,1)>')
  assert.equal(types.get('local'), 'timestamp_ntz')
})

test('takes arguments by name, whatever is in them', NEEDS_SPARK, async (t) => {
  const session = await sparkSession(t)
  const given = {
    text: "O'Neill; DROP TABLE x --",
    whole: 1,
    part: 0.5,
    money: { decimal: '-0.0100' },
    time: { timestamp: '2020-01-01T00:00:00.000001Z' },
    nothing: null,
    list: ['a', 'b'],
    yes: true,
    bytes: Uint8Array.of(0, 255),
  }
  const columns = Object.keys(given).map((name) => `:${name} AS ${name}`)
  const expected = { ...given, money: '-0.0100', time: '2020-01-01T00:00:00.000001Z' }
  assert.deepEqual(await session.collect(sql(`SELECT ${columns}`, given)), [expected])
})

const PEOPLE: readonly Row[] = [
  {
    id: 'a',
    visits: '9007199254740993',
    age: -1,
    score: 0.1,
    vip: true,
    since: '2019-10-01T00:00:00.123456Z',
    born: '1969-12-31',
    spent: '-12345678901234.5678',
    tags: ['x', null],
  },
  { id: 'b' },
]
const COLUMNS = {
  id: 'string',
  visits: 'bigint',
  age: 'int',
  score: 'double',
  vip: 'boolean',
  since: 'timestamp',
  born: 'date',
  spent: 'decimal(18,4)',
  tags: 'array<string>',
} as const

test('sends rows of this process, which come back the same', NEEDS_SPARK, async (t) => {
  const session = await sparkSession(t)
  const people = localRows(COLUMNS, PEOPLE)
  const nulls = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null]))
  const expected = PEOPLE.map((row) => ({ ...nulls, ...row }))
  assert.deepEqual(await session.collect(people), expected)
  assert.deepEqual(
    (await session.schema(people)).map(({ name, type }) => [name, type]),
    Object.entries(COLUMNS),
  )
  await session.createView('people', people)
  await session.createView('people', people)
  assert.deepEqual(await session.collect(sql('FROM people ORDER BY id')), expected)
  assert.deepEqual(
    await session.collect(sqlOver('SELECT count(*) AS n FROM these', { these: people })),
    [{ n: 2 }],
  )
  assert.deepEqual(await session.collect(localRows(COLUMNS, [])), [])
})

test('runs statements of any kind once, and gives their rows', NEEDS_SPARK, async (t) => {
  const session = await sparkSession(t)
  assert.deepEqual(await session.run('CREATE TEMP VIEW one AS SELECT 1 AS n'), [])
  assert.deepEqual(await session.run('SELECT n + :more AS n FROM one', { more: 1 }), [{ n: 2 }])
  const views = await session.run('SHOW VIEWS')
  assert.deepEqual(
    views.map(({ viewName }) => viewName),
    ['one'],
  )
})

test('reads a large result batch by batch, each row once', NEEDS_SPARK, async (t) => {
  const session = await sparkSession(t, { bounds: { rows_max: 1000 } })
  const many = sql('SELECT id, uuid() AS filling FROM range(300000)')
  const seen = new Set<unknown>()
  let [batches, rows] = [0, 0]
  for await (const batch of session.rows(many)) {
    batches += 1
    rows += batch.length
    for (const { id } of batch) seen.add(id)
  }
  assert.ok(batches > 1, 'one batch would prove little')
  assert.deepEqual([rows, seen.size], [300_000, 300_000])
  await assert.rejects(session.collect(many), { kind: 'too_large' })
})

test(
  'tells errors by Spark’s class, state, parameters and place in the SQL',
  NEEDS_SPARK,
  async (t) => {
    const session = await sparkSession(t)
    await assert.rejects(session.collect(sql('SELECT nope FROM (SELECT 1 AS hope)')), {
      name: 'SparkError',
      kind: 'failed',
      errorClass: 'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      sqlState: '42703',
      parameters: { objectName: '`nope`', proposal: '`hope`' },
      message: /`nope` cannot be resolved/,
    })
    await assert.rejects(session.collect(sql('SELECT n / 0 AS x FROM VALUES (1) AS t(n)')), {
      kind: 'failed',
      errorClass: 'DIVIDE_BY_ZERO',
      sqlState: '22012',
    })
    await assert.rejects(session.schema(sql('SELEC 1')), {
      kind: 'failed',
      errorClass: 'PARSE_SYNTAX_ERROR',
    })
    await assert.rejects(session.setConfig({ 'spark.sql.warehouse.dir': 'x' }), {
      kind: 'failed',
      errorClass: /^CANNOT_MODIFY/,
    })
    // The session goes on.
    assert.deepEqual(await session.collect(sql('SELECT 1 AS x')), [{ x: 1 }])
  },
)

const FOR_AN_HOUR = sql(
  "SELECT count(*) AS n FROM range(0, 3600000, 1, 1) WHERE reflect('java.lang.Thread', 'sleep', 1L) IS NULL",
)

/** A thousand batches, each after a while. */
const LITTLE_BY_LITTLE = sql(
  "SELECT id FROM range(0, 100000, 1, 1000) WHERE reflect('java.lang.Thread', 'sleep', 1L) IS NOT NULL",
)

/** What still runs at the server for this session, which is ended by it. */
const runs = async (t: TestContext, id: string): Promise<readonly string[]> =>
  (await sparkSession(t, { sessionId: id })).interrupt('all')

test(
  'ends at the server what is aborted, too slow, or left by its reader',
  NEEDS_SPARK,
  async (t) => {
    const session = await sparkSession(t)
    const given = new AbortController()
    const aborted = session.collect(FOR_AN_HOUR, { signal: given.signal })
    setTimeout(() => given.abort(), 500)
    await assert.rejects(aborted, { kind: 'interrupted' })

    const slow = session.collect(FOR_AN_HOUR, { execution_ms_max: 500 })
    await assert.rejects(slow, { kind: 'timeout' })

    for await (const rows of session.rows(LITTLE_BY_LITTLE)) {
      assert.ok(rows.length > 0)
      break
    }
    const client = session.id
    await session.close()
    assert.deepEqual(await runs(t, client), [])
  },
)

test('interrupts an execution by its tag, from another client too', NEEDS_SPARK, async (t) => {
  const session = await sparkSession(t)
  const slow = session.collect(FOR_AN_HOUR, { tags: ['slow'] })
  const interrupted = assert.rejects(slow, {
    kind: 'interrupted',
    errorClass: 'OPERATION_CANCELED',
  })
  const other = await connect(SPARK ?? '', { sessionId: session.id })
  let ids: readonly string[] = []
  while (ids.length === 0) ids = await other.interrupt({ tag: 'slow' })
  assert.equal(ids.length, 1)
  await interrupted
  assert.deepEqual(await other.interrupt('all'), [])
  await other.close()
})

test('a session that was released is lost, and a new id goes on', NEEDS_SPARK, async (t) => {
  const session = await sparkSession(t)
  await session.createView('gone', sql('SELECT 1 AS n'))
  const other = await connect(SPARK ?? '', { sessionId: session.id })
  await other.release()
  await assert.rejects(session.collect(sql('FROM gone')), {
    kind: 'session_lost',
    errorClass: 'INVALID_HANDLE.SESSION_CLOSED',
  })
  await session.renew(crypto.randomUUID())
  assert.deepEqual(await session.collect(sql('SELECT 1 AS x')), [{ x: 1 }])
})

const CLIENT = resolve(import.meta.dirname, '../../src/engine/spark/connect')

test('the example of its README runs as it is written', NEEDS_SPARK, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-example-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const readme = readFileSync(join(CLIENT, 'README.md'), 'utf8')
  const [, example = ''] = /```ts\n([^`]*(?:`[^`]+`[^`]*)*)```/.exec(readme) ?? []
  const here = example
    .replace('sc://127.0.0.1:15002', SPARK ?? '')
    .replace(/\/tmp(?=\/)/, folder)
    .replaceAll("'./", `'${pathToFileURL(CLIENT)}/`)
  const program = join(folder, 'example.ts')
  writeFileSync(program, here)
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /\{ id: 2, n: 20 \}/)
  assert.match(stdout, /failed UNRESOLVED_COLUMN\S* 42703/)
})
