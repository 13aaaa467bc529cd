/**
 * The Spark engine: every operator's equations, and golden scenarios against their expected tables.
 * CLICKPATH_TEST_SCENARIOS names others than the few that are run by default, or `all`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { renderExpression } from '../../src/engine/spark/render_expression.ts'
import { EQUATIONS } from '../engine/equations.ts'
import { check } from '../golden/check.ts'
import { randomFor, straight } from '../golden/deliveries.ts'
import { readScenario, scenarioNames } from '../golden/scenario.ts'
import { sparkStack } from '../golden/stacks.ts'
import { NEEDS_SPARK, SPARK, sparkSession } from './spark_server.ts'

const FEW = 'bridged_sessions,orders,copies_and_conflicts,clock_change'
const told = process.env.CLICKPATH_TEST_SCENARIOS ?? FEW
const names = told === 'all' ? scenarioNames() : told.split(',')

test('Spark keeps every equation of every operator', NEEDS_SPARK, async (t) => {
  const session = await sparkSession(t)
  const columns = EQUATIONS.map(({ expression }, at) => {
    return `CAST(${renderExpression(expression)} AS STRING) AS c${at}`
  })
  const [row = {}] = await session.run(`SELECT ${columns.join(', ')}`)
  for (const [at, { name, gives }] of EQUATIONS.entries()) {
    assert.equal(row[`c${at}`] ?? null, gives, name)
  }
})

for (const name of names) {
  test(`${name}: told in batches, and rebuilt from the log in one`, NEEDS_SPARK, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'clickpath-spark-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const scenario = readScenario(name)
    const open = await sparkStack(SPARK ?? '').open(directory, scenario.settings)
    try {
      for (const batch of straight.batches(scenario, randomFor(1))) {
        await open.append(batch)
        await open.engine.catchUp()
      }
      await check(scenario, open, { ...straight, batches: 'as told' })
      await open.engine.rebuild()
      await check(scenario, open, { ...straight, batches: 'others' })
    } finally {
      await open.close()
    }
  })
}
