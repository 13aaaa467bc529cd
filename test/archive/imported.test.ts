import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLaneImport } from '../../src/log/files/lane_import.ts'
import { Shop } from '../engine/shop.ts'
import { fileOf, imported, REES46_HEAD, rees46Row } from '../import/importing.ts'
import { archivedFiles, count, everything, segmentsOf } from './old_shop.ts'

/** Imports are received when they are made. */
const ALL = { log_before_ms: Number.MAX_SAFE_INTEGER, events_before_ms: Date.parse('2019-10-02') }
const ROWS = Array.from({ length: 500 }, (_, at) =>
  rees46Row({ product_id: `p${at % 7}`, user_id: `${at % 40}`, price: `${at}` }),
)

async function importedShop(...[t]: ConstructorParameters<typeof Shop>) {
  const shop = new Shop(t)
  const file = fileOf(t, [REES46_HEAD, ...ROWS])
  await imported(shop.directory, file)
  const [lane = ''] = readdirSync(join(shop.directory, 'log'))
  await shop.open()
  return { shop, file, lane }
}

test('an imported lane moves whole, stands where it stood, and knows its rows again', async (t) => {
  const { shop, file, lane } = await importedShop(t)
  const { log, housekeeping, engine } = shop.processor
  const before = await everything(shop)
  const [{ durable_position } = { durable_position: 0 }] = await log.lanes()
  await housekeeping.archive(ALL)
  assert.deepEqual(segmentsOf(shop, lane), [])
  assert.equal(archivedFiles(shop, 'log').length, 1)
  assert.equal((await log.lanes())[0]?.durable_position, durable_position)
  await engine.rebuild()
  assert.deepEqual(await everything(shop), before)
  await shop.close()
  const again = await imported(shop.directory, file)
  assert.deepEqual([again.stored, again.duplicate], [0, ROWS.length])
})

test('the last segment of a lane stays while somebody imports into it', async (t) => {
  const { shop, lane } = await importedShop(t)
  const { housekeeping } = shop.processor
  const importing = await openLaneImport({ directory: join(shop.directory, 'log'), lane })
  await housekeeping.archive(ALL)
  assert.equal(segmentsOf(shop, lane).length, 1)
  assert.equal(importing.next_position, ROWS.length)
  await importing.close()
  await housekeeping.archive(ALL)
  assert.equal(segmentsOf(shop, lane).length, 0)
  const after = await openLaneImport({ directory: join(shop.directory, 'log'), lane })
  assert.equal(after.next_position, ROWS.length)
  await after.close()
  assert.equal(await count(shop, 'events'), ROWS.length)
})
