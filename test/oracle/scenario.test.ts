import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OracleTable } from './columns.ts'
import { compareTable } from './compare.ts'
import { type OracleEvent, type Row, readEvents, recordOf } from './event.ts'
import { shuffled } from './random.ts'
import { scenario } from './scenario.ts'
import { oracleTables } from './tables.ts'

const SEEDS = [1, 2, 3]

test('gives the same events for the same seed, and others for another', () => {
  assert.deepEqual(scenario({ seed: 7 }), scenario({ seed: 7 }))
  assert.notDeepEqual(scenario({ seed: 7 }), scenario({ seed: 8 }))
  assert.ok(scenario({ seed: 7, events: 3_000 }).length > 3_000)
})

/** What the scenario is for: each must happen in one of the usual size. */
const TRICKS: Readonly<Record<string, (event: OracleEvent) => boolean>> = {
  'no category': ({ category, price }) => category === null && price !== null,
  'a negative price': ({ price }) => Number(price) < 0,
  'a free product': ({ price }) => price === '0',
  'a price without a quantity': ({ price, quantity }) => Boolean(price) && quantity === null,
  'several lines': ({ items }) => (items?.length ?? 0) > 1,
  'the last microsecond of a window': ({ event_time }) => event_time.endsWith('59.999999Z'),
  'the first moment of a window': ({ event_time }) => /:[0-5][05]:00\.000Z$/.test(event_time),
  'a refund of an unknown order': ({ order_id }) => order_id === 'order-unknown',
  'a stated refund': ({ event_type, revenue }) => event_type === 'refund' && Boolean(revenue),
  'no session': ({ session_id }) => session_id === null,
}

const isRefundWithoutPrice = ({ movement, price }: Row) => movement === 'refund' && price === null

/** The same of what its tables must show. */
const SHOWN: readonly (readonly [OracleTable, string, (row: Row) => boolean])[] = [
  ['orders', 'several copies', ({ copies }) => Number(copies) > 1],
  ['orders', 'a cancelled order', ({ cancelled }) => cancelled === true],
  ['orders', 'an adjustment', ({ adjustment }) => Number(adjustment) !== 0],
  ['orders', 'an order of unknown revenue', ({ gross_revenue }) => gross_revenue === null],
  ['order_lines', 'a refunded line', ({ units }) => Number(units) < 0],
  [
    'order_lines',
    'a refund priced by its order',
    (row) => isRefundWithoutPrice(row) && row.amount !== null,
  ],
  [
    'order_lines',
    'a refund of unknown price',
    (row) => isRefundWithoutPrice(row) && row.amount === null,
  ],
  ['event_windows_5m', 'a cut set', ({ brands_truncated }) => brands_truncated === true],
  ['event_windows_5m', 'a cut list', ({ products_truncated }) => products_truncated === true],
  ['product_interest', 'a flag', (row) => row.high_interest_low_conversion === true],
]

for (const seed of SEEDS) {
  test(`holds every trick (seed ${seed})`, () => {
    const events = scenario({ seed })
    for (const [name, holds] of Object.entries(TRICKS)) assert.ok(events.some(holds), name)
    const ids = new Set(events.map(({ event_id }) => event_id))
    const times = new Set(events.map(({ event_time }) => event_time))
    assert.ok(ids.size < events.length, 'two sources share an id')
    assert.ok(times.size < ids.size, 'different events share a time')
    assert.equal(readEvents(events).length, events.length)
    const tables = oracleTables(events)
    for (const [table, name, holds] of SHOWN) assert.ok(tables[table].some(holds), name)
  })

  test(`gives the same tables shuffled and sent twice (seed ${seed})`, () => {
    const events = scenario({ seed })
    const again = oracleTables(shuffled([...events, ...events.slice(100)], seed))
    for (const [name, expected] of Object.entries(oracleTables(events))) {
      compareTable(name as OracleTable, again[name as OracleTable], expected)
      assert.ok(expected.length > 0, name)
    }
  })
}

test('gives the same tables from the records of the events', () => {
  const events = scenario({ seed: 4, events: 200 })
  const records = events.map((event) =>
    JSON.parse(JSON.stringify(recordOf(event, '2024-03-05T00:00:00.000Z'))),
  )
  assert.ok(!JSON.stringify(records).includes('null,'))
  assert.deepEqual(oracleTables(records as OracleEvent[]), oracleTables(events))
})
