import assert from 'node:assert/strict'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Shop } from '../engine/shop.ts'
import {
  ALL,
  archivedFiles,
  count,
  everything,
  oldRecords,
  SETTINGS,
  segmentsOf,
  tellInParts,
} from './old_shop.ts'

const RECORDS = oldRecords(1, 700)

async function openShop(...[t]: ConstructorParameters<typeof Shop>): Promise<Shop> {
  const shop = await new Shop(t, SETTINGS).open()
  await tellInParts(shop, RECORDS)
  return shop
}

test('an archive changes no answer, and neither does a rebuild from it', async (t) => {
  const shop = await openShop(t)
  const before = await everything(shop)
  const segments = segmentsOf(shop).length
  const { housekeeping, engine } = shop.processor
  const report = await housekeeping.archive(ALL)
  assert.deepEqual(report.failures, [])
  assert.equal(report.log.files, segments - 1)
  assert.equal(segmentsOf(shop).length, 1)
  assert.equal(archivedFiles(shop, 'log').length, segments - 1)
  assert.equal(archivedFiles(shop, 'events').length, report.events.files)
  assert.equal(await count(shop, 'silver_events'), 0)
  assert.deepEqual(await everything(shop), before)
  for (const table of ['event_windows_5m', 'sessions', 'product_sales']) await engine.rebuild(table)
  assert.deepEqual(await everything(shop), before)
  await engine.rebuild()
  assert.deepEqual(await everything(shop), before)
  assert.deepEqual(archivedFiles(shop, 'events'), [])
  await housekeeping.archive(ALL)
  assert.equal(await count(shop, 'silver_events'), 0)
  assert.deepEqual(await everything(shop), before)
})

test('copies and conflicts of archived events are found for ever', async (t) => {
  const shop = await openShop(t)
  const { stored } = await shop.ledger()
  await shop.processor.housekeeping.archive(ALL)
  const events = RECORDS.filter(({ record }) => record === 'event')
  await tellInParts(shop, events)
  await shop.tell([{ ...events[0], page_url: 'https://shop.example/another' }])
  const after = await shop.ledger()
  assert.deepEqual([after.stored, after.duplicate, after.invalid], [stored, events.length, 2])
  assert.equal(await count(shop, "invalid_events WHERE reason = 'id_conflict'"), 1)
})

test('a late event of an archived day is seen at once, and many get a further file', async (t) => {
  const shop = await openShop(t)
  const { housekeeping } = shop.processor
  await housekeeping.archive(ALL)
  const files = archivedFiles(shop, 'events').length
  const events = RECORDS.filter(({ record }) => record === 'event')
  const late = Array.from({ length: 1_100 }, (_, at) => ({
    ...events[at % 50],
    ...{ event_id: `late-${at}`, order_id: undefined, event_time: '2024-02-29T11:00:00Z' },
  }))
  await shop.tell(late.slice(0, 10))
  await housekeeping.archive(ALL)
  assert.equal(await count(shop, "events WHERE starts_with(event_id, 'late-')"), 10)
  assert.equal(archivedFiles(shop, 'events').length, files)
  await shop.tell(late.slice(10))
  await housekeeping.archive(ALL)
  assert.equal(archivedFiles(shop, 'events').length, files + 1)
  assert.equal(await count(shop, 'events'), events.length + late.length)
  assert.equal(await count(shop, 'silver_events'), 0)
})

test('a plan says what would be moved and moves nothing', async (t) => {
  const shop = await openShop(t)
  const { housekeeping } = shop.processor
  const plan = await housekeeping.plan(ALL)
  assert.deepEqual(archivedFiles(shop, 'log').concat(archivedFiles(shop, 'events')), [])
  const report = await housekeeping.archive(ALL)
  assert.deepEqual([plan.log.files, plan.log.records], [report.log.files, report.log.records])
  assert.equal(plan.events.records, report.events.records)
})

test('what is younger than the settings say stays where it is', async (t) => {
  const shop = await new Shop(t, { ...SETTINGS, log_days: 36_500, store_days: 36_500 }).open()
  await tellInParts(shop, RECORDS)
  const { log, events } = await shop.processor.housekeeping.archive()
  assert.deepEqual([log.files, events.files], [0, 0])
})

test('a data folder with an archive may be moved to another place', async (t) => {
  const shop = await openShop(t)
  await shop.processor.housekeeping.archive(ALL)
  const before = await everything(shop)
  await shop.close()
  const moved = new Shop(t, SETTINGS)
  cpSync(shop.directory, moved.directory, { recursive: true })
  rmSync(join(shop.directory, 'archive'), { recursive: true })
  await moved.open()
  assert.deepEqual(await everything(moved), before)
  assert.deepEqual(moved.said, [])
})

test('builds the database anew where a file of archived events is missing', async (t) => {
  const shop = await openShop(t)
  await shop.processor.housekeeping.archive(ALL)
  const before = await everything(shop)
  await shop.close()
  rmSync(archivedFiles(shop, 'events')[0] ?? '')
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.match(shop.said.join(), /archived events in .* is missing/)
  assert.deepEqual(await everything(shop), before)
})
