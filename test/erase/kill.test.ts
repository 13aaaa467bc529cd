/**
 * People are erased while a shop is under load and its processes are killed: what was asked for is
 * done in the end, nothing of them is left, and nobody else loses anything.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, runToEnd, startUp, type UpProcess } from '../cli/up_process.ts'
import { type Random, seededRandom } from '../oracle/random.ts'
import { check, untilVisible } from '../promises/checks.ts'
import { Client } from '../promises/client.ts'

const KILLS = Number(process.env.CLICKPATH_TEST_KILLS ?? 3)
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const FLAGS = ['--log-reserve-mb', '0']
const LOAD_MS = 600
const STRIKE_MS_MAX = 1_500

type Role = 'up' | 'collect' | 'serve'

function kill(up: UpProcess, role: Role): void {
  try {
    process.kill(up.running(role).pid, 'SIGKILL')
  } catch {
    // It is dead already, and its successor not yet told.
  }
}

/** Kills one of the processes, or all of them and then starts again. */
async function strike(up: UpProcess, random: Random, client: Client): Promise<UpProcess> {
  const victim = random.pick(['collect', 'serve', 'serve', 'all'] as const)
  if (victim !== 'all') {
    kill(up, victim)
    return up
  }
  for (const role of ['up', 'collect', 'serve'] as const) kill(up, role)
  await up.ended()
  const again = await startUp(up.directory, FLAGS)
  client.url = again.url
  return again
}

/** Everybody else is as an independent reducer says, and the search finds nothing. */
async function checkAll(up: UpProcess, client: Client, erased: readonly string[]): Promise<void> {
  const others = [...client.told].filter(([, { user_id }]) => !erased.includes(user_id ?? ''))
  const { lost, doubled, strange, unequal } = await check(up.url, new Map(others))
  assert.deepEqual({ lost, doubled, strange, unequal }, NO_FAULTS)
  const ledger = (await (await fetch(`${up.url}/api/ledger`)).json()) as {
    readonly balanced: boolean
    readonly totals: Readonly<Record<string, number>>
  }
  assert.equal(ledger.balanced, true)
  const theirs = client.told.size - others.length
  assert.ok((ledger.totals.erased ?? 0) >= theirs, `${ledger.totals.erased} erased of ${theirs}`)
  const words = ['--data', up.directory, '--json']
  const { code, stdout, stderr } = await runToEnd(['erase', '--check', ...erased, ...words])
  assert.equal(code, 0, stdout + stderr)
  assert.equal(JSON.parse(stdout).found, 0)
}

const NO_FAULTS = { lost: [], doubled: [], strange: [], unequal: [] }

test(`erasures under load and ${KILLS} kills are finished, and lose nothing else (seed ${SEED})`, {
  timeout: 300_000,
}, async (t) => {
  const random = seededRandom(SEED)
  let up = await startUp(dataFolder(t), FLAGS)
  const client = new Client(up.url, seededRandom(SEED + 1))
  const erased: string[] = []
  try {
    for (let kills = 0; kills <= KILLS; kills++) {
      client.begin()
      await sleep(LOAD_MS)
      const person = `u${kills * 3}`
      await untilVisible(up.url)
      const asked = runToEnd(['erase', person, '--yes', '--data', up.directory, '--json'])
      if (kills > 0) {
        await sleep(random.below(STRIKE_MS_MAX))
        up = await strike(up, random, client)
      }
      const { code, stdout, stderr } = await asked
      // A kill before the request was durable is told, and the person asked for once more.
      if (code === 0) assert.ok(JSON.parse(stdout).completed_at)
      else assert.ok(kills > 0, stderr)
      await untilVisible(up.url)
      const words = [person, '--yes', '--data', up.directory]
      if (code !== 0) assert.equal((await runToEnd(['erase', ...words])).code, 0)
      erased.push(person)
      await client.rest()
      await checkAll(up, client, erased)
    }
    t.diagnostic(`${client.told.size} events, ${erased.length} people erased`)
  } finally {
    client.abandon()
    up.signal('SIGTERM')
    await up.ended()
  }
})
