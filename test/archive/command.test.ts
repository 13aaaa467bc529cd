import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runHere } from '../cli/surroundings.ts'
import { startUp } from '../cli/up_process.ts'
import { Shop } from '../engine/shop.ts'
import { archivedFiles, oldRecords, SETTINGS, tellInParts } from './old_shop.ts'

const BEFORE = ['--before', '2026-06-01']

test('clickpath archive plans, moves and has nothing left to move, with a server and without', async (t) => {
  const shop = await new Shop(t, SETTINGS).open()
  await tellInParts(shop, oldRecords(4, 800), 'till')
  await shop.close()
  const own = ['--data', shop.directory, '--log-reserve-mb', '0', '--threads', '1']
  const run = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await runHere(['archive', ...args, ...own])
    assert.equal(code, 0, stderr)
    return stdout
  }
  const planned = JSON.parse(await run(...BEFORE, '--dry-run', '--json'))
  assert.ok(planned.log.files > 1 && planned.events.records > 500)
  assert.equal(archivedFiles(shop, 'log').length + archivedFiles(shop, 'events').length, 0)
  const stored = async () =>
    (await runHere(['query', 'SELECT count(*) FROM events', ...own])).stdout
  const before = await stored()
  const up = await startUp(shop.directory)
  assert.deepEqual(JSON.parse(await run(...BEFORE, '--dry-run', '--json')), planned)
  const moved = JSON.parse(await run(...BEFORE, '--json'))
  assert.deepEqual(moved.log.records, planned.log.records)
  assert.equal(moved.events.records, planned.events.records)
  assert.equal(archivedFiles(shop, 'log').length, planned.log.files)
  assert.equal(await stored(), before)
  const sql = { body: JSON.stringify({ sql: 'FROM stored_events' }), method: 'POST' }
  const headers = { 'content-type': 'application/json' }
  assert.equal((await fetch(`${up.url}/api/query`, { ...sql, headers })).status, 400)
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
  assert.match(await run(...BEFORE), /^The log: moved 0 segments, 0 records, 0 B now\./)
  assert.equal(await stored(), before)
})

test('clickpath archive refuses what is no date', async (t) => {
  const shop = new Shop(t)
  const own = ['--data', shop.directory, '--log-reserve-mb', '0']
  const { code, stderr } = await runHere(['archive', '--before', 'last year', ...own])
  assert.equal(code, 1)
  assert.match(stderr, /^BAD_REQUEST: "last year" is no date/)
})
