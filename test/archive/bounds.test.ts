import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { DuckdbEngine } from '../../src/engine/duckdb/engine.ts'
import { tidySmallTables } from '../../src/engine/duckdb/small_tables.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import { shippedTables } from '../../src/model/tables/registry.ts'
import { planTables } from '../../src/plan/plan.ts'
import { systemClock } from '../../src/std/clock.ts'
import { readSettings } from '../../src/std/settings.ts'
import { eventRecord, Shop } from '../engine/shop.ts'
import { count } from './old_shop.ts'

test('waits while the disk has no room for the tables, says so, and goes on by itself', async (t) => {
  const shop = new Shop(t)
  await shop.append([eventRecord('e1', '12:00:00'), eventRecord('e2', '12:01:00')])
  const settings = readSettings({ store_reserve_mb: 100, batch_interval_ms: 10, threads: 1 })
  const said: string[] = []
  const told = Promise.withResolvers<void>()
  const say = (sentence: string) => {
    said.push(sentence)
    told.resolve()
  }
  let free_bytes = 99_000_000
  const log = openFileLog({
    directory: join(shop.directory, 'log'),
    spool: join(shop.directory, 'spool'),
  })
  const engine = new DuckdbEngine({
    ...{ directory: join(shop.directory, 'engine'), log, settings, clock: systemClock, say },
    ...{ plan: planTables(shippedTables(settings)), prologue: () => [] },
    files: { freeBytes: () => free_bytes },
  })
  await engine.open()
  const stopping = new AbortController()
  const running = engine.run(stopping.signal)
  await told.promise
  assert.match(
    said[0] ?? '',
    /The tables do not grow now: the disk has 99 MB left and store_reserve_mb/,
  )
  assert.equal(engine.progress().offsets.size, 0)
  const visible = Promise.withResolvers<void>()
  engine.onCommit(() => visible.resolve())
  free_bytes = 1e12
  await visible.promise
  assert.equal(engine.progress().offsets.get('live'), 2)
  assert.equal(engine.progress().last_error, null)
  stopping.abort()
  await running
  await engine.close()
  await log.close()
})

test('the ledger keeps one row a source and hour, and says the same', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([eventRecord('e1', '12:00:00'), eventRecord('e1', '12:00:00')])
  const { engine } = shop.processor
  // As so many batches would leave it.
  await engine.alone((writer) =>
    writer.script([
      'INSERT INTO ledger_counts SELECT counted.* FROM ledger_counts AS counted, range(4_000)',
    ]),
  )
  const before = await shop.ledger()
  const settings = { refused_records_max: 1_000 }
  assert.equal(await engine.alone((writer) => tidySmallTables(writer, settings)), 'worked')
  assert.equal(await count(shop, 'ledger_counts'), 1)
  assert.deepEqual(await shop.ledger(), before)
  assert.equal(await engine.alone((writer) => tidySmallTables(writer, settings)), 'idle')
})

test('of what was refused the newest stay, and every count', async (t) => {
  const shop = await new Shop(t).open()
  const refused = (at: number) => ({
    ...{ record: 'invalid', source: 'web', received_at: '2026-01-31T23:00:00Z' },
    ...{ reason: 'in_future', detail: `number ${at}`, raw: '{}' },
  })
  for (let at = 0; at < 1_200; at += 100) {
    await shop.tell(Array.from({ length: 100 }, (_, one) => refused(at + one)))
  }
  const { engine } = shop.processor
  await engine.alone((writer) => tidySmallTables(writer, { refused_records_max: 1_000 }))
  const kept = await count(shop, 'invalid_events')
  assert.ok(kept <= 1_000 && kept >= 800, `${kept} are kept`)
  assert.equal(await count(shop, "invalid_events WHERE detail = 'number 1199'"), 1)
  assert.equal(await count(shop, "invalid_events WHERE detail = 'number 0'"), 0)
  assert.equal((await shop.ledger()).invalid, 1_200)
})
