/**
 * A database that is not the log's: from another time, another copy of the folder, another shop. It
 * is known by who wrote the log, even where lanes and positions are alike; then it is built anew,
 * and says so.
 */
import assert from 'node:assert/strict'
import { copyFileSync, cpSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventRecord, type LogRecord, Shop } from '../engine/shop.ts'

/** More openings of a lane than are remembered. */
const MANY_OPENINGS = 34

const storeOf = (shop: Shop) => join(shop.directory, 'engine', 'clickpath.duckdb')

function eventsOf(name: string, count: number): readonly LogRecord[] {
  return Array.from({ length: count }, (_, at) =>
    eventRecord(`${name}-${at}`, `12:${String(at % 60).padStart(2, '0')}:00`, {
      price: at + name.length,
      event_type: ['view', 'cart', 'purchase'][at % 3],
      category: name,
    }),
  )
}

/** A shop whose store holds these events, at rest. */
async function shopWith(t: TestContext, events: readonly LogRecord[]): Promise<Shop> {
  const shop = await new Shop(t).open()
  await shop.tell(events)
  return shop
}

/** A copy of the whole data folder, as an operator makes one; nobody writes it. */
function copyOf(t: TestContext, shop: Shop): Shop {
  const copy = new Shop(t)
  cpSync(shop.directory, copy.directory, {
    recursive: true,
    filter: (path) => !basename(path).startsWith('lock.'),
  })
  return copy
}

test('a store of another shop with the same lanes and fewer events is built anew', async (t) => {
  const other = await shopWith(t, eventsOf('other', 20))
  await other.close()
  const shop = await shopWith(t, eventsOf('own', 30))
  const before = await shop.answers()
  await shop.close()
  copyFileSync(storeOf(other), storeOf(shop))
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.deepEqual(await shop.answers(), before)
  assert.match(shop.said.join(), /filled from another log: lane live differs before 20/)
})

test('a store of a copy that went its own way is built anew', async (t) => {
  const shop = await shopWith(t, eventsOf('both', 10))
  await shop.close()
  const copy = copyOf(t, shop)
  await shop.open()
  await shop.tell(eventsOf('own', 10))
  await shop.close()
  await copy.open()
  await copy.tell(eventsOf('copy', 25))
  const before = await copy.answers()
  await copy.close()
  // Behind the copy's log by positions, and yet not of it.
  copyFileSync(storeOf(shop), storeOf(copy))
  await copy.open()
  await copy.processor.engine.catchUp()
  assert.deepEqual(await copy.answers(), before)
  assert.match(copy.said.join(), /filled from another log: lane live differs before 20/)
})

test('a store that is newer than its log is built anew', async (t) => {
  const shop = await shopWith(t, eventsOf('early', 10))
  const before = await shop.answers()
  await shop.close()
  const early = copyOf(t, shop)
  await shop.open()
  await shop.tell(eventsOf('late', 10))
  await shop.close()
  copyFileSync(storeOf(shop), storeOf(early))
  await early.open()
  await early.processor.engine.catchUp()
  assert.deepEqual(await early.answers(), before)
  assert.match(early.said.join(), /ahead of the log/)
})

test('a store that is older than its log catches up and is not built anew', async (t) => {
  const shop = await shopWith(t, eventsOf('early', 10))
  await shop.close()
  const old = copyOf(t, shop)
  await shop.open()
  await shop.tell(eventsOf('late', 10))
  const before = await shop.answers()
  await shop.close()
  copyFileSync(storeOf(old), storeOf(shop))
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.deepEqual(await shop.answers(), before)
  // Its sessions were of a later time than the store that they are beside now.
  assert.deepEqual(shop.said, ['Recomputed from the stored events: sessions.'])
})

test('a store follows its log however often that is opened for writing', async (t) => {
  const shop = await new Shop(t).open()
  for (let opening = 0; opening < MANY_OPENINGS; opening++) {
    await shop.append(eventsOf(`n${opening}`, 1))
    await shop.closeLanes()
    if (opening % 6 === 0) await shop.processor.engine.catchUp()
  }
  await shop.close()
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.equal((await shop.ledger()).stored, MANY_OPENINGS)
  assert.deepEqual(shop.said, [])
})

test('a store that was away for more openings than are remembered is built anew', async (t) => {
  const shop = await shopWith(t, eventsOf('first', 5))
  await shop.closeLanes()
  await shop.tell(eventsOf('second', 5))
  await shop.close()
  for (let opening = 0; opening < MANY_OPENINGS; opening++) {
    await shop.closeLanes()
    await shop.append(eventsOf(`n${opening}`, 1))
  }
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.equal((await shop.ledger()).stored, 10 + MANY_OPENINGS)
  assert.match(shop.said.join(), /filled from another log/)
})
