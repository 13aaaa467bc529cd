import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { renderExpression } from '../../src/engine/duckdb/render_expression.ts'
import { OPERATORS } from '../../src/model/operators.ts'
import { EQUATIONS } from './equations.ts'

test('every file of expressions/ is in the registry', () => {
  const files = readdirSync(new URL('../../src/model/expressions/', import.meta.url))
  assert.equal(files.length, Object.keys(OPERATORS).length)
})

test('every operator states at least three equations', () => {
  for (const { name, equations } of Object.values(OPERATORS)) {
    assert.ok(equations.length >= 3, `${name} states too few equations`)
  }
})

test('DuckDB keeps every equation of every operator', async (t) => {
  const connection = await (await DuckDBInstance.create()).connect()
  for (const { name, expression, gives } of EQUATIONS) {
    await t.test(name, async () => {
      const sql = `SELECT CAST(${renderExpression(expression)} AS VARCHAR)`
      const [[given] = []] = (await connection.runAndReadAll(sql)).getRowsJson()
      assert.equal(given ?? null, gives)
    })
  }
})
