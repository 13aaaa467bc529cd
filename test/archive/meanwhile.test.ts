import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Shop } from '../engine/shop.ts'
import { ALL, archivedFiles, oldRecords, SETTINGS } from './old_shop.ts'

const PARTS = 12

test('no question sees an event twice or not at all while it moves', async (t) => {
  const shop = await new Shop(t, { ...SETTINGS, batch_interval_ms: 10 }).open()
  const { engine, housekeeping } = shop.processor
  const events = oldRecords(5, 1_200).filter(({ record }) => record === 'event')
  const stopping = new AbortController()
  const running = engine.run(stopping.signal)
  let state: 'telling' | 'told' = 'telling'
  const telling = (async () => {
    const size = Math.ceil(events.length / PARTS)
    for (let part = 0; part < PARTS; part++) {
      await shop.append(events.slice(part * size, (part + 1) * size))
      await housekeeping.archive(ALL)
    }
    // The questions below may have kept the batches waiting until here.
    while (archivedFiles(shop, 'events').length < 2) {
      await delay(10)
      await housekeeping.archive(ALL)
    }
    state = 'told'
  })()
  let seen = 0
  let asked = 0
  do {
    const [row] = await shop.rows(`SELECT count(*) AS n, count(DISTINCT (source, event_id)) AS ids,
      (SELECT sum(stored) FROM ledger) AS stored FROM events`)
    assert.equal(row?.n, row?.ids)
    assert.equal(row?.n, row?.stored ?? 0)
    assert.ok(Number(row?.n) >= seen)
    seen = Number(row?.n)
    asked += 1
  } while (state === 'telling')
  await telling
  stopping.abort()
  await running
  await engine.catchUp()
  const [row] = await shop.rows('SELECT count(*) AS n FROM events')
  assert.equal(row?.n, events.length)
  assert.ok(asked > PARTS)
})
