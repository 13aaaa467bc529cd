/** What was archived is erased like everything else; nobody lives on in a copy in the making. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { recordFiles } from '../../src/engine/duckdb/archive_records.ts'
import { ArchiveFolder } from '../../src/log/files/archive_folder.ts'
import { LogArchive } from '../../src/log/files/log_archive.ts'
import { Shop } from '../engine/shop.ts'
import { scenario } from '../oracle/scenario.ts'
import {
  checkTables,
  erased,
  foundOf,
  isOf,
  ledgerOf,
  NOTHING,
  recordsOf,
  withLongIds,
} from './people.ts'

const PERSON = 'visitor-u6-0001'
const EVENTS = withLongIds(scenario({ seed: 77, events: 1_200 }))
const OTHERS = EVENTS.filter((event) => !isOf([PERSON])(event))
const BEFORE_MS = Date.UTC(2026, 5)
const TIMES = { log_before_ms: BEFORE_MS, events_before_ms: BEFORE_MS }

const filesOf = (shop: Shop, folder: string) =>
  readdirSync(join(shop.directory, 'archive', folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.parquet'))
    .sort()

/** A shop whose events lie in the archive of the log, and out of the database. */
async function archivedShop(t: TestContext) {
  const shop = await new Shop(t, { segment_bytes_max: 100_000 }).open()
  const records = recordsOf(EVENTS)
  for (let at = 0; at < records.length; at += 200) await shop.tell(records.slice(at, at + 200))
  const report = await shop.processor.housekeeping.archive(TIMES)
  assert.deepEqual(report.failures, [])
  assert.ok(report.log.files > 1 && report.events.files > 1, 'too little was archived')
  return shop
}

test('an erased person leaves the archives of log and events', async (t) => {
  const shop = await archivedShop(t)
  const files = filesOf(shop, 'log')
  assert.ok((await foundOf(shop, PERSON)).found > 0)
  const { receipt } = await erased(shop, PERSON)
  assert.ok(receipt.removed && receipt.removed.archive_files > 0)
  assert.equal(filesOf(shop, 'log').length, files.length)
  assert.notDeepEqual(filesOf(shop, 'log'), files)
  await checkTables(shop, OTHERS)
  await ledgerOf(shop, 'web')
  assert.deepEqual(await foundOf(shop, PERSON), NOTHING)
  // What is left is archived as before, and read from there.
  const again = await shop.processor.housekeeping.archive(TIMES)
  assert.deepEqual(again.failures, [])
  await checkTables(shop, OTHERS)
  assert.deepEqual(await foundOf(shop, PERSON), NOTHING)
})

for (const tables of ['level', 'behind'] as const) {
  test(`an erasure while a segment is copied leaves nobody in the copy, tables ${tables}`, async (t) => {
    const shop = await new Shop(t, { segment_bytes_max: 100_000 }).open()
    const records = recordsOf(EVENTS)
    for (let at = 0; at < records.length; at += 200) await shop.tell(records.slice(at, at + 200))
    const { engine, erasures } = shop.processor
    const real = recordFiles(join(shop.directory, 'run', 'archive.spill'))
    let copies = 0
    const toParquet = async (told: string, parquet: string) => {
      const written = await real.toParquet(told, parquet)
      copies += 1
      if (copies > 1) return written
      await erasures.begin([PERSON])
      await erasures.finish()
      if (tables === 'level') await engine.catchUp()
      return written
    }
    const archive = new LogArchive({
      directory: join(shop.directory, 'log'),
      archive: new ArchiveFolder(join(shop.directory, 'archive', 'log')),
      spool: join(shop.directory, 'run', 'archive'),
      records: { ...real, toParquet },
      consumers: {
        passed: (lane) => engine.progress().offsets.get(lane) ?? 0,
        pause: (work) => engine.alone(() => work()),
      },
    })
    assert.equal(await archive.moveNext(BEFORE_MS, new Set()), null)
    assert.deepEqual(await foundOf(shop, PERSON), NOTHING)
    await engine.catchUp()
    assert.ok(await archive.moveNext(BEFORE_MS, new Set()))
    assert.deepEqual(await foundOf(shop, PERSON), NOTHING)
    await shop.processor.engine.rebuild()
    await checkTables(shop, OTHERS)
  })
}
