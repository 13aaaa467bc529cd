/**
 * Any few events, told in any order, cut into any batches, some of them again: the tables are what
 * an independent reducer makes of them. What fails is made small before it is shown;
 * `CLICKPATH_TEST_SEED=SEED` replays it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { OracleTable } from '../oracle/columns.ts'
import { compareTable } from '../oracle/compare.ts'
import { type OracleEvent, recordOf } from '../oracle/event.ts'
import { oracleTables } from '../oracle/tables.ts'
import { type LogRecord, Shop } from './shop.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const RUNS = 5
const EVENTS_MAX = 20

const moment = fc
  .integer({ min: 0, max: 120 })
  .map((minute) => new Date(Date.UTC(2026, 0, 31, 12, minute)).toISOString())

const event = fc.record({
  event_type: fc.constantFrom('view', 'cart', 'purchase', 'purchase', 'refund'),
  event_time: moment,
  source: fc.constantFrom('web', 'shop'),
  origin: fc.constantFrom('browser', 'server', 'import'),
  anonymous_id: fc.constantFrom('a', 'b'),
  session_id: fc.constantFrom(null, null, 's1'),
  order_id: fc.constantFrom('o1', 'o2', null),
  line_id: fc.constantFrom(null, null, '1'),
  product_id: fc.constantFrom('p1', 'p2', null),
  category: fc.constantFrom('shoes', null),
  brand: fc.constantFrom('x', 'y', null),
  price: fc.constantFrom('2.62', '13.48', '0', null),
  quantity: fc.constantFrom(1, 3, null),
  revenue: fc.constantFrom(null, null, '17.25'),
})

interface Story {
  readonly events: readonly OracleEvent[]
  /** Which of them is told when, each at least once. */
  readonly told: readonly number[]
}

const story: fc.Arbitrary<Story> = fc
  .array(event, { minLength: 1, maxLength: EVENTS_MAX })
  .map((all) => all.map((one, at) => ({ ...one, event_id: `e${at}` })))
  .chain((events) =>
    fc
      .array(fc.nat(events.length - 1), { maxLength: 10 })
      .map((again) => [...events.keys(), ...again])
      .chain((told) => fc.shuffledSubarray(told, { minLength: told.length }))
      .map((told) => ({ events, told })),
  )

/** As a client sends it again: received later, perhaps from another network. */
const arrived = (one: OracleEvent, at: number): LogRecord => ({
  ...recordOf(one, new Date(Date.UTC(2026, 0, 31, 20, 0, at)).toISOString()),
  ip: `192.0.2.${at}`,
  user_agent: `browser ${at}`,
})

async function checkTables(shop: Shop, events: readonly OracleEvent[]): Promise<void> {
  const expected = oracleTables(events)
  for (const name of Object.keys(expected) as OracleTable[]) {
    compareTable(name, await shop.rows(`SELECT * FROM ${name}`), expected[name])
  }
}

test(`order, batches, retries and replays change no table (seed ${SEED})`, async (t) => {
  const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 20 }))
  await fc.assert(
    fc.asyncProperty(story, sizes, async ({ events, told }, sizes) => {
      const shop = await new Shop(t, { threads: 1 }).open()
      const records = told.map((number, at) => arrived(events[number] as OracleEvent, at))
      for (let at = 0; at < records.length; ) {
        const size = sizes.next().value ?? 1
        await shop.tell(records.slice(at, at + size))
        at += size
      }
      await shop.tell(records, 'told-again')
      await checkTables(shop, events)
      const { received, stored, duplicate, invalid } = await shop.ledger()
      const all = 2 * told.length
      assert.deepEqual(
        [received, stored, duplicate, invalid],
        [all, events.length, all - events.length, 0],
      )
      await shop.close()
    }),
    { numRuns: RUNS, seed: SEED },
  )
})
