import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, startUp } from '../cli/up_process.ts'
import { seededRandom } from '../oracle/random.ts'
import { Client, checkAll, FLAGS, SENDERS, strike } from './shop_under_load.ts'

const KILLS = Number(process.env.CLICKPATH_TEST_KILLS ?? 25)
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))

test(`${KILLS} kills lose nothing and double nothing (seed ${SEED})`, {
  timeout: 300_000,
}, async (t) => {
  const random = seededRandom(SEED)
  let up = await startUp(dataFolder(t), FLAGS)
  const client = new Client(up.url, seededRandom(SEED + 1))
  t.after(() => client.abandon())
  const senders = Array.from({ length: SENDERS }, () => client.send())
  let kills = 0
  while (kills < KILLS) {
    await sleep(50 + random.below(1_200))
    const done = await strike(up, random, client)
    up = done.up
    kills += done.kills
  }
  client.stopped = true
  await Promise.all(senders)
  assert.ok(client.acknowledged.size > 1_000, 'the load was too light to prove anything')
  const { duplicate } = await checkAll(up.url, client)
  t.diagnostic(`${kills} kills, ${client.told.size} events, ${duplicate} sent again`)
})
