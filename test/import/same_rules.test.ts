/**
 * Flat files are judged in SQL, requests in TypeScript. Both must accept the same rows with the
 * same values, and refuse the others for the same reason with the same words.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Shop } from '../engine/shop.ts'
import { seededRandom } from '../oracle/random.ts'
import { fileOf, folder, imported } from './importing.ts'

const long = (length: number) => 'x'.repeat(length)
const CELLS: Readonly<Record<string, readonly string[]>> = {
  event_type: ['view', 'View', 'add_to_cart', 'PURCHASE', 'transaction', 'own word', '', long(65)],
  timestamp: [
    '2019-10-01 00:00:00 UTC',
    '2019-10-01T00:00:00Z',
    '2019-10-01T02:30:00.123456+02:30',
    '2019-10-01T02:30:00-0230',
    '2019-10-01T02:30:00+02',
    '2019-10-01t02:30:00z',
    '2019-10-01T02:30:00,5Z',
    '2019-10-01T02:30Z',
    '2019-10-01 02:30',
    '2019-10-01',
    '2019-02-30 00:00:00 UTC',
    '2019-10-01 24:00:00 UTC',
    '2019-10-01 23:59:60 UTC',
    '2019-10-01 00:00:00 CET',
    '1969-12-31T23:59:59Z',
    '9999-12-31T00:00:00Z',
    '2019/10/01 00:00:00',
    'infinity',
    'epoch',
    'yesterday',
    '',
  ],
  user_id: ['u1', '', 'ü', long(256), long(257)],
  anonymous_id: ['a1', '', '', ''],
  product_id: ['p1', '', '007', 'a\0b'],
  price: [
    '1',
    '2.5',
    '-3',
    '0.00005',
    '1.23456',
    '999999999.9999',
    '999999999.99999',
    '1000000000',
    '99999999999999999999',
    '1e2',
    '1_000',
    ' 5',
    '+5',
    '.5',
    '5.',
    'NaN',
    'inf',
    'x',
    '',
    '',
  ],
  quantity: ['1', '2', '2.5', '-1', '999999', '1000000', 'two', '', ''],
  currency: ['EUR', 'eur', 'euro', '', '', ''],
  rating: ['4.5', '', 'good'],
  page_url: ['https://shop.example/ä', '', long(4_097)],
  colour: ['red', '', 'a"b'],
  size: ['42', ''],
}

const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

function rowsOf(seed: number, count: number): readonly string[] {
  const random = seededRandom(seed)
  const pick = (cells: readonly string[]) => cells[random.below(cells.length)] ?? ''
  const good = Object.values(CELLS).map((cells) => cells[0] ?? '')
  return Array.from({ length: count }, () => {
    // Mostly good rows with some odd cells, so that each rule is met by itself.
    const cells = Object.values(CELLS).map((from, at) =>
      random.chance(0.2) ? pick(from) : (good[at] ?? ''),
    )
    return cells.map(quoted).join(',')
  })
}

/** A step that does nothing sends every row through the steps of requests. */
function withOwnSteps(directory: string): readonly string[] {
  const config = join(directory, 'clickpath.config.mjs')
  const step = "{ name: 'put_nothing', about: 'nothing', run: (event) => event }"
  writeFileSync(config, `export default { steps: [${step}] }\n`)
  return ['--config', config]
}

async function outcome(shop: Shop, file: string, args: readonly string[]) {
  await imported(shop.directory, file, '--format', 'csv', '--currency', 'USD', ...args)
  await shop.open()
  const events = await shop.rows(`SELECT * EXCLUDE (received_at, event_time, properties),
    CASE WHEN client_time IS NOT NULL THEN event_time END AS event_time,
    properties->>'colour' AS colour, properties->>'size' AS size
    FROM events ORDER BY event_id`)
  const invalid = await shop.rows('SELECT reason, detail FROM invalid_events ORDER BY ALL')
  const inFuture = (detail: unknown) => String(detail).replace(/the time is .*/, 'the time is ...')
  return { events, invalid: invalid.map((row) => ({ ...row, detail: inFuture(row.detail) })) }
}

for (const seed of [1, 2]) {
  test(`a flat file is judged as requests are (seed ${seed})`, async (t) => {
    const each = Object.values(CELLS).flatMap((cells, column) =>
      cells.map((cell) =>
        Object.values(CELLS)
          .map((own, at) => quoted(at === column ? cell : (own[0] ?? '')))
          .join(','),
      ),
    )
    const lines = [Object.keys(CELLS).join(','), ...each, ...rowsOf(seed, 3_000)]
    const file = fileOf(t, lines)
    const inSql = await outcome(new Shop(t), file, [])
    const inSteps = await outcome(new Shop(t), file, withOwnSteps(folder(t)))
    assert.equal(inSql.events.length + inSql.invalid.length, lines.length - 1)
    assert.ok(inSql.events.length > 500 && inSql.invalid.length > 500)
    assert.deepEqual(inSql.invalid, inSteps.invalid)
    assert.deepEqual(inSql.events, inSteps.events)
  })
}
