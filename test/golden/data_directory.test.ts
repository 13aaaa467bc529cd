/** What earlier versions left is opened by this one, and says the same. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openKeys } from '../../src/collect/keys.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { openProcessor } from '../../src/processor.ts'
import { systemClock as clock } from '../../src/std/clock.ts'
import { readSettings } from '../../src/std/settings.ts'
import { eventRecord } from '../engine/shop.ts'
import type { OracleTable } from '../oracle/columns.ts'
import { compareTable } from '../oracle/compare.ts'
import { columnsIn } from './columns.ts'
import { DATA_DIRECTORIES, KEYS, unpack, versions } from './data_directory.ts'
import { readExpected } from './scenario.ts'

const settings = readSettings({ log_reserve_mb: 0, threads: 1, memory_limit_mb: 400 })

async function open(directory: string) {
  const said: string[] = []
  const say = (sentence: string) => said.push(sentence)
  const processor = await openProcessor({ directory, settings, config: {}, clock, say })
  await processor.engine.catchUp()
  return { processor, said, rows: (sql: string) => processor.engine.store.rows(sql) }
}

test('there is a data directory of at least one version', () => {
  assert.ok(versions().length > 0)
})

for (const version of versions()) {
  for (const store of ['with store', 'without'] as const) {
    test(`opens what ${version} left (${store}), says the same and goes on`, async (t) => {
      const directory = mkdtempSync(join(tmpdir(), 'clickpath-golden-'))
      t.after(() => rmSync(directory, { recursive: true, force: true }))
      unpack(version, directory, store)

      const { processor, said, rows } = await open(directory)
      // Another version of the store or of DuckDB builds it anew, and says so; nothing else may.
      if (said.length > 0) assert.match(said.join('\n'), /built anew from the log: it has version/)
      const expected = readExpected(join(DATA_DIRECTORIES, version, 'expected'))
      assert.ok(expected.size > 0)
      for (const [name, due] of expected) {
        const table = name as OracleTable
        compareTable(table, await rows(`SELECT * FROM ${name}`), due, columnsIn(table, due))
      }
      const told = await rows('SELECT product_name FROM products')
      assert.deepEqual(told, [{ product_name: 'Mug' }])
      const [ledger] = await rows(
        'SELECT sum(stored) AS stored, sum(invalid) AS invalid FROM ledger',
      )
      const [counted] = await rows('SELECT count(*) AS events FROM events')
      // A product and a customer are stored too.
      assert.deepEqual(ledger, { stored: Number(counted?.events) + 2, invalid: 1 })
      await processor.close()

      const { all } = openKeys(directory, randomBytes)
      assert.deepEqual(all.map(({ key }) => key).sort(), Object.values(KEYS).sort())
      const lane = await openLaneWriter({
        directory: join(directory, 'log'),
        lane: 'live',
        settings,
        clock,
      })
      const further = eventRecord('further', '12:00:00', { product_id: 'new' })
      await lane.append(Buffer.from(`${JSON.stringify(further)}\n`), 1)
      await lane.close()
      const again = await open(directory)
      const [after] = await again.rows('SELECT count(*) AS events FROM events')
      assert.equal(after?.events, Number(counted?.events) + 1)
      assert.deepEqual(again.said, [])
      await again.processor.close()
    })
  }
}
