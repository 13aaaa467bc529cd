/**
 * What the engine on Spark keeps to beside its tables: it goes on where it was, blames the one
 * record that cannot be computed with, and counts what was given up.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { mergeSilver } from '../../src/engine/spark/merge_silver.ts'
import { SilverFiles } from '../../src/engine/spark/silver_files.ts'
import { eventRecord } from '../engine/shop.ts'
import type { GoldenRecord } from '../golden/scenario.ts'
import { type OpenStack, type Stack, sparkStacks } from '../golden/stacks.ts'
import { NEEDS_SPARK, SPARK, sparkSession } from './spark_server.ts'

function folderOf(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-spark-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const stack = sparkStacks(SPARK ?? '')[0] as Stack
const events = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, at) =>
    eventRecord(`${prefix}${at}`, '12:00:00'),
  ) as unknown as GoldenRecord[]

test(
  'finds the one record that Spark cannot compute with, keeps it and goes on',
  NEEDS_SPARK,
  async (t) => {
    const open = await stack.open(folderOf(t), {})
    try {
      const records = events(40, 'e')
      const huge = { price: 999_999_999, quantity: 999_999 }
      records[17] = eventRecord('e17', '12:00:00', huge) as unknown as GoldenRecord
      await open.append(records)
      await open.engine.catchUp()
      const rows = (query: string) => open.engine.store.rows(query)
      assert.equal((await rows('SELECT * FROM events')).length, 39)
      const [refused] = await rows('SELECT reason, detail, event_id, raw FROM invalid_events')
      assert.equal(refused?.reason, 'engine_refused')
      assert.equal(refused?.event_id, 'e17')
      assert.match(String(refused?.detail), /NUMERIC_VALUE_OUT_OF_RANGE|OVERFLOW/)
      assert.match(String(refused?.raw), /999999999/)
      const [sums] = await rows(`SELECT sum(received) AS received, sum(stored) AS stored,
      sum(invalid) AS invalid FROM ledger`)
      assert.deepEqual(sums, { received: 40, stored: 39, invalid: 1 })
    } finally {
      await open.close()
    }
  },
)

test(
  'opened again, it goes on where it was; without its files, it computes all anew',
  NEEDS_SPARK,
  async (t) => {
    const directory = folderOf(t)
    const count = async (more: readonly GoldenRecord[]) => {
      const open = await stack.open(directory, {})
      try {
        const { batch } = open.engine.progress()
        if (more.length > 0) await open.append(more)
        await open.engine.catchUp()
        const [row] = await open.engine.store.rows('SELECT count(*) AS n FROM events')
        return { n: Number(row?.n), batch, after: open.engine.progress().batch }
      } finally {
        await open.close()
      }
    }
    const first = await count(events(3, 'a'))
    assert.equal(first.n, 3)
    const second = await count([...events(3, 'a'), ...events(2, 'b')])
    assert.equal(second.batch, first.after, 'nothing was built anew')
    assert.equal(second.n, 5)
    const silver = join(directory, 'spark', 'silver')
    const [lost = ''] = readdirSync(silver)
    rmSync(join(silver, lost), { recursive: true })
    assert.equal((await count([])).n, 5)
  },
)

test(
  'many small folders of events become one, and a kill in between changes nothing',
  NEEDS_SPARK,
  async (t) => {
    const directory = folderOf(t)
    const tell = async (open: OpenStack, more: readonly GoldenRecord[]) => {
      if (more.length > 0) await open.append(more)
      await open.engine.catchUp()
      const [row] = await open.engine.store.rows('SELECT count(*) AS n FROM events')
      return Number(row?.n)
    }
    const first = await stack.open(directory, {})
    await tell(first, events(3, 'a'))
    await tell(first, events(2, 'b'))
    const { batch } = first.engine.progress()
    await first.close()

    const silver = new SilverFiles(join(directory, 'spark'))
    const folders = await silver.folders()
    assert.equal(folders.length, 2)
    const [old] = folders
    assert.ok(old)
    const copy = join(directory, 'copy')
    cpSync(join(silver.path, old.name), copy, { recursive: true })
    await mergeSilver(await sparkSession(t), silver, folders, (work) => work())
    assert.equal((await silver.folders()).length, 1)
    cpSync(copy, join(silver.path, old.name), { recursive: true })

    const second = await stack.open(directory, {})
    try {
      assert.equal(second.engine.progress().batch, batch, 'nothing was built anew')
      assert.equal(await tell(second, []), 5)
      assert.deepEqual(readdirSync(silver.path).length, 1)
      assert.equal(await tell(second, [...events(3, 'a'), ...events(1, 'c')]), 6)
    } finally {
      await second.close()
    }
  },
)
