import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OracleTable } from '../oracle/columns.ts'
import { compareTable } from '../oracle/compare.ts'
import type { OracleEvent } from '../oracle/event.ts'
import { recordOf } from '../oracle/event.ts'
import { seededRandom, shuffled } from '../oracle/random.ts'
import { scenario } from '../oracle/scenario.ts'
import { oracleTables } from '../oracle/tables.ts'
import { Shop } from './shop.ts'

const RECEIVED_AT = '2026-01-31T23:00:00Z'
const SEEDS = [1, 2, 3]

/** Tells the events in random batches over three lanes, some of them again, sooner or later. */
async function tellInDisorder(shop: Shop, events: readonly OracleEvent[], seed: number) {
  const random = seededRandom(seed)
  const again = events.filter(() => random.chance(0.2))
  const told = shuffled([...events, ...again], seed).map((event) => recordOf(event, RECEIVED_AT))
  let at = 0
  while (at < told.length) {
    const size = 1 + random.below(150)
    await shop.append(told.slice(at, at + size), `lane-${random.below(3)}`)
    at += size
    if (random.chance(0.6)) await shop.processor.engine.catchUp()
  }
  await shop.processor.engine.catchUp()
  return again.length
}

for (const seed of SEEDS) {
  test(`any order, batches and repeats give what the oracle computes (seed ${seed})`, async (t) => {
    const events = scenario({ seed })
    const expected = oracleTables(events)
    const shop = await new Shop(t).open()
    const repeats = await tellInDisorder(shop, events, seed)
    const { received, stored, duplicate, invalid } = await shop.ledger()
    assert.deepEqual(
      [received, stored, duplicate, invalid],
      [events.length + repeats, events.length, repeats, 0],
    )
    for (const name of Object.keys(expected) as OracleTable[]) {
      compareTable(name, await shop.rows(`SELECT * FROM ${name}`), expected[name])
    }
  })
}

test('calm and in order or shuffled in small batches, every answer is the same', async (t) => {
  const events = scenario({ seed: 7 })
  const calm = await new Shop(t).open()
  await calm.tell(events.map((event) => recordOf(event, RECEIVED_AT)))
  const wild = await new Shop(t).open()
  await tellInDisorder(wild, events, 7)
  assert.deepEqual(await wild.answers(), await calm.answers())
})

test('compaction changes no answer', async (t) => {
  const events = scenario({ seed: 9 })
  const calm = await new Shop(t).open()
  await calm.tell(events.map((event) => recordOf(event, RECEIVED_AT)))
  const busy = await new Shop(t).open()
  // Enough batches for panes to be compacted, some of them more than once.
  for (let at = 0; at < events.length; at += 5) {
    await busy.tell(events.slice(at, at + 5).map((event) => recordOf(event, RECEIVED_AT)))
  }
  assert.ok(busy.processor.engine.progress().batch > 100)
  assert.deepEqual(await busy.answers(), await calm.answers())
})
