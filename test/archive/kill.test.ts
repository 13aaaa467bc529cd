import assert from 'node:assert/strict'
import { test } from 'node:test'
import { archiveAndKill } from './kills.ts'

/** Few, since everything is compared after each: `npm run torture:archive` makes more. */
const KILLS = 3
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))

test(`a kill while archiving loses and doubles nothing (seed ${SEED})`, async (t) => {
  const { killed, events, files } = await archiveAndKill(t, SEED, KILLS)
  assert.ok(events > KILLS * 300)
  t.diagnostic(`${killed} killed, ${events} events, ${files} archived segments`)
})
