/**
 * `npm run torture -- --kills 1000 --seed 7`: kills the processes of a shop under load, one after
 * the other. After each kill what was acknowledged so far must become visible, and the ledger must
 * balance. After every round of kills events, ledger and all tables must be what an independent
 * reducer makes of what the client knows; the next round begins with an empty data folder. The
 * first difference ends it and names the seed of its round: `--kills 25 --seed THAT` replays it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startUp } from '../cli/up_process.ts'
import { seededRandom } from '../oracle/random.ts'
import {
  Client,
  checkAll,
  FLAGS,
  SENDERS,
  strike,
  untilBalanced,
  untilVisible,
} from './shop_under_load.ts'

const KILLS_PER_ROUND = 25
const PAUSE_MS_MAX = 800

interface Sum {
  kills: number
  events: number
  duplicates: number
  slowest_ms: number
}

async function round(seed: number, kills: number): Promise<Sum> {
  const random = seededRandom(seed)
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-torture-'))
  let up = await startUp(directory, FLAGS)
  const client = new Client(up.url, seededRandom(seed + 1))
  const senders = Array.from({ length: SENDERS }, () => client.send())
  const sum: Sum = { kills: 0, events: 0, duplicates: 0, slowest_ms: 0 }
  try {
    while (sum.kills < kills) {
      await sleep(random.below(PAUSE_MS_MAX))
      const began_ms = performance.now()
      const acknowledged = client.acknowledged.size
      const done = await strike(up, random, client)
      up = done.up
      sum.kills += done.kills
      await untilVisible(up.url, acknowledged)
      await untilBalanced(up.url)
      sum.slowest_ms = Math.max(sum.slowest_ms, performance.now() - began_ms)
    }
    client.stopped = true
    await Promise.all(senders)
    const { duplicate } = await checkAll(up.url, client)
    sum.events = client.told.size
    sum.duplicates = duplicate
    return sum
  } finally {
    client.abandon()
    up.signal('SIGTERM')
    await up.ended()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string' } },
})
const wanted = Number(values.kills)
const first = Number(values.seed ?? Math.floor(Math.random() * 1e9))
const total: Sum = { kills: 0, events: 0, duplicates: 0, slowest_ms: 0 }
console.log(`${wanted} kills, from seed ${first}`)
for (let number = 0; total.kills < wanted; number++) {
  const seed = first + number
  try {
    const one = await round(seed, Math.min(KILLS_PER_ROUND, wanted - total.kills))
    total.kills += one.kills
    total.events += one.events
    total.duplicates += one.duplicates
    total.slowest_ms = Math.max(total.slowest_ms, one.slowest_ms)
    const slowest = `${(one.slowest_ms / 1_000).toFixed(1)} s`
    console.log(
      `seed ${seed}: ${one.kills} kills, ${one.events} events, 0 lost, 0 doubled, ` +
        `${one.duplicates} sent again, balanced; slowest cycle ${slowest} (${total.kills} in all)`,
    )
  } catch (thrown) {
    console.error(
      `seed ${seed} failed after ${total.kills} kills; replay: --kills 25 --seed ${seed}`,
    )
    throw thrown
  }
}
console.log(
  `${total.kills} kills, ${total.events} events: 0 lost, 0 doubled, ledger balanced after each`,
)
