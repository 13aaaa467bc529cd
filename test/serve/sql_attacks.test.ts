/**
 * Attacks in SQL beyond what test/serve/query.test.ts refuses: each is refused, or stopped within
 * its time and memory, while the engine goes on with its batches.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SettingValues } from '../../src/std/settings.ts'
import { event, openShop, type Shop } from './shop.ts'

const FILE = '/etc/hostname'
const MB = 1_000_000

const times = (count: number, part: (at: number) => string, between = ', ') =>
  Array.from({ length: count }, (_, at) => part(at)).join(between)

/** `wrap` around `core`, again and again. */
const nested = (depth: number, core: string, wrap: (inner: string) => string) => {
  let sql = core
  for (let level = 0; level < depth; level += 1) sql = wrap(sql)
  return sql
}

/** A text of 2^n letters, made without `repeat`. */
const doubled = (n: number, letter = 'x') =>
  `WITH RECURSIVE t(n, s) AS (
     SELECT 0, '${letter}' UNION ALL SELECT n + 1, s || s FROM t WHERE n < ${n})`

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'files by their names': [
    `FROM '${FILE}'`,
    `FROM "${FILE}"`,
    `FROM 'x.parquet'`,
    `FROM "x.parquet"`,
    `FROM 'data/*.csv'`,
    `FROM 'https://evil.example/x.csv'`,
    `FROM "s3://bucket/x.parquet"`,
    `TABLE "keys.json"`,
    `SELECT * FROM events, '${FILE}'`,
    `SELECT * FROM events JOIN "${FILE}" ON TRUE`,
    `WITH "x.csv" AS (FROM events) FROM "x.csv"`,
    `WITH a AS (FROM 'x.csv') FROM a`,
    `SELECT (SELECT a FROM 'x.csv' t(a))`,
    `FROM (FROM (FROM 'x.csv'))`,
    `FROM E'\\x2fetc\\x2fhostname'`,
    `FROM $$${FILE}$$`,
  ],
  'files by functions': [
    `FROM read_csv('${FILE}')`,
    `FROM read_csv_auto('${FILE}')`,
    `FROM sniff_csv('${FILE}')`,
    `FROM read_json('${FILE}')`,
    `FROM read_json_objects('${FILE}')`,
    `FROM read_ndjson('${FILE}')`,
    `FROM read_parquet('${FILE}')`,
    `FROM parquet_metadata('${FILE}')`,
    `FROM parquet_kv_metadata('${FILE}')`,
    `FROM read_text(['${FILE}'])`,
    `FROM read_blob('${FILE}')`,
    `FROM glob('/**')`,
    `FROM "read_text"('${FILE}')`,
    `FROM READ_TEXT('${FILE}')`,
    `FROM read_text/* */('${FILE}')`,
    `FROM read_text -- a comment\n ('${FILE}')`,
    `FROM system.main.read_text('${FILE}')`,
    `FROM "system"."main"."read_text"('${FILE}')`,
    `SELECT * FROM events e, LATERAL read_text(e.page_url)`,
    `SELECT * FROM events e, read_text(e.page_url)`,
    `SELECT * FROM range(2) r, LATERAL (SELECT * FROM glob('/*') WHERE r.range > 0)`,
    `SELECT read_text('${FILE}')`,
    `SELECT '${FILE}'.read_text()`,
    `SELECT unnest(glob('/*'))`,
    `SELECT list_transform(['${FILE}'], f -> read_text(f))`,
    `SELECT list_aggregate(['${FILE}'], 'read_text')`,
    `SELECT apply(['${FILE}'], lambda f: getenv(f))`,
    `SELECT 1 WHERE EXISTS (FROM read_text('${FILE}'))`,
    `SELECT 1 QUALIFY (SELECT count(*) FROM read_text('${FILE}')) > 0`,
    `SELECT 1 GROUP BY ALL HAVING (SELECT count(*) FROM read_text('${FILE}')) > 0`,
    `SELECT sum(price ORDER BY (SELECT content FROM read_text('${FILE}'))) FROM events`,
    `SELECT 1 OFFSET (SELECT length(content) FROM read_text('${FILE}'))`,
    `SELECT * EXCLUDE (a) REPLACE ((SELECT content FROM read_text('${FILE}')) AS b) FROM (SELECT 1 a, 2 b)`,
    `SELECT CASE WHEN TRUE THEN (SELECT content FROM read_text('${FILE}')) END`,
    `SELECT {'a': (SELECT content FROM read_text('${FILE}'))}`,
    `SELECT count(*) FROM events TABLESAMPLE 10 PERCENT, read_text('${FILE}')`,
  ],
  'statements in disguise': [
    `EXPLAIN SELECT 1`,
    `SELECT 1 INTO stolen`,
    `FROM (COPY events TO 'stolen')`,
    `(COPY events TO 'stolen')`,
    `WITH a AS (COPY events TO 'stolen') FROM a`,
    `WITH a AS (INSERT INTO batches SELECT * FROM batches RETURNING *) FROM a`,
    `COPY (FROM events) TO 'stolen' (FORMAT parquet)`,
    `COPY FROM DATABASE store TO other`,
    `ATTACH ':memory:' AS other`,
    `ATTACH 'postgres://evil.example' AS other (TYPE postgres)`,
    `DETACH store`,
    `USE memory`,
    `IMPORT DATABASE 'stolen'`,
    `EXPORT DATABASE 'stolen' (FORMAT csv)`,
    `FORCE INSTALL httpfs FROM community`,
    `LOAD '/evil.duckdb_extension'`,
    `UPDATE EXTENSIONS`,
    `SET VARIABLE x = 1`,
    `SET GLOBAL memory_limit = '1TB'`,
    `SET SESSION threads = 64`,
    `PRAGMA enable_profiling`,
    `PRAGMA memory_limit = '1TB'`,
    `PRAGMA database_list`,
    `CALL duckdb_settings()`,
    `CREATE SECRET (TYPE s3)`,
    `CREATE OR REPLACE TEMP MACRO lower(x) AS getenv(x)`,
    `CREATE TEMP TABLE events AS SELECT 1`,
    `CREATE SCHEMA x`,
    `CREATE TYPE t AS ENUM ('a')`,
    `CREATE SEQUENCE s`,
    `CREATE INDEX i ON silver_events (event_id)`,
    `ALTER TABLE silver_events DROP COLUMN price`,
    `COMMENT ON TABLE silver_events IS 'x'`,
    `TRUNCATE silver_events`,
    `MERGE INTO batches USING batches b ON TRUE WHEN MATCHED THEN DELETE`,
    `ANALYZE`,
    `DEALLOCATE ALL`,
    `EXECUTE x`,
    `PREPARE x AS FROM read_text('${FILE}')`,
    `COMMIT`,
    `ROLLBACK`,
    `SHOW TABLES`,
    `SHOW DATABASES`,
    `SUMMARIZE '${FILE}'`,
    `DESCRIBE SELECT * FROM '${FILE}'`,
    `SELECT * FROM (SUMMARIZE silver_events)`,
    `SELECT * FROM (SHOW DATABASES)`,
    `SELECT 1;;SELECT 2`,
    `SELECT 1;\u00a0DROP TABLE batches`,
    `SELECT 1\u037e DROP TABLE batches`,
    `SELECT '\\'; DROP TABLE batches; --'`,
    `SELECT $$a$$; DROP TABLE batches`,
    `SELECT /* /* */ 1; DROP TABLE batches */ */`,
    `SELECT 1) LIMIT 1; DROP TABLE batches; SELECT * FROM (SELECT 1`,
    `SELECT 1) t, read_text('${FILE}') u, (SELECT 1`,
    `SELECT 1 /*`,
    `SELECT \0 1`,
  ],
  'other tables and the catalogue': [
    `FROM "silver_events"`,
    `FROM Silver_Events`,
    `FROM store.silver_events`,
    `FROM store.main.events`,
    `FROM memory.main.events`,
    `FROM main.events`,
    `FROM "store.main.silver_events"`,
    `WITH events AS (FROM batches) FROM events`,
    `WITH a AS (FROM batches) FROM a`,
    `WITH batches AS (SELECT 1) FROM batches`,
    `WITH BATCHES AS (SELECT 1) FROM batches`,
    `WITH x AS (WITH batches AS (SELECT 1) FROM batches) FROM x, batches`,
    `WITH RECURSIVE registry AS (SELECT 1 UNION ALL FROM registry) FROM registry`,
    `WITH x AS (WITH duckdb_settings AS (SELECT 1) FROM duckdb_settings) FROM x, duckdb_settings`,
    `FROM information_schema.columns`,
    `FROM INFORMATION_SCHEMA.SCHEMATA`,
    `FROM pg_catalog.pg_tables`,
    `FROM pg_tables`,
    `FROM duckdb_columns()`,
    `FROM duckdb_views()`,
    `FROM duckdb_databases()`,
    `FROM duckdb_settings()`,
    `FROM duckdb_functions()`,
    `FROM duckdb_temporary_files()`,
    `FROM duckdb_logs`,
    `FROM duckdb_memory()`,
    `FROM duckdb_variables()`,
    `FROM pragma_storage_info('silver_events')`,
    `FROM pragma_version()`,
    `FROM storage_info('silver_events')`,
    `FROM query('FROM batches')`,
    `FROM query_table('batches')`,
    `FROM query_table(['batches', 'registry'])`,
    `FROM json_execute_serialized_sql(json_serialize_sql('FROM batches'))`,
    `SELECT json_deserialize_sql('{}')`,
    `FROM test_all_types()`,
    `FROM repeat_row(1, num_rows = 1000000000)`,
    `FROM repeat('x', 1000000000)`,
    `FROM events AT (VERSION => 1)`,
    `SELECT batches FROM events`,
  ],
  'settings, environment and state': [
    `SELECT getenv('PATH')`,
    `SELECT "getenv"('PATH')`,
    `SELECT GetEnv('PATH')`,
    `SELECT system.main.getenv('PATH')`,
    `SELECT current_setting('temp_directory')`,
    `SELECT current_setting('secret_directory')`,
    `SELECT getvariable('x')`,
    `SELECT current_database(), current_schema()`,
    `SELECT current_schemas(true)`,
    `SELECT current_role()`,
    `SELECT session_user()`,
    `SELECT version()`,
    `SELECT txid_current()`,
    `SELECT pg_typeof(1)`,
    `SELECT in_search_path('a', 'b')`,
    `SELECT setseed(0.5)`,
    `SELECT nextval('s')`,
    `SELECT error('x')`,
    `SELECT sql_auto_complete('x')`,
    `SELECT write_log('x')`,
    `SELECT finalize('x')`,
  ],
  'what is short and grows when it is planned': [
    `SELECT 1 AS a0, ${times(26, (at) => `a${at} + a${at} AS a${at + 1}`)}`,
    `SELECT 1 AS A0, ${times(26, (at) => `concat(a${at}, a${at}) AS A${at + 1}`)}`,
    `WITH c0 AS NOT MATERIALIZED (SELECT 1 AS x), ${times(
      30,
      (at) => `c${at + 1} AS NOT MATERIALIZED (SELECT a.x FROM c${at} a, c${at} b)`,
    )} FROM c30`,
    `WITH c0 AS NOT/**/MATERIALIZED (SELECT 1 AS x) FROM c0`,
    nested(24, 'SELECT 1 AS x', (inner) => `SELECT row(x, x) AS x FROM (${inner})`),
    nested(24, 'SELECT 1 AS x', (inner) => `SELECT {'a': x, 'b': x} AS x FROM (${inner})`),
    nested(24, 'SELECT 1 AS x', (inner) => `SELECT t AS a, t AS b FROM (${inner}) t`),
    nested(22, 'SELECT 1', (inner) => `SELECT *, * FROM (${inner})`),
    nested(22, 'SELECT 1', (inner) => `SELECT t.*, COLUMNS(*) FROM (${inner}) t`),
    `WITH c0 AS (SELECT 1 AS x), ${times(
      24,
      (at) => `c${at + 1} AS (FROM c${at} a, c${at} b)`,
    )} FROM c24`,
    `FROM (SELECT 1 x) a0, ${times(
      24,
      (at) => `LATERAL (SELECT (a${at}.x, a${at}.x) AS x) a${at + 1}`,
    )}`,
    `FROM (SELECT 1 x) a0, ${times(24, (at) => `(VALUES ((a${at}.x, a${at}.x))) a${at + 1}(x)`)}`,
    nested(
      40,
      'SELECT 1',
      (inner) => `SELECT (SELECT x.range + (${inner}) FROM range(1) y WHERE y.range = x.range)
        FROM range(1) x`,
    ),
    `SELECT ${'['.repeat(900)}1${']'.repeat(900)}`,
    nested(400, 'SELECT 1 AS x', (inner) => `SELECT [x] AS x FROM (${inner})`),
    `SELECT ${'NOT '.repeat(4_900)}TRUE`,
    `SELECT 1${'::INT'.repeat(3_900)}`,
    `SELECT NULL::INT${'[]'.repeat(9_000)}`,
    `${'FROM ('.repeat(2_000)}SELECT 1${')'.repeat(2_000)}`,
    `SELECT count(*) FROM events GROUP BY CUBE(${times(20, (at) => `event_type || ${at}`)})`,
    `SELECT '${'x'.repeat(20_000)}'`,
  ],
  'functions that make much of little, or end the process': [
    `${doubled(17)} SELECT length(replace(s, 'x', s)) FROM t`,
    `${doubled(17)} SELECT length(regexp_replace(s, 'x', s, 'g')) FROM t`,
    `${doubled(17)} SELECT length(array_to_string(string_split(s, ''), s)) FROM t`,
    `${doubled(20, '[')} SELECT json_structure(s || translate(s, '[', ']')) FROM t`,
    `${doubled(20, '[')} SELECT json_contains(s || translate(s, '[', ']'), '1') FROM t`,
    `SELECT json_transform('{}', '"JSON"')`,
    `SELECT json_merge_patch('{}', '{}')`,
    `SELECT repeat('x', 1000000000)`,
    `SELECT repeat([1], 1000000000)`,
    `SELECT rpad('x', 1000000000, 'y')`,
    `SELECT bar(1, 0, 1, 1000000000)`,
    `SELECT list_resize([1], 1000000000)`,
    `SELECT range(1000000000000)`,
    `SELECT generate_series(1, 1000000000000)`,
    `SELECT printf('%1000000000d', 1)`,
    `SELECT format('{:1000000000}', 1)`,
    `SELECT list_reduce(range(1000000), lambda a, b: a + b)`,
    `SELECT list_filter([1], x -> x > 0)`,
    `SELECT levenshtein('a', 'b'), jaro_similarity('a', 'b')`,
    `SELECT bitstring('1', 1000000000)`,
    `SELECT equi_width_bins(0::BIGINT, 1000000000::BIGINT, 1000000000, false)`,
  ],
}

const STOPPED: readonly string[] = [
  'SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range * b.range = 7',
  'SELECT sum(range) FROM range(1000000000000)',
  `SELECT count(*) FROM ${times(12, () => 'events')}`,
  `SELECT count(*) FROM ${times(12, () => 'enriched_events')}`,
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n',
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n',
  `${doubled(40)} SELECT max(length(s)) FROM t`,
  nested(34, `SELECT 'x' AS x`, (inner) => `SELECT x || x AS x FROM (${inner})`),
  nested(34, `SELECT '1' AS x`, (inner) => `SELECT json_array(x, x) AS x FROM (${inner})`),
  nested(34, 'SELECT [1, 2] AS x', (inner) => `SELECT list_concat(x, x) AS x FROM (${inner})`),
  'SELECT list(range) FROM range(1000000000)',
  `SELECT length(string_agg(range::VARCHAR, ',')) FROM range(1000000000)`,
  `SELECT histogram(range) FROM range(1000000000)`,
  'SELECT count(DISTINCT hash(range)) FROM range(10000000000)',
  'SELECT range, md5(range::VARCHAR) h FROM range(1000000000) ORDER BY h LIMIT 1000',
  `${doubled(18)} SELECT s FROM t, range(100000) WHERE n = 18`,
]

/** Patterns that take others for ever; here they take no longer than any. */
const HARMLESS: readonly string[] = [
  `SELECT regexp_matches(s, '(a|a)*(a|a)*(a+)+b') FROM (
     SELECT string_agg('a', '') AS s FROM range(100000))`,
  `SELECT s LIKE '%a%a%a%a%a%a%a%a%b' FROM (SELECT string_agg('a', '') AS s FROM range(100000))`,
  `SELECT regexp_extract_all('aaaa', '(?:(?:a?)+)+')`,
  `WITH c0 AS (SELECT 1 AS x), ${times(
    60,
    (at) => `c${at + 1} AS (SELECT a.x FROM c${at} a, c${at} b, c${at} c)`,
  )} FROM c60`,
  `${doubled(19, '[')} SELECT (s || translate(s, '[', ']'))::JSON FROM t WHERE n = 19`,
]

/** Events arrive all the while; answers how many, once no more do. */
function keepSending(shop: Shop): { stop(): Promise<number> } {
  let state: 'sending' | 'done' = 'sending'
  const sending = (async () => {
    let sent = 0
    for (; state === 'sending'; sent += 1) {
      await shop.append([event(`e${sent}`, sent % 60, { visitor_id: `v${sent}` })])
      await sleep(20)
    }
    return sent
  })()
  return {
    stop: () => {
      state = 'done'
      return sending
    },
  }
}

async function assertUnharmed(shop: Shop, sent: number): Promise<void> {
  assert.equal((await shop.post('/api/flush')).body.visible, 'visible')
  const { body } = await shop.post('/api/query', { sql: 'SELECT count(*) AS n FROM events' })
  assert.deepEqual(body.rows, [{ n: sent }])
  const ledger = await shop.get('/api/ledger')
  assert.equal(ledger.balanced, true)
  assert.equal(shop.engine.progress().state, 'running')
}

async function underAttack(t: TestContext, settings: SettingValues = {}) {
  const shop = await openShop(t, { engine: 'running', settings })
  return { shop, sender: keepSending(shop) }
}

test('whatever reaches beyond the tables, or grows beyond reason, is refused', async (t) => {
  const { shop, sender } = await underAttack(t)
  const passed: string[] = []
  for (const [what, queries] of Object.entries(REFUSED)) {
    for (const sql of queries) {
      const { status, body } = await shop.post('/api/query', { sql })
      const isRefused = status === 400 && /^(SQL_REFUSED|BAD_REQUEST)$/.test(String(body.code))
      if (!isRefused) passed.push(`${what}: ${sql.slice(0, 300)} -> ${status} ${body.code}`)
    }
  }
  assert.deepEqual(passed, [])
  assert.ok(!existsSync('stolen'))
  assert.deepEqual(readdirSync(shop.directory).sort(), ['engine', 'log', 'run'])
  await assertUnharmed(shop, await sender.stop())
  t.diagnostic(`${Object.values(REFUSED).flat().length} attacks refused`)
})

test('what never ends is stopped in its time and memory, and batches go on', async (t) => {
  const limits = { query_ms_max: 300, memory_limit_mb: 200 }
  const { shop, sender } = await underAttack(t, limits)
  const before = process.memoryUsage.rss()
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss())
  }, 10)
  t.after(() => clearInterval(watch))
  for (const sql of STOPPED) {
    const { batch } = shop.engine.progress()
    const { status, body } = await shop.post('/api/query', { sql })
    assert.deepEqual([status, body.code], [400, 'SQL_STOPPED'], sql.slice(0, 300))
    // The next batch comes, whatever the attack left behind.
    while (shop.engine.progress().batch === batch) await sleep(5)
  }
  for (const sql of HARMLESS) {
    const { status, body } = await shop.post('/api/query', { sql })
    const answer = JSON.stringify(body).slice(0, 300)
    assert.ok(status === 200 || status === 400, `${sql.slice(0, 300)}: ${answer}`)
  }
  const grown_mb = Math.round((highest - before) / MB)
  assert.ok(grown_mb < 1_500, `the process grew by ${grown_mb} MB`)
  await assertUnharmed(shop, await sender.stop())
  t.diagnostic(`${STOPPED.length} attacks stopped; the process grew by ${grown_mb} MB at most`)
})

test('an answer that is too large to be sent is stopped, not sent in part', async (t) => {
  const shop = await openShop(t)
  const sql = `${doubled(17)} SELECT s FROM t, range(1000) WHERE n = 17`
  const { status, body } = await shop.post('/api/query', { sql })
  assert.deepEqual([status, body.code], [400, 'SQL_STOPPED'])
  assert.match(String(body.message), /larger than 64 MB/)
})

test('many attacks at once leave room for others', async (t) => {
  const { shop, sender } = await underAttack(t, { query_ms_max: 1_000, memory_limit_mb: 200 })
  const sql = 'SELECT count(*) FROM range(1000000000) a, range(1000000000) b'
  const attacks = Array.from({ length: 6 }, () => shop.post('/api/query', { sql }))
  assert.equal((await shop.get('/healthz')).status, 'ok')
  await shop.get('/api/tables/event_windows_5m')
  for (const { body } of await Promise.all(attacks)) assert.equal(body.code, 'SQL_STOPPED')
  await assertUnharmed(shop, await sender.stop())
})
