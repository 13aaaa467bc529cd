import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { damagedEventFiles } from '../../src/engine/duckdb/event_files.ts'
import { ArchiveFolder } from '../../src/log/files/archive_folder.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import { Shop } from '../engine/shop.ts'
import { ALL, archivedFiles, count, oldRecords, SETTINGS, tellInParts } from './old_shop.ts'

const RECORDS = oldRecords(2, 1_000)
const NO_LIMITS = { records_max: 1e6, bytes_max: 1e9 }

function flipByte(file: string): void {
  const bytes = readFileSync(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  writeFileSync(file, bytes)
}

test('a damaged file of the archived log is named, and what lies beyond it can be read', async (t) => {
  const shop = await new Shop(t, SETTINGS).open()
  await tellInParts(shop, RECORDS)
  await shop.processor.housekeeping.archive(ALL)
  await shop.close()
  const [, second = ''] = archivedFiles(shop, 'log')
  flipByte(second)
  const [, first_position, end_position] = /live-(\d{20})-(\d{20})/.exec(second)?.map(Number) ?? []
  const archive = new ArchiveFolder(join(shop.directory, 'archive', 'log'))
  const spool = join(shop.directory, 'spool')
  const log = openFileLog({ directory: join(shop.directory, 'log'), spool, archive })
  const [first] = await log.read(new Map(), NO_LIMITS)
  assert.equal(first?.count, first_position)
  await assert.rejects(log.read(new Map([['live', first_position ?? 0]]), NO_LIMITS), {
    code: 'LOG_CORRUPT',
    message: new RegExp(
      `live-0*${first_position}-0*${end_position}.*is whole again from ${end_position} on`,
    ),
  })
  let position = end_position ?? 0
  for (;;) {
    const slices = await log.read(new Map([['live', position]]), NO_LIMITS)
    if (slices.length === 0) break
    position += slices.reduce((sum, slice) => sum + slice.count, 0)
  }
  assert.equal(position, RECORDS.length)
  await log.close()
})

test('a damaged file of archived events is named, and a rebuild makes it anew', async (t) => {
  const shop = await new Shop(t, SETTINGS).open()
  await tellInParts(shop, RECORDS)
  const stored = await count(shop, 'events')
  const { housekeeping, engine } = shop.processor
  await housekeeping.archive(ALL)
  const folder = join(shop.directory, 'archive', 'events')
  assert.deepEqual(await damagedEventFiles(folder), [])
  const [file = ''] = archivedFiles(shop, 'events')
  flipByte(file)
  assert.deepEqual(await damagedEventFiles(folder), [file])
  await engine.rebuild()
  await housekeeping.archive(ALL)
  assert.deepEqual(await damagedEventFiles(folder), [])
  assert.equal(await count(shop, 'events'), stored)
})
