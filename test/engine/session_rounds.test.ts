/** Sessions that are joined a share of the visitors at a time, between batches. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { runBatch } from '../../src/engine/duckdb/batch.ts'
import { Database } from '../../src/engine/duckdb/database.ts'
import { closeStore } from '../../src/engine/duckdb/open_store.ts'
import { type BatchContext, readPosition } from '../../src/engine/duckdb/position.ts'
import { readSessionPosition } from '../../src/engine/duckdb/session_position.ts'
import { isLevel, settleShare } from '../../src/engine/duckdb/session_upkeep.ts'
import { storeFiles } from '../../src/engine/place.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import { readSettings } from '../../src/std/settings.ts'
import { Shop, TEST_SETTINGS } from './shop.ts'
import { recordOf, type Seen, sessionise, shoppingHours, visits } from './visits.ts'

type Act = 'batch' | 'share' | 'small share' | 'restart'

const GROUP = 60
const EVENTS_PER_SHARE = { share: 40, 'small share': 7 }
const acts = fc.array(
  fc.constantFrom<Act>('batch', 'batch', 'share', 'share', 'small share', 'restart'),
  {
    minLength: 4,
    maxLength: 30,
  },
)

/** Does it on the store of a shop that is closed; answers how many shares left a round open. */
async function doAll(directory: string, context: BatchContext, all: readonly Act[]) {
  const settings = readSettings(TEST_SETTINGS)
  const log = openFileLog({ directory: join(directory, 'log'), spool: join(directory, 'spool') })
  const files = storeFiles(directory, settings)
  const open = async () => {
    const database = await Database.open(files, settings)
    const writer = await database.connect('store')
    const joiner = await database.connect('sessions')
    const close = () => closeStore({ database, writer, joiner })
    const position = await readPosition(writer)
    return { writer, joiner, position, sessions: await readSessionPosition(joiner), close }
  }
  let { writer, joiner, position, sessions, close } = await open()
  let opened = 0
  for (const act of all) {
    if (act === 'batch') {
      const limits = { records_max: GROUP, bytes_max: 1e9 }
      const slices = await log.read(position.offsets, limits)
      if (slices.length > 0) {
        position = (await runBatch(writer, context, position, slices)).position
      }
    } else if (act === 'restart') {
      close()
      ;({ writer, joiner, position, sessions, close } = await open())
    } else if (!isLevel(position, sessions)) {
      const { groups } = context.plan
      const most = EVENTS_PER_SHARE[act]
      sessions = await settleShare(joiner, context, position, sessions, groups, most)
      if (sessions.round) opened += 1
    }
  }
  close()
  await log.close()
  return opened
}

async function rowsAfter(t: TestContext, seen: readonly Seen[], all: readonly Act[]) {
  const shop = await new Shop(t, {}, { tables: [visits] }).open()
  for (let at = 0; at < seen.length; at += GROUP) {
    await shop.append(seen.slice(at, at + GROUP).map(recordOf))
  }
  const { plan } = shop.processor
  await shop.close()
  // The larger shares are more than half of a full batch, and so taken for an import's.
  const settings = { ...readSettings(TEST_SETTINGS), batch_records_max: GROUP }
  const context = { plan, settings, now_ms: 0 }
  const opened = await doAll(shop.directory, context, all)
  await shop.open()
  await shop.processor.engine.catchUp()
  const rows = await shop.rows('SELECT * EXCLUDE (final, version) FROM visits')
  await shop.close()
  return { opened, rows: rows.map((row) => JSON.stringify(row)).sort() }
}

test('whatever comes between their shares, they are those of all events at once', async (t) => {
  let opened = 0
  await fc.assert(
    fc.asyncProperty(fc.nat(), acts, async (seed, all) => {
      const seen = [...shoppingHours(seed, 600)]
      const done = await rowsAfter(t, seen, all)
      opened += done.opened
      assert.deepEqual(done.rows, sessionise(seen))
    }),
    { numRuns: 6 },
  )
  assert.ok(opened > 6, `only ${opened} rounds were divided`)
})
