/**
 * Every golden scenario, on every engine and log, in every manner of arrival, against the same
 * expected tables. What is random follows from a seed, which a failure tells.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { check, type Manner } from './check.ts'
import { type Batches, DELIVERIES, randomFor, straight } from './deliveries.ts'
import { batchesToKill, killedAfter } from './killed_child.ts'
import { readScenario, type Scenario, scenarioNames } from './scenario.ts'
import { type OpenStack, STACKS, type Stack } from './stacks.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))

const REPLAY = `CLICKPATH_TEST_SEED=${SEED} npm test -- test/golden/golden.test.ts`

const scenarios = scenarioNames().map(readScenario)

const root = mkdtempSync(join(tmpdir(), 'clickpath-golden-'))
after(() => rmSync(root, { recursive: true, force: true }))

const empty = new Map<string, string>()
let folders = 0

/** A data folder without events: a copy of one that was opened once, which is sooner than anew. */
async function folderFor(stack: Stack, { settings }: Scenario): Promise<string> {
  const kind = JSON.stringify([stack.name, settings])
  const model = empty.get(kind) ?? join(root, `empty-${empty.size}`)
  if (!empty.has(kind)) await (await stack.open(model, settings)).close()
  empty.set(kind, model)
  const directory = join(root, String(++folders))
  cpSync(model, directory, { recursive: true })
  return directory
}

/** Opens the folder, which is gone afterwards. */
async function withStack(
  stack: Stack,
  directory: string,
  { settings }: Scenario,
  work: (open: OpenStack) => Promise<void>,
): Promise<void> {
  const open = await stack.open(directory, settings)
  try {
    await work(open)
  } catch (thrown) {
    throw new Error(`${(thrown as Error).message}\nReplay: ${REPLAY}`, { cause: thrown })
  } finally {
    await open.close()
    rmSync(directory, { recursive: true })
  }
}

async function deliver({ append, engine }: OpenStack, batches: Batches): Promise<void> {
  for (const batch of batches) {
    await append(batch)
    await engine.catchUp()
  }
}

for (const stack of STACKS) {
  for (const scenario of scenarios) {
    const { name } = scenario
    test(`${name}, ${stack.name} (seed ${SEED})`, async (t) => {
      await t.test('straight, and rebuilt from the log in one batch', async () => {
        await withStack(stack, await folderFor(stack, scenario), scenario, async (open) => {
          await deliver(open, straight.batches(scenario, randomFor(SEED)))
          await check(scenario, open, { ...straight, batches: 'as told' })
          await open.engine.rebuild()
          await check(scenario, open, { ...straight, batches: 'others' })
        })
      })
      for (const delivery of DELIVERIES) {
        await t.test(delivery.name, async () => {
          await withStack(stack, await folderFor(stack, scenario), scenario, async (open) => {
            const random = randomFor(SEED, name, delivery.name)
            await deliver(open, delivery.batches(scenario, random))
            await check(scenario, open, { ...delivery, batches: 'others' })
          })
        })
      }
    })
  }

  /** Whatever was in doubt at the kill is told again, as a client would. */
  const AFTER_KILL: Manner = { order: 'as told', copies: 'some', batches: 'others' }

  test(`killed in the middle of everything, ${stack.name} (seed ${SEED})`, async (t) => {
    const directory = join(root, stack.name)
    const batches = new Map(scenarios.map((one) => [one, batchesToKill(one, SEED)]))
    const all = [...batches.values()].flat().length
    const kill = Math.floor(all * (0.3 + randomFor(SEED, 'kill').below(40) / 100))
    const { acknowledged, signal } = await killedAfter(kill, { directory, stack, seed: SEED })
    assert.equal(signal, 'SIGKILL')
    for (const [scenario, told] of batches) {
      const { name } = scenario
      await t.test(name, async () => {
        assert.ok(acknowledged.has(name), 'it had not begun')
        await withStack(stack, join(directory, name), scenario, async (open) => {
          await deliver(open, told.slice(acknowledged.get(name)))
          await open.engine.catchUp()
          await check(scenario, open, AFTER_KILL)
        })
      })
    }
  })
}
