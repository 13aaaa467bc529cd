/**
 * The Spark engine: every operator's equations, and golden scenarios against their expected tables,
 * on a log of files and, where CLICKPATH_TEST_KAFKA names a broker, on one in Kafka.
 * CLICKPATH_TEST_SCENARIOS names others than the few that are run by default, or `all`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { renderExpression } from '../../src/engine/spark/render_expression.ts'
import { EQUATIONS } from '../engine/equations.ts'
import { check } from '../golden/check.ts'
import { type Batches, DELIVERIES, randomFor, straight } from '../golden/deliveries.ts'
import { readScenario, scenarioNames } from '../golden/scenario.ts'
import { type OpenStack, sparkStacks } from '../golden/stacks.ts'
import { NEEDS_SPARK, SPARK, sparkSession } from './spark_server.ts'

const FEW = 'bridged_sessions,orders,copies_and_conflicts,clock_change'
const told = process.env.CLICKPATH_TEST_SCENARIOS ?? FEW
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
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

const stacks = sparkStacks(SPARK ?? '')

for (const [at, name] of names.entries()) {
  for (const stack of stacks) {
    test(`${name}, ${stack.name}: told in batches, rebuilt in one`, NEEDS_SPARK, async (t) => {
      const scenario = readScenario(name)
      const open = await stack.open(folderOf(t), scenario.settings)
      try {
        await deliver(open, straight.batches(scenario, randomFor(SEED)))
        await check(scenario, open, { ...straight, batches: 'as told' })
        await open.engine.rebuild()
        await check(scenario, open, { ...straight, batches: 'others' })
      } finally {
        await open.close()
      }
    })

    // Each scenario in one further manner: all in every manner would take hours.
    const delivery = DELIVERIES[(at + SEED) % DELIVERIES.length] ?? straight
    test(`${name}, ${stack.name}: ${delivery.name} (seed ${SEED})`, NEEDS_SPARK, async (t) => {
      const scenario = readScenario(name)
      const open = await stack.open(folderOf(t), scenario.settings)
      try {
        await deliver(open, delivery.batches(scenario, randomFor(SEED, name)))
        await check(scenario, open, { ...delivery, batches: 'others' })
      } finally {
        await open.close()
      }
    })
  }
}

function folderOf(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-spark-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function deliver({ append, engine }: OpenStack, batches: Batches): Promise<void> {
  for (const batch of batches) {
    await append(batch)
    await engine.catchUp()
  }
}
