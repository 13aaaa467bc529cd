import assert from 'node:assert/strict'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { events } from '../../src/model/events.ts'
import { count } from '../../src/model/measures/count.ts'
import { sum } from '../../src/model/measures/sum.ts'
import { table } from '../../src/model/table.ts'
import { tumbling } from '../../src/model/window.ts'
import { eventRecord, Shop } from './shop.ts'

const EVENTS = Array.from({ length: 30 }, (_, at) => {
  return eventRecord(`e${at}`, `12:${String(at).padStart(2, '0')}:00`, {
    price: at,
    event_type: ['view', 'cart', 'purchase'][at % 3],
  })
})

const store = (shop: Shop) => join(shop.directory, 'engine', 'clickpath.duckdb')

test('goes on where it stopped', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell(EVENTS.slice(0, 10))
  await shop.close()
  await shop.append(EVENTS.slice(10))
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.equal((await shop.ledger()).stored, 30)
  assert.deepEqual(shop.said, [])
})

const FAULTS = {
  missing: (file: string) => rmSync(file),
  broken: (file: string) => writeFileSync(file, 'not a database'),
  truncated: (file: string) => writeFileSync(file, ''),
} as const

for (const [name, harm] of Object.entries(FAULTS)) {
  test(`builds a ${name} database anew from the log, with the same answers`, async (t) => {
    const shop = await new Shop(t).open()
    await shop.tell(EVENTS)
    const before = await shop.answers()
    await shop.close()
    harm(store(shop))
    rmSync(`${store(shop)}.wal`, { force: true })
    await shop.open()
    await shop.processor.engine.catchUp()
    assert.deepEqual(await shop.answers(), before)
  })
}

test('catches up a database that is older than the log', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell(EVENTS.slice(0, 10))
  await shop.close()
  copyFileSync(store(shop), `${store(shop)}.old`)
  await shop.open()
  await shop.tell(EVENTS.slice(10))
  const before = await shop.answers()
  await shop.close()
  copyFileSync(`${store(shop)}.old`, store(shop))
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.deepEqual(await shop.answers(), before)
})

test('builds a database anew that is ahead of the log, and says so', async (t) => {
  const other = await new Shop(t).open()
  await other.tell(EVENTS)
  await other.close()
  const shop = await new Shop(t).open()
  await shop.tell(EVENTS.slice(0, 10))
  await shop.close()
  copyFileSync(store(other), store(shop))
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.equal((await shop.ledger()).stored, 10)
  assert.match(shop.said.join(), /ahead of the log/)
})

const counted = (measures: Parameters<typeof table>[1]['measures']) =>
  table('views_2m', {
    answers: 'How many views?',
    from: events,
    window: tumbling('2 minutes'),
    lateness: '1 minute',
    by: { product_id: events.product_id },
    measures,
  })

test('recomputes a table whose declaration changed, and only its states', async (t) => {
  const shop = new Shop(t, {}, { tables: [counted({ events: count() })] })
  await shop.open()
  await shop.tell(EVENTS)
  await shop.close()
  await shop.open({}, { tables: [counted({ events: count(), total: sum(events.price) })] })
  const [row] = await shop.rows('SELECT sum(events) AS events, sum(total) AS total FROM views_2m')
  assert.deepEqual(row, { events: 30, total: 435 })
  assert.match(shop.said.join(), /Recomputed from the stored events: views_2m\./)
  await shop.tell([eventRecord('later', '13:00:00', { price: 5 })])
  const [after] = await shop.rows('SELECT sum(total) AS total FROM views_2m')
  assert.equal(after?.total, 440)
})

test('forgets the states of a table that is no longer declared', async (t) => {
  const shop = new Shop(t, {}, { tables: [counted({ events: count() })] })
  await shop.open()
  await shop.tell(EVENTS)
  await shop.close()
  await shop.open({}, {})
  await assert.rejects(shop.rows('SELECT * FROM views_2m'), /does not exist/)
})

test('gives the same answers after a rebuild of one table and of all', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell(EVENTS)
  const before = await shop.answers()
  await shop.processor.engine.rebuild('event_windows_5m')
  assert.deepEqual(await shop.answers(), before)
  await shop.processor.engine.rebuild()
  assert.deepEqual(await shop.answers(), before)
})

test('begins days where the time zone begins them, and moves them when it changes', async (t) => {
  const shop = await new Shop(t).open({ time_zone: 'America/New_York' })
  await shop.tell([
    eventRecord('e1', '2026-01-31T03:00:00Z'),
    eventRecord('e2', '2026-01-31T06:00:00Z'),
  ])
  const starts = async () => {
    const rows = await shop.rows('SELECT window_start FROM product_conversion ORDER BY 1')
    return rows.map(({ window_start }) => window_start)
  }
  assert.deepEqual(await starts(), ['2026-01-30T05:00:00.000Z', '2026-01-31T05:00:00.000Z'])
  await shop.close()
  await shop.open({ time_zone: 'UTC' })
  assert.deepEqual(await starts(), ['2026-01-31T00:00:00.000Z'])
})
