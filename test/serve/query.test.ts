/** Read-only SQL: what a shop's people ask runs; what reaches beyond the tables does not. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { guardSql } from '../../src/serve/sql_guard.ts'
import { event, type Json, openShop } from './shop.ts'

const FILE = '/etc/hostname'

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'what is no SELECT': [
    `COPY (SELECT 1) TO 'stolen.csv'`,
    `COPY events TO 'stolen.csv'`,
    `ATTACH 'other.db' AS other`,
    `INSTALL httpfs`,
    `LOAD httpfs`,
    `PRAGMA database_list`,
    `SET memory_limit = '1TB'`,
    `RESET memory_limit`,
    `CALL pragma_version()`,
    `EXPORT DATABASE 'stolen'`,
    `CREATE TABLE mine AS SELECT 1`,
    `CREATE TEMP VIEW events AS SELECT 1`,
    `CREATE MACRO sum(x) AS 1`,
    `INSERT INTO silver_events SELECT * FROM silver_events`,
    `UPDATE ledger_counts SET stored = 0`,
    `DELETE FROM batches`,
    `DROP TABLE batches`,
    `BEGIN`,
    `CHECKPOINT`,
    `VACUUM`,
    `PREPARE x AS SELECT 1`,
    `EXPLAIN ANALYZE SELECT 1`,
    `DESCRIBE silver_events`,
    `SUMMARIZE events`,
    `FROM (SHOW ALL TABLES)`,
    `FROM (DESCRIBE silver_events)`,
    `WITH x AS (DELETE FROM batches RETURNING *) SELECT * FROM x`,
    '',
    ';',
    '-- nothing',
    'no sql at all',
  ],
  'several statements': [
    `SELECT 1; SELECT 2`,
    `SELECT 1; DROP TABLE batches`,
    `SELECT 1 /* ; */ ; COPY (SELECT 1) TO 'stolen.csv'`,
  ],
  files: [
    `SELECT * FROM '${FILE}'`,
    `SELECT * FROM "${FILE}"`,
    `SELECT * FROM read_text('${FILE}')`,
    `SELECT * FROM read_csv('${FILE}')`,
    `SELECT * FROM read_blob('*')`,
    `SELECT * FROM glob('*')`,
    `SELECT * FROM main.read_text('${FILE}')`,
    `SELECT * FROM parquet_scan('x')`,
    `SELECT (SELECT content FROM read_text('${FILE}'))`,
    `SELECT * FROM range(1), LATERAL (FROM read_text('${FILE}'))`,
    `SELECT * FROM events WHERE brand IN (SELECT content FROM read_text('${FILE}'))`,
    `WITH x AS MATERIALIZED (FROM read_text('${FILE}')) SELECT * FROM x`,
    `SELECT 1 ORDER BY (SELECT content FROM read_text('${FILE}'))`,
    `SELECT 1 LIMIT (SELECT length(content) FROM read_text('${FILE}'))`,
    `SELECT count(*) FILTER (WHERE EXISTS (FROM read_text('${FILE}'))) FROM events`,
    `SELECT sum(price) OVER (ORDER BY (SELECT content FROM read_text('${FILE}'))) FROM events`,
    `FROM (VALUES ((SELECT content FROM read_text('${FILE}'))))`,
    `FROM events PIVOT (sum(price) FOR brand IN (SELECT content FROM read_text('${FILE}')))`,
    `SELECT 1 UNION SELECT length(content) FROM read_text('${FILE}')`,
    `WITH "x.csv" AS (SELECT 1) SELECT * FROM "x.csv"`,
  ],
  'internal tables': [
    `SELECT * FROM silver_events`,
    `SELECT * FROM SILVER_EVENTS`,
    `SELECT * FROM "silver_events"`,
    `SELECT * FROM main.silver_events`,
    `SELECT * FROM clickpath.main.silver_events`,
    `SELECT * FROM clickpath.silver_events`,
    `SELECT * FROM temp.events`,
    `SELECT * FROM temp.main.events`,
    `SELECT * FROM raw`,
    `SELECT * FROM batches`,
    `SELECT * FROM registry`,
    `TABLE ledger_counts`,
    `FROM order_copies`,
    `SELECT (SELECT count(*) FROM silver_events)`,
    `WITH silver_events AS (SELECT * FROM silver_events) SELECT * FROM silver_events`,
    `SELECT * FROM silver_events, (WITH silver_events AS (SELECT 1) FROM silver_events)`,
    `WITH RECURSIVE batches AS (FROM batches UNION ALL FROM batches) FROM batches`,
    `SELECT * FROM events JOIN batches ON TRUE`,
    `SELECT * FROM events WHERE EXISTS (FROM batches)`,
  ],
  'the catalogue': [
    `SELECT * FROM information_schema.tables`,
    `SELECT * FROM pg_catalog.pg_class`,
    `SELECT * FROM pg_class`,
    `SELECT * FROM sqlite_master`,
    `SELECT * FROM duckdb_tables`,
    `SELECT * FROM duckdb_tables()`,
    `SELECT * FROM duckdb_settings()`,
    `SELECT * FROM duckdb_secrets()`,
    `SELECT * FROM pragma_database_size()`,
    `SELECT * FROM pragma_table_info('silver_events')`,
    `WITH sqlite_master AS (SELECT 1) SELECT * FROM sqlite_master`,
    `SELECT * FROM query('SELECT 1')`,
    `SELECT * FROM query_table('silver_events')`,
    `SELECT * FROM json_execute_serialized_sql('{}')`,
    `SELECT * FROM seq_scan('silver_events')`,
    `SELECT * FROM checkpoint()`,
    `SELECT * FROM enable_logging()`,
    `SELECT * FROM which_secret('x', 's3')`,
  ],
  'settings, environment, time and what cannot be interrupted': [
    `SELECT getenv('HOME')`,
    `SELECT current_setting('home_directory')`,
    `SELECT current_setting(x) FROM (VALUES ('temp_directory')) v(x)`,
    `SELECT getvariable('x')`,
    `SELECT nextval('x')`,
    `SELECT current_query()`,
    `SELECT sleep_ms(10000)`,
    `SELECT write_log('x')`,
    `SELECT json_serialize_sql('SELECT 1')`,
    `SELECT repeat('x', 1000000000)`,
    `SELECT lpad('x', 1000000000, 'y')`,
    `SELECT list_transform([1], lambda x: x + 1)`,
    `SELECT [x + 1 FOR x IN [1, 2]]`,
    `SELECT main.getenv('HOME')`,
    `SELECT 'HOME'.getenv()`,
    `SELECT range(1000000000)`,
  ],
}

const ALLOWED: readonly string[] = [
  'SELECT count(*) FROM events',
  'select EVENT_TYPE, sum("value") from Events group by all order by 2 desc limit 3;',
  'FROM event_windows_5m',
  `WITH big AS (SELECT * FROM events WHERE price > 5), more AS (FROM big) SELECT * FROM more`,
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) FROM n`,
  `SELECT e.event_id, row_number() OVER (PARTITION BY category ORDER BY event_time) FROM events e`,
  `SELECT date_trunc('hour', event_time), extract(dow FROM event_time) FROM events`,
  `SELECT properties->'a', properties->>'$.b' FROM events`,
  `SELECT * FROM events ANTI JOIN orders USING (order_id)`,
  `SELECT unnest([1, 2]), {'a': 1}.a, CASE WHEN TRUE THEN 1 END, CAST('1' AS DECIMAL(18, 2))`,
  'SELECT * FROM range(3), generate_series(1, 2)',
  "FROM events PIVOT (count(*) FOR event_type IN ('view', 'cart') GROUP BY category)",
  'SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3',
  `SELECT quantile_cont(price, 0.5), string_agg(brand, ', ' ORDER BY brand) FROM events`,
  'SELECT * FROM invalid_events, ledger, products, customers, enriched_events',
  "SELECT ';', '-- no comment', 'DROP TABLE batches' -- a comment\n",
  'VALUES (1, 2), (3, 4)',
]

test('runs what people ask', async (t) => {
  const shop = await openShop(t)
  await shop.append([event('a', 1), event('b', 2, { event_type: 'cart', price: 2.5 })])
  await shop.catchUp()
  for (const sql of ALLOWED) {
    const { status, body } = await shop.post('/api/query', { sql })
    assert.equal(status, 200, `${sql}: ${body.message}`)
  }
  const sql = 'SELECT event_id, price FROM events WHERE price < ? ORDER BY price'
  const { body } = await shop.post('/api/query', { sql, params: [5] })
  const columns = [
    { name: 'event_id', type: 'text' },
    { name: 'price', type: 'decimal' },
  ]
  assert.deepEqual(body, { columns, rows: [{ event_id: 'b', price: 2.5 }], truncated: false })
  const none = await shop.post('/api/query', { sql: 'SELECT 1 AS one, now() AS t WHERE false' })
  assert.deepEqual(none.body.columns, [
    { name: 'one', type: 'integer' },
    { name: 't', type: 'timestamp' },
  ])
  const answer = await fetch(`${shop.url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: "SELECT '=1+1' AS a, -2 AS b", format: 'csv' }),
  })
  assert.equal(await answer.text(), "a,b\r\n'=1+1,-2\r\n")
})

test('refuses whatever reaches beyond the tables', async (t) => {
  const shop = await openShop(t)
  await shop.append([event('a', 1)])
  await shop.catchUp()
  for (const [what, queries] of Object.entries(REFUSED)) {
    for (const sql of queries) {
      const { status, body } = await shop.post('/api/query', { sql })
      assert.equal(status, 400, `${what}: ${sql} -> ${JSON.stringify(body)}`)
      assert.match(String(body.code), /^(SQL_REFUSED|BAD_REQUEST)$/, sql)
    }
  }
  assert.ok(!existsSync('stolen.csv') && !existsSync('stolen'))
  assert.deepEqual(readdirSync(shop.directory).sort(), ['engine', 'log', 'run'])
  assert.equal((await shop.get('/api/ledger')).balanced, true)
})

test('every kind of function that is not known is refused by the guard itself', async (t) => {
  const shop = await openShop(t)
  const rows = await shop.engine.store.rows(
    `SELECT DISTINCT function_name AS name FROM duckdb_functions()
     WHERE function_type IN ('table', 'table_macro')
       AND function_name NOT IN ('range', 'generate_series', 'unnest')`,
  )
  assert.ok(rows.length > 50)
  for (const { name } of rows) {
    const sql = `SELECT * FROM "${name}"('x')`
    await assert.rejects(guardSql(shop.engine.store, sql, ['events']), /SQL|not run/, sql)
  }
})

test('stops what would never end, and cuts what is too long', async (t) => {
  const settings = { query_ms_max: 200, query_rows_max: 50 }
  const shop = await openShop(t, { settings })
  for (const sql of [
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
    'SELECT count(*) FROM range(100000000) a, range(100000000) b',
    'SELECT max(hash(a.range)) FROM range(100000000000) a',
  ]) {
    const { status, body } = await shop.post('/api/query', { sql })
    assert.deepEqual([status, body.code], [400, 'SQL_STOPPED'], sql)
  }
  const sql = 'SELECT range AS n FROM range(1000000000) ORDER BY n DESC LIMIT 100'
  const { body } = await shop.post('/api/query', { sql: 'SELECT range AS n FROM range(60)' })
  assert.equal(body.truncated, true)
  assert.deepEqual((body.rows as Json[]).at(-1), { n: 49 })
  assert.equal((await shop.post('/api/query', { sql })).status, 400)
  const nested = `SELECT ${'('.repeat(9_000)}1${')'.repeat(9_000)}`
  for (const long of [
    nested,
    `SELECT 1${' + 1'.repeat(4_500)}`,
    ` SELECT '${'x'.repeat(30_000)}'`,
  ]) {
    assert.notEqual((await shop.post('/api/query', { sql: long })).status, 500)
  }
  assert.equal((await shop.get('/healthz')).status, 'ok')
})

test('a mistake in a query is told as such', async (t) => {
  const shop = await openShop(t)
  const { status, body } = await shop.post('/api/query', { sql: 'SELECT colour FROM events' })
  assert.equal(status, 400)
  assert.match(String(body.message), /colour/)
  assert.equal((await shop.post('/api/query', { query: 'SELECT 1' })).status, 400)
  assert.ok(!existsSync(join(shop.directory, 'stolen')))
})

/** Each with the mistake between arrows. */
const MISTAKES = [
  'SELECT *\nFORM >>>events',
  'SELECT category,\n  >>>colour\nFROM events',
  "SELECT 'é', >>>colour FROM events",
  'SELECT * FROM >>>nowhere',
  'SELECT category FROM events WHERE category > >>>read_text(category)',
  `SELECT '${'x'.repeat(300)}', >>>colour FROM events`,
  'SELECT >>>sum(category) FROM events',
  'SELECT category FROM events WHERE>>>',
]

test('says at which character a query is wrong', async (t) => {
  const shop = await openShop(t)
  for (const marked of MISTAKES) {
    const sql = marked.replace('>>>', '')
    const { status, body } = await shop.post('/api/query', { sql })
    assert.equal(status, 400, sql)
    assert.equal(body.position, marked.indexOf('>>>'), `${sql}: ${body.message}`)
    assert.doesNotMatch(String(body.message), /LINE \d/, sql)
  }
})

test('names the functions that a query may call', async (t) => {
  const shop = await openShop(t)
  const { functions } = await shop.get('/api/query/functions')
  assert.ok((functions as string[]).includes('date_trunc'))
  assert.ok(
    (functions as string[]).every((name) => /^[a-z]\w*$/.test(name)),
    `${functions}`,
  )
})
