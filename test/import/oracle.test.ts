/**
 * The whole of the real file through the whole of the product, against every table recomputed by
 * hand from the raw file; then the same file again.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Shop } from '../engine/shop.ts'
import type { OracleTable } from '../oracle/columns.ts'
import { compareTable, differences } from '../oracle/compare.ts'
import { readRees46 } from '../oracle/rees46.ts'
import { oracleTables } from '../oracle/tables.ts'
import { rees46 } from '../real_data.ts'
import { counts, imported } from './importing.ts'

const { file: REAL_FILE, skip } = rees46
const ROWS = 22_283

function realEvents() {
  const content = gunzipSync(readFileSync(REAL_FILE))
  const identity = createHash('sha256').update(content).digest('hex').slice(0, 16)
  const eventIdOf = (row: number) => `${identity}-${String(row).padStart(12, '0')}`
  return readRees46(REAL_FILE, { eventIdOf })
}

/** Every gold row with its version: what has not changed is not sent out again. */
async function everyRow(shop: Shop) {
  const tables = [...shop.processor.plan.tables.keys()]
  const rows = tables.map(async (name) => {
    const all = await shop.rows(`SELECT * FROM ${name}`)
    return [name, all.map((row) => JSON.stringify(row)).sort()] as const
  })
  return { ...(await shop.answers()), ...Object.fromEntries(await Promise.all(rows)) }
}

test('every table of the real file is what the oracle computes, also after a second import', {
  skip,
}, async (t) => {
  const expected = oracleTables(realEvents())
  const shop = new Shop(t)
  const first = await imported(shop.directory, REAL_FILE)
  assert.deepEqual(counts(first), { received: ROWS, stored: ROWS, duplicate: 0, invalid: 0 })
  await shop.open()
  const names = Object.keys(expected) as OracleTable[]
  for (const name of names) {
    await t.test(name, async () => {
      compareTable(name, await shop.rows(`SELECT * FROM ${name}`), expected[name])
    })
  }
  const before = await everyRow(shop)
  await shop.close()

  const second = await imported(shop.directory, REAL_FILE)
  assert.deepEqual(counts(second), { received: ROWS, stored: 0, duplicate: ROWS, invalid: 0 })
  assert.equal(second.number, 2)
  await shop.open()
  assert.deepEqual(await everyRow(shop), before)
  const { received, stored, duplicate } = await shop.ledger()
  assert.deepEqual([received, stored, duplicate], [2 * ROWS, ROWS, ROWS])
})

test('the comparison notices one cent', { skip }, async () => {
  const { revenue_1h } = oracleTables(realEvents())
  const [row, ...others] = revenue_1h
  const wrong = [{ ...row, revenue: '0.0100' }, ...others]
  assert.equal(differences('revenue_1h', wrong, revenue_1h).length, 1)
})
