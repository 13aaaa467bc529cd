/** `--map`: files with columns of their own. */
import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { runHere } from '../cli/surroundings.ts'
import { Shop } from '../engine/shop.ts'
import { realData } from '../real_data.ts'
import { counts, fileOf, folder } from './importing.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples/import-maps')

/** Imports by a mapping and answers what the command said. */
async function mapped(directory: string, file: string, map: string, ...args: readonly string[]) {
  const line = ['import', file, '--data', directory, '--json', '--log-reserve-mb', '0']
  const { code, stdout, stderr } = await runHere([...line, '--map', map, ...args])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

function mapOf(t: TestContext, mapping: unknown): string {
  const file = join(folder(t), 'mapping.json')
  writeFileSync(file, JSON.stringify(mapping))
  return file
}

const retail = realData('uci_online_retail_first240k.parquet')
test('Online Retail: lines of invoices add up to the published revenue of each month', {
  skip: retail.skip,
}, async (t) => {
  const shop = new Shop(t)
  const told = await mapped(shop.directory, retail.file, join(EXAMPLES, 'uci_online_retail.json'))
  assert.deepEqual(counts(told), { received: 240_007, stored: 240_007, duplicate: 0, invalid: 0 })
  await shop.open()
  const months = [748957.02, 560000.26, 498062.65, 683267.08, 493207.121, 723333.51, 568316.29]
  for (const [table, time] of [
    ['orders', 'order_time'],
    ['revenue_1h', 'window_start'],
  ]) {
    const rows = await shop.rows(`SELECT strftime(${time}, '%Y%m') AS month,
      sum(revenue) AS revenue FROM ${table} GROUP BY month ORDER BY month`)
    assert.deepEqual(
      rows.map(({ revenue }) => revenue),
      months,
      table,
    )
  }
  const [credits] = await shop.rows(`SELECT count(*) AS notes, max(revenue) <= 0 AS negative
    FROM orders WHERE starts_with(order_id, 'C')`)
  assert.deepEqual(credits, { notes: 1_946, negative: true })
})

const store = realData('gms_ga360_all_sessions_brnhaze.csv.gz')
test('Google Merchandise Store: 81 rows with a transaction are 80 orders', {
  skip: store.skip,
}, async (t) => {
  const shop = new Shop(t)
  await mapped(shop.directory, store.file, join(EXAMPLES, 'google_merchandise_store.json'))
  await shop.open()
  const sold = `SELECT count(*) AS n, sum(revenue) AS revenue FROM`
  assert.deepEqual(
    [
      ...(await shop.rows(`${sold} events WHERE event_type = 'purchase'`)),
      ...(await shop.rows(`${sold} orders`)),
    ],
    [
      { n: 81, revenue: 14281.31 },
      { n: 80, revenue: 14157.31 },
    ],
  )
})

const cdnow = realData('cdnow_sample.txt.gz')
test('CDNOW: columns apart by blanks, no header', { skip: cdnow.skip }, async (t) => {
  const shop = new Shop(t)
  await mapped(shop.directory, cdnow.file, join(EXAMPLES, 'cdnow.json'))
  await shop.open()
  const [all] = await shop.rows(`SELECT count(*) AS orders, sum(revenue) AS revenue,
    count(DISTINCT user_id) AS customers FROM orders`)
  assert.deepEqual(all, { orders: 6_919, revenue: 244091.94, customers: 2_357 })
})

test('every rule does what it says', async (t) => {
  const shop = new Shop(t)
  const map = mapOf(t, {
    csv: { delimiter: ';', header: 'none', columns: ['what', 'who', 'day', 'at', 'eur', 'n', 'x'] },
    columns: {
      event_type: {
        cases: [
          { when: { column: 'n', sign: 'negative' }, take: { value: 'refund' } },
          { when: { column: 'what', prefix: 'B-' }, take: { value: 'purchase' } },
        ],
        otherwise: { column: 'what', words: { gesehen: 'view' } },
      },
      client_time: {
        concat: ['day', { value: ' ' }, 'at'],
        pattern: '%d.%m.%Y %H:%M',
        zone: 'Europe/Berlin',
      },
      user_id: { first: [{ column: 'who', absent: ['-', 'gast'] }, { value: 'nobody' }] },
      price: { column: 'eur', decimal: ',', divide_by: 100 },
      quantity: { column: 'n', sign: 'positive' },
      order_id: { cases: [{ when: { column: 'what', prefix: 'B-' }, take: 'what' }] },
    },
    rest: ['x'],
  })
  const rows = [
    'gesehen;u1;01.07.2025;09:30;1.234,5;1;rot',
    'B-1;gast;01.01.2025;00:30;250;2;',
    'B-1;-;02.01.2025;00:30;250;-1;',
    'gesehen;u1;32.01.2025;00:30;250;1;',
    'gesehen;u1;01.01.2025',
    'gesehen;u1;01.01.2025;10:00;viel;1;',
  ]
  const told = await mapped(shop.directory, fileOf(t, rows), map)
  assert.deepEqual(counts(told), { received: 6, stored: 3, duplicate: 0, invalid: 3 })
  await shop.open()
  const events = await shop.rows(`SELECT event_type, client_time, user_id, price, quantity,
    order_id, properties FROM events ORDER BY event_id`)
  assert.deepEqual(
    events.map((event) => Object.values(event)),
    [
      ['view', '2025-07-01T07:30:00.000Z', 'u1', 12.345, 1, null, { x: 'rot' }],
      ['purchase', '2024-12-31T23:30:00.000Z', 'nobody', 2.5, 2, 'B-1', null],
      ['refund', '2025-01-01T23:30:00.000Z', 'nobody', 2.5, 1, 'B-1', null],
    ],
  )
  const refused = await shop.rows('SELECT reason, detail FROM invalid_events ORDER BY reason')
  assert.deepEqual(refused, [
    {
      reason: 'bad_time',
      detail:
        'client_time is "32.01.2025 00:30 (does not follow %d.%m.%Y %H:%M)"; ' +
        'send ISO 8601 in UTC, from 1970',
    },
    { reason: 'unreadable_row', detail: 'the row has 3 cells; the header names 7' },
    { reason: 'wrong_type', detail: 'price is "viel"; it must be a number' },
  ])
})

test('times count in seconds, milliseconds or microseconds, or carry their offset', async (t) => {
  const shop = new Shop(t)
  const time = (column: string, rest: object) => ({
    cases: [{ when: { column: 'kind', equals: column }, take: { column: 'at', ...rest } }],
  })
  const map = mapOf(t, {
    columns: {
      event_type: { value: 'view' },
      user_id: 'kind',
      client_time: {
        first: [
          time('s', { unit: 's' }),
          time('ms', { unit: 'ms' }),
          time('us', { unit: 'us' }),
          time('offset', { pattern: '%d/%m/%y %H:%M %z' }),
          time('local', { zone: 'America/New_York' }),
        ],
      },
    },
  })
  const rows = [
    's,1700000000.25',
    'ms,1700000000250',
    'us,1700000000250001',
    'offset,14/11/23 23:13 +01:00',
    'local,2023-11-14 17:13:20',
    'local,2023-11-14T22:13:20Z',
    's,soon',
    'ms,99999999999999999',
  ]
  const told = await mapped(shop.directory, fileOf(t, ['kind,at', ...rows]), map)
  assert.deepEqual(counts(told), { received: 8, stored: 6, duplicate: 0, invalid: 2 })
  await shop.open()
  const events = await shop.rows('SELECT client_time FROM events ORDER BY event_id')
  assert.deepEqual(
    events.map(({ client_time }) => client_time),
    [
      '2023-11-14T22:13:20.250Z',
      '2023-11-14T22:13:20.250Z',
      '2023-11-14T22:13:20.250001Z',
      '2023-11-14T22:13:00.000Z',
      '2023-11-14T22:13:20.000Z',
      '2023-11-14T22:13:20.000Z',
    ],
  )
  const refused = await shop.rows('SELECT reason FROM invalid_events')
  assert.deepEqual(refused, [{ reason: 'bad_time' }, { reason: 'bad_time' }])
})

test('Parquet columns of numbers and times are read as they are meant', async (t) => {
  const shop = new Shop(t)
  const file = join(folder(t), 'sales.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT 17850.0::DOUBLE AS customer, 0.00001::DOUBLE AS tiny,
      TIMESTAMP '2025-07-01 09:30:00' AS sold, 2::TINYINT AS n, 12.34::DECIMAL(9, 2) AS price,
      ['a', 'b'] AS tags) TO '${file}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  const map = mapOf(t, {
    columns: {
      event_type: { value: 'purchase' },
      client_time: { column: 'sold', zone: 'Europe/Berlin' },
      user_id: 'customer',
      quantity: 'n',
      price: 'price',
    },
  })
  await mapped(shop.directory, file, map, '--source', 'till')
  await shop.open()
  const [event] = await shop.rows(`SELECT source, client_time, user_id, quantity, price, properties
    FROM events`)
  assert.deepEqual(event, {
    source: 'till',
    client_time: '2025-07-01T07:30:00.000Z',
    user_id: '17850',
    quantity: 2,
    price: 12.34,
    properties: { tiny: '0.000010000000', tags: '["a","b"]' },
  })
})

test('customers and products come by a mapping, too', async (t) => {
  const shop = new Shop(t)
  const map = mapOf(t, {
    columns: {
      user_id: 'No',
      customer_name: { concat: ['First', { value: ' ' }, 'Last'] },
      registered_at: { column: 'Since', pattern: '%d.%m.%Y', zone: 'UTC' },
    },
  })
  const file = fileOf(t, ['No,First,Last,Since,Shoe', '7,Ada,Lovelace,10.12.2015,38'])
  await mapped(shop.directory, file, map, '--stream', 'customers')
  await shop.open()
  const [customer] = await shop.rows(
    'SELECT user_id, customer_name, registered_at, properties FROM customers',
  )
  assert.deepEqual(customer, {
    user_id: '7',
    customer_name: 'Ada Lovelace',
    registered_at: '2015-12-10T00:00:00.000Z',
    properties: { Shoe: '38' },
  })
})

test('a mapping is told all its mistakes at once, with the nearest names', async (t) => {
  const file = fileOf(t, ['Kunde,Preis', '1,2'])
  const wrong = mapOf(t, {
    colums: {},
    csv: { delimiter: '::', header: 'none' },
    columns: {
      event_typ: { value: 'view' },
      client_time: { column: 'Tag', pattern: '%d.%m.%Y' },
      user_id: { column: 'Kunde', value: 'x' },
      price: { column: 'Preis', divide_by: 7, currency: 'EUR' },
      session_id: { column: 'Tag', pattern: '%F', zone: 'Europe/Berlinn' },
    },
  })
  const refused = await runHere(['import', file, '--map', wrong, '--data', folder(t)])
  assert.equal(refused.code, 1)
  for (const part of [
    'colums is unknown; did you mean columns?',
    'csv.delimiter must be one ASCII character',
    'csv.columns must name the columns',
    'columns.event_typ: events have no such column; did you mean event_type?',
    'columns.client_time.zone is missing',
    'columns.user_id needs one of column, value',
    'columns.price.divide_by must be one of 10, 100',
    'columns.price.currency is unknown',
    'columns.event_type is missing',
    'columns.session_id.pattern is "%F"',
    'columns.session_id.zone is "Europe/Berlinn"',
    'columns.session_id: unit, pattern and zone are for columns that hold a time',
  ]) {
    assert.ok(refused.stderr.includes(part), `${part} in ${refused.stderr}`)
  }
  const unfit = mapOf(t, {
    columns: {
      event_type: { value: 'view' },
      client_time: { column: 'Tag', unit: 's' },
      user_id: 'Kunden',
    },
    rest: ['Preise'],
  })
  const misfit = await runHere(['import', file, '--map', unfit, '--data', folder(t)])
  assert.match(misfit.stderr, /columns\.client_time: the file has no column Tag; it has Kunde/)
  assert.match(misfit.stderr, /columns\.user_id: .* Kunden; did you mean Kunde\?/)
  assert.match(misfit.stderr, /rest: .* Preise; did you mean Preis\?/)
})

test('a row that names addresses passes the steps, and is previewed as it would be kept', async (t) => {
  const map = mapOf(t, {
    columns: {
      event_type: { value: 'view' },
      client_time: { column: 'at', unit: 'ms' },
      user_id: 'who',
      ip: 'from',
    },
  })
  const file = fileOf(t, ['who,at,from,hue', 'u1,1700000000000,192.0.2.77,red'])
  const { stdout } = await runHere(['import', file, '--map', map, '--dry-run', '--json'])
  const [{ ip, user_id, client_time, properties }] = JSON.parse(stdout).first
  assert.deepEqual(
    { ip, user_id, client_time, properties },
    {
      ip: '192.0.2.0',
      user_id: 'u1',
      client_time: '2023-11-14T22:13:20.000Z',
      properties: { hue: 'red' },
    },
  )
})

test('--dry-run shows rows as events and why others are invalid, and writes nothing', async (t) => {
  const directory = folder(t)
  const map = mapOf(t, {
    columns: {
      event_type: { value: 'view' },
      client_time: { column: 'at', unit: 's' },
      user_id: 'who',
    },
  })
  const file = fileOf(t, ['who,at,hue', 'u1,1700000000,red', ',1700000000,blue', 'u2,x,green'])
  const line = ['import', file, '--map', map, '--data', directory, '--dry-run']
  const { code, stdout } = await runHere([...line, '--json'])
  assert.equal(code, 0)
  const preview = JSON.parse(stdout)
  assert.deepEqual(preview.records, { event: 1, invalid: 2 })
  const { event_id: _, ...first } = preview.first[0]
  assert.deepEqual(first, {
    record: 'event',
    event_type: 'view',
    event_time: '2023-11-14T22:13:20.000Z',
    client_time: '2023-11-14T22:13:20.000Z',
    source: 'mapping',
    user_id: 'u1',
    properties: { hue: 'red' },
  })
  assert.deepEqual(
    preview.reasons.map(({ reason, raw }: { reason: string; raw: string }) => [reason, raw]),
    [
      ['bad_time', '{"who":"u2","at":"x","hue":"green"}'],
      ['missing_field', '{"who":null,"at":"1700000000","hue":"blue"}'],
    ],
  )
  const { stdout: lines } = await runHere(line)
  assert.match(lines, /1 invalid, missing_field: one of anonymous_id, user_id and session_id/)
  assert.deepEqual(readdirSync(directory), [])
})
