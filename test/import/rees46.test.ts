/** What a REES46 file may look like, and what becomes of its rows. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Shop } from '../engine/shop.ts'
import { realData, rees46 } from '../real_data.ts'
import { counts, fileOf, folder, imported, REES46_HEAD, rees46Row } from './importing.ts'

const { file: REAL_FILE, skip } = rees46
const mangled = realData('rees46_cosmetics_2019-10_excel-mangled.csv.gz')
const SESSION = '26dd6e6e-4dac-4778-8d2c-92e149dab885'
const invalidRows = 'SELECT reason, detail, raw FROM invalid_events ORDER BY reason, detail'

test('the real file gives its published figures, and its mangled twin is as many new rows', {
  skip: skip || mangled.skip,
}, async (t) => {
  const shop = new Shop(t)
  await imported(shop.directory, REAL_FILE)
  await shop.open()
  const head = "FROM events WHERE event_time < '2019-10-02'"
  const [figures] = await shop.rows(`SELECT count(*) AS events, count(DISTINCT user_id) AS users,
    count(DISTINCT session_id) AS sessions, count(DISTINCT product_id) AS products,
    sum(value) FILTER (WHERE event_type = 'purchase') AS purchased ${head}`)
  assert.deepEqual(figures, {
    events: 20_000,
    users: 3_003,
    sessions: 4_194,
    products: 7_440,
    purchased: 7_886.04,
  })
  const [whole] = await shop.rows(`SELECT sum(value) AS purchased,
    count(*) FILTER (WHERE price <= 0) AS without_price
    FROM events WHERE event_type = 'purchase'`)
  assert.equal(whole?.purchased, 9_062.96)
  const [free] = await shop.rows('SELECT count(*) AS n FROM events WHERE price <= 0')
  assert.ok(Number(free?.n) > 0)
  await shop.close()
  assert.deepEqual(counts(await imported(shop.directory, mangled.file)), {
    received: 22_283,
    stored: 22_283,
    duplicate: 0,
    invalid: 0,
  })
})

test('the same rows plain and gzipped are the same file', { skip }, async (t) => {
  const directory = folder(t)
  const content = gunzipSync(readFileSync(REAL_FILE)).toString().split('\n').slice(0, 2_001)
  const plain = join(directory, 'plain.csv')
  const packed = join(directory, 'packed.csv.gz')
  writeFileSync(plain, `${content.join('\n')}\n`)
  writeFileSync(packed, gzipSync(`${content.join('\n')}\n`))
  const data = folder(t)
  const first = await imported(data, plain)
  const second = await imported(data, packed)
  assert.deepEqual(counts(first), { received: 2_000, stored: 2_000, duplicate: 0, invalid: 0 })
  assert.deepEqual(counts(second), { received: 2_000, stored: 0, duplicate: 2_000, invalid: 0 })
  assert.equal(second.lane, `${first.lane}-2`)
})

test('columns are found by name: an index column and any order do no harm', async (t) => {
  const shop = new Shop(t)
  const names = REES46_HEAD.split(',').toReversed()
  const cells = rees46Row().split(',').toReversed()
  const file = fileOf(t, [`,${names.join(',')}`, `17,${cells.join(',')}`])
  await imported(shop.directory, file)
  await shop.open()
  const [event] = await shop.rows(`SELECT event_type, event_time, client_time, user_id, session_id,
    product_id, category, brand, price, currency, source, origin, properties FROM events`)
  assert.deepEqual(event, {
    event_type: 'view',
    event_time: '2019-10-01T00:00:00.000Z',
    client_time: '2019-10-01T00:00:00.000Z',
    user_id: '463240011',
    session_id: SESSION,
    product_id: '5773203',
    category: 'apparel.shoes',
    brand: 'runail',
    price: 2.62,
    currency: null,
    source: 'rees46',
    origin: 'import',
    properties: { category_id: '1487580005134238553' },
  })
})

test('missing values are absent, prices of zero and less and twins are kept', async (t) => {
  const shop = new Shop(t)
  const bare = { category_code: '', brand: '', user_session: '', category_id: '', price: '' }
  const rows = [{}, {}, bare, { price: '0.00' }, { price: '-79.37' }].map(rees46Row)
  const told = await imported(shop.directory, fileOf(t, [REES46_HEAD, ...rows]))
  assert.deepEqual(counts(told), { received: 5, stored: 5, duplicate: 0, invalid: 0 })
  await shop.open()
  const events = await shop.rows(`SELECT session_id, category, brand, price, properties
    FROM events ORDER BY event_id`)
  assert.deepEqual(events[2], {
    session_id: null,
    category: null,
    brand: null,
    price: null,
    properties: null,
  })
  assert.deepEqual(
    events.map(({ price }) => price),
    [2.62, 2.62, null, 0, -79.37],
  )
})

test('a row that is cut off at the end of the file is invalid, a whole one is not', async (t) => {
  const directory = folder(t)
  const whole = [REES46_HEAD, rees46Row(), rees46Row({ price: '3' })].join('\n')
  const ends = { whole: 0, 'half a cell': 12, 'half a row': 60 }
  for (const [name, missing] of Object.entries(ends)) {
    const shop = new Shop(t)
    const file = join(directory, `${name}.csv`)
    writeFileSync(file, whole.slice(0, whole.length - missing))
    const told = await imported(shop.directory, file)
    const invalid = missing > 0 ? 1 : 0
    assert.deepEqual(counts(told), { received: 2, stored: 2 - invalid, duplicate: 0, invalid })
    await shop.open()
    const [row] = await shop.rows(invalidRows)
    assert.equal(row?.reason, invalid ? 'unreadable_row' : undefined)
    if (row) assert.ok(whole.includes(String(row.raw)) && String(row.raw).startsWith('2019'))
    await shop.close()
  }
})

test('an archive that is cut off gives the rows before the cut', async (t) => {
  const rows = Array.from({ length: 5_000 }, (_, at) =>
    rees46Row({ product_id: String(at * 7919) }),
  )
  const packed = gzipSync([REES46_HEAD, ...rows].join('\n'))
  const file = join(folder(t), 'cut.csv.gz')
  writeFileSync(file, packed.subarray(0, packed.length >> 1))
  const told = await imported(folder(t), file)
  assert.ok(told.stored > 1_000 && told.stored < 5_000)
  assert.deepEqual(
    told.reasons.map(({ reason, count }) => [reason, count]),
    [['unreadable_row', 1]],
  )
})

test('broken rows are kept with a reason, and their neighbours live', async (t) => {
  const shop = new Shop(t)
  const rows = [
    rees46Row({ product_id: 'first' }),
    rees46Row({ event_time: '2019-13-01 00:00:00 UTC' }),
    rees46Row({ event_time: '' }),
    rees46Row({ event_time: '9999-01-01 00:00:00 UTC' }),
    rees46Row({ price: 'cheap' }),
    rees46Row({ price: '99999999999' }),
    rees46Row({ product_id: 'x'.repeat(257) }),
    rees46Row({ brand: 'a\0b' }),
    rees46Row({ event_type: '' }),
    rees46Row({ user_id: '', user_session: '' }),
    `${rees46Row()},one,more`,
    'only,three,cells',
    rees46Row({ brand: '"never closed' }),
    rees46Row({ product_id: 'last' }),
  ]
  const told = await imported(shop.directory, fileOf(t, [REES46_HEAD, ...rows]))
  assert.deepEqual(counts(told), { received: 14, stored: 2, duplicate: 0, invalid: 12 })
  await shop.open()
  const reasons = await shop.rows('SELECT reason, count(*) AS n FROM invalid_events GROUP BY ALL')
  assert.deepEqual(Object.fromEntries(reasons.map(({ reason, n }) => [reason, n])), {
    bad_time: 1,
    missing_field: 3,
    in_future: 1,
    wrong_type: 1,
    out_of_bounds: 1,
    too_long: 1,
    bad_text: 1,
    unreadable_row: 3,
  })
  const live = await shop.rows('SELECT product_id, event_id FROM events ORDER BY event_id')
  assert.deepEqual(
    live.map(({ product_id, event_id }) => [product_id, String(event_id).slice(-12)]),
    [
      ['first', '000000000001'],
      ['last', '000000000014'],
    ],
  )
  const [price] = await shop.rows(
    "SELECT detail, raw FROM invalid_events WHERE reason = 'wrong_type'",
  )
  assert.equal(price?.detail, 'price is "cheap"; it must be a number')
  assert.equal(JSON.parse(String(price?.raw)).price, 'cheap')
})

test('quoted cells hold commas, quotes and line breaks, beside broken rows too', async (t) => {
  const shop = new Shop(t)
  const brand = 'Dr. "No", and\nsons\r\nof Paris'
  const quoted = `"${brand.replaceAll('"', '""')}"`
  const rows = [
    rees46Row({ brand: quoted }),
    'broken',
    rees46Row({ brand: quoted }),
    rees46Row({ brand: 'L"Oreal' }),
  ]
  const told = await imported(shop.directory, fileOf(t, [REES46_HEAD, ...rows]))
  assert.deepEqual(counts(told), { received: 4, stored: 3, duplicate: 0, invalid: 1 })
  await shop.open()
  const brands = await shop.rows('SELECT brand FROM events ORDER BY event_id')
  assert.deepEqual(
    brands.map((row) => row.brand),
    [brand, brand, 'L"Oreal'],
  )
})

test('segments end where rows end, never inside a quoted cell', async (t) => {
  const shop = new Shop(t)
  const brand = 'first line\nsecond, "line"\n'
  const quoted = `"${brand.replaceAll('"', '""')}"`
  const rows = Array.from({ length: 2_000 }, (_, at) =>
    rees46Row({ product_id: `p${at}`, brand: at % 3 === 0 ? 'plain' : quoted }),
  )
  const small = ['--batch-records-max', '300']
  const told = await imported(shop.directory, fileOf(t, [REES46_HEAD, ...rows]), ...small)
  assert.deepEqual(counts(told), { received: 2_000, stored: 2_000, duplicate: 0, invalid: 0 })
  await shop.open()
  const brands = await shop.rows('SELECT brand, count(*) AS n FROM events GROUP BY ALL ORDER BY n')
  assert.deepEqual(brands, [
    { brand: 'plain', n: 667 },
    { brand, n: 1_333 },
  ])
})

test('line breaks of two kinds and empty lines are read; what is not UTF-8 is not', async (t) => {
  const shop = new Shop(t)
  const file = join(folder(t), 'mixed.csv')
  const [good, dos] = [rees46Row(), rees46Row({ brand: 'dos' })]
  const latin = Buffer.from(rees46Row({ brand: 'caf\u00e9' }), 'latin1')
  writeFileSync(
    file,
    Buffer.concat([Buffer.from(`${REES46_HEAD}\r\n${good}\n\n${dos}\r\n`), latin]),
  )
  const told = await imported(shop.directory, file)
  assert.deepEqual(counts(told), { received: 3, stored: 2, duplicate: 0, invalid: 1 })
  await shop.open()
  const [row] = await shop.rows(invalidRows)
  assert.equal(row?.detail, 'the text is not UTF-8')
  const brands = await shop.rows('SELECT brand FROM events ORDER BY event_id')
  assert.deepEqual(brands, [{ brand: 'runail' }, { brand: 'dos' }])
})

test('a file that is no REES46 file is refused with what its first line reads', async (t) => {
  const file = fileOf(t, ['id,name', '1,shoe'])
  await assert.rejects(
    imported(folder(t), file),
    /FILE_UNREADABLE.*it has no column event_time, event_type, product_id, user_id; .* id, name/,
  )
})

test('a currency from the settings is written where there is a price', async (t) => {
  const shop = new Shop(t)
  const file = fileOf(t, [REES46_HEAD, rees46Row(), rees46Row({ price: '' })])
  await imported(shop.directory, file, '--currency', 'USD')
  await shop.open()
  const rows = await shop.rows('SELECT price, currency FROM events ORDER BY event_id')
  assert.deepEqual(rows, [
    { price: 2.62, currency: 'USD' },
    { price: null, currency: null },
  ])
})
