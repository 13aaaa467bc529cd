import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordOf } from '../oracle/event.ts'
import { seededRandom, shuffled } from '../oracle/random.ts'
import { scenario } from '../oracle/scenario.ts'
import { Shop } from './shop.ts'

const RECEIVED_AT = '2026-01-31T23:00:00Z'
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))

test(`states merged batch by batch are those that a rebuild makes, table by table (seed ${SEED})`, async (t) => {
  const random = seededRandom(SEED)
  const shop = await new Shop(t).open()
  const events = shuffled(scenario({ seed: SEED, events: 300 }), SEED)
  const records = events.map((event) => recordOf(event, RECEIVED_AT))
  for (let at = 0; at < records.length; ) {
    const size = 1 + random.below(40)
    await shop.tell(records.slice(at, at + size))
    at += size
  }
  const merged = await shop.answers()
  for (const name of shop.processor.plan.tables.keys()) {
    await t.test(name, async () => {
      await shop.processor.engine.rebuild(name)
      const rows = await shop.rows(`SELECT * EXCLUDE (version) FROM ${name}`)
      assert.deepEqual(rows.map((row) => JSON.stringify(row)).sort(), merged[name])
    })
  }
  assert.deepEqual(await shop.answers(), merged)
})
