import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf, round } from './torture/round.ts'
import { KINDS } from './torture/strikes.ts'

const KILLS = Number(process.env.CLICKPATH_TEST_KILLS ?? 25)
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))

/** Those take longest; `npm run torture` has them too, and compares after each kill. */
const SLOW = ['random: import', 'mid-import', 'mid-compaction']
const QUICK = KINDS.filter((kind) => !SLOW.includes(kind))

test(`${KILLS} kills lose nothing and double nothing (seed ${SEED})`, {
  timeout: 300_000,
}, async (t) => {
  const done = await round({ seed: SEED, kills: KILLS, kinds: QUICK, compare: 'at the end' })
  assert.equal(faultsOf(done), '')
  assert.ok(done.events > 500, 'the load was too light to prove anything')
  const kinds = [...done.kills].map(([kind, times]) => `${times} ${kind}`).join(', ')
  t.diagnostic(`${kinds}; ${done.events} events, ${done.sent_again} sent again`)
})
