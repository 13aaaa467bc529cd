/** Sessions have a file of their own: joined beside batches, and made anew where it is lost. */
import assert from 'node:assert/strict'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Shop } from './shop.ts'
import { recordOf, type Seen, sessionise, shoppingHours, visits } from './visits.ts'

const SEEN: readonly Seen[] = [...shoppingHours(7, 900)]
const HALF = SEEN.length / 2

const openShop = (t: TestContext, settings = {}) =>
  new Shop(t, settings, { tables: [visits] }).open()

const fileOf = (shop: Shop) => join(shop.directory, 'engine', 'sessions.duckdb')

async function visitsOf(shop: Shop): Promise<readonly string[]> {
  const rows = await shop.rows('SELECT * EXCLUDE (final, version) FROM visits')
  return rows.map((row) => JSON.stringify(row)).sort()
}

const HARMS: Readonly<Record<string, (shop: Shop, t: TestContext) => Promise<void> | void>> = {
  missing: (shop) => rmSync(fileOf(shop)),
  empty: (shop) => writeFileSync(fileOf(shop), ''),
  broken: (shop) => writeFileSync(fileOf(shop), 'not a database'),
  "another shop's": async (shop, t) => {
    const other = await openShop(t)
    await other.tell(SEEN.slice(100, 300).map(recordOf))
    await other.close()
    copyFileSync(fileOf(other), fileOf(shop))
  },
}

for (const [name, harm] of Object.entries(HARMS)) {
  test(`where their file is ${name}, sessions are made anew`, async (t) => {
    const shop = await openShop(t)
    await shop.tell(SEEN.map(recordOf))
    await shop.close()
    await harm(shop, t)
    await shop.open()
    await shop.processor.engine.catchUp()
    assert.deepEqual(await visitsOf(shop), sessionise(SEEN))
    assert.equal((await shop.ledger()).stored, SEEN.length)
    // The store is sound, and is not made anew with them.
    assert.ok(!shop.said.some((said) => said.includes('from the log')), shop.said.join('; '))
  })
}

test('an older file of them catches up', async (t) => {
  const shop = await openShop(t)
  await shop.tell(SEEN.slice(0, HALF).map(recordOf))
  await shop.close()
  copyFileSync(fileOf(shop), `${fileOf(shop)}.old`)
  await shop.open()
  await shop.tell(SEEN.slice(HALF).map(recordOf))
  await shop.close()
  copyFileSync(`${fileOf(shop)}.old`, fileOf(shop))
  await shop.open()
  await shop.processor.engine.catchUp()
  assert.deepEqual(await visitsOf(shop), sessionise(SEEN))
  assert.deepEqual(shop.said, [])
})

/** How often each of them committed so far. */
async function commits(shop: Shop): Promise<{ readonly batches: number; readonly shares: number }> {
  const [row] = await shop.rows(`SELECT (SELECT count(*) FROM batches) AS batches,
    (SELECT count(*) FROM session_batches) AS shares`)
  return { batches: Number(row?.batches), shares: Number(row?.shares) }
}

test('while batches come, a rebuild, and work that must be alone, none is lost', async (t) => {
  // A quarter of it is joined at once: so rounds are of several shares.
  const shop = await openShop(t, { batch_records_max: 200, session_delay_ms: 0 })
  const { engine } = shop.processor
  const stopping = new AbortController()
  const running = engine.run(stopping.signal)
  for (let at = 0; at < SEEN.length; at += 20) {
    await shop.append(SEEN.slice(at, at + 20).map(recordOf))
    if (at % 100 === 0) await engine.alone((writer) => writer.run('CHECKPOINT'))
    if (at === 400) await engine.rebuild('visits')
    await sleep(at % 60)
  }
  stopping.abort()
  await running
  await engine.catchUp()
  assert.deepEqual(await visitsOf(shop), sessionise(SEEN))
  assert.deepEqual(
    shop.said.filter((said) => !said.includes('visits')),
    [],
  )
  const { batches, shares } = await commits(shop)
  assert.ok(batches > 10 && shares > 10, `${batches} batches, ${shares} shares`)
})
