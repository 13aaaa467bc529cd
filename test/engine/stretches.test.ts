import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { keepStretches, withinStretches } from '../../src/engine/duckdb/stretches.ts'

const ROWS = 1_000_000

/** What is asked for, as a condition on `rowid`; how many rows at most are read for it. */
const CASES = [
  { name: 'none', where: 'FALSE', read_max: 0 },
  { name: 'the first and the last', where: `rowid IN (0, ${ROWS - 1})`, read_max: 2 },
  { name: 'one block', where: 'rowid BETWEEN 5000 AND 9000', read_max: 4_001 },
  { name: 'near ones as one', where: 'rowid IN (10, 4_000)', read_max: 3_991 },
  { name: 'three blocks', where: 'rowid % 400_000 < 1_000', read_max: 3_000 },
  { name: 'more blocks than stretches', where: 'rowid % 10_000 < 100', read_max: ROWS },
  { name: 'all', where: 'TRUE', read_max: ROWS },
]

test('finds all rows by their numbers, and reads little else', async (t) => {
  const connection = await (await DuckDBInstance.create()).connect()
  const count = async (sql: string) => {
    const reader = await connection.runAndReadAll(sql)
    return Number(reader.getRowsJson()[0]?.[0])
  }
  await connection.run(`CREATE TABLE stored AS SELECT range AS value FROM range(${ROWS})`)
  for (const { name, where, read_max } of CASES) {
    await t.test(name, async () => {
      await connection.run(`CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT rowid AS wanted_row FROM stored WHERE ${where}`)
      await connection.run(keepStretches('the "rows"', 'SELECT wanted_row AS number FROM wanted'))
      const within = `SELECT count(*) FROM stored WHERE ${withinStretches('the "rows"')}`
      const read = await count(within)
      assert.ok(read <= read_max, `${read} rows are read`)
      const wanted = await count('SELECT count(*) FROM wanted')
      const found = `${within} AND rowid IN (SELECT wanted_row FROM wanted)`
      assert.equal(await count(found), wanted)
    })
  }
})
