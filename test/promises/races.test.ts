/**
 * Everything at once on one data folder: appends with changes of segment and writer, batches,
 * compaction, questions, tables computed anew, moves to the archive. A seed draws who does what and
 * when; how it overlaps is the machine's. While it goes on each answer is of one moment; in the end
 * every table is what an independent reducer makes of the events.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from '../../src/engine/contract.ts'
import { Shop } from '../engine/shop.ts'
import { openWriter } from '../log/lanes.ts'
import type { OracleTable } from '../oracle/columns.ts'
import { compareTable } from '../oracle/compare.ts'
import { type OracleEvent, recordOf } from '../oracle/event.ts'
import { type Random, seededRandom, shuffled } from '../oracle/random.ts'
import { scenario } from '../oracle/scenario.ts'
import { oracleTables } from '../oracle/tables.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const EVENTS = Number(process.env.CLICKPATH_TEST_EVENTS ?? 900)
const RECEIVED_AT = '2026-01-31T23:00:00Z'
const AFTER_ALL_MS = Date.UTC(2100, 0)
const LANES = ['web', 'app', 'shop']
const REBUILT = ['event_windows_5m', 'sessions', 'product_conversion', 'revenue_1h']
const SEGMENT_BYTES = 8_000

interface Race {
  readonly shop: Shop
  readonly going: AbortSignal
  readonly counts: Map<string, number>
}

const note = ({ counts }: Race, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)

/** Appends in small groups; now and then the lane gets another writer. */
async function send(race: Race, lane: string, events: readonly OracleEvent[], random: Random) {
  const open = () => openWriter(race.shop.directory, lane, { segment_bytes_max: SEGMENT_BYTES })
  let writer = await open()
  for (let at = 0; at < events.length; ) {
    const group = events.slice(at, at + 1 + random.below(12))
    at += group.length
    const lines = group.map((event) => `${JSON.stringify(recordOf(event, RECEIVED_AT))}\n`)
    await writer.append(Buffer.from(lines.join('')), group.length)
    note(race, 'appends')
    await sleep(random.below(25))
    if (!random.chance(0.1)) continue
    await writer.close()
    writer = await open()
    note(race, 'writers')
  }
  await writer.close()
}

/** Again and again until the race is over. */
async function meanwhile(
  race: Race,
  what: string,
  pause_ms: () => number,
  work: () => Promise<unknown>,
): Promise<void> {
  while (!race.going.aborted) {
    await work()
    note(race, what)
    await sleep(pause_ms(), undefined, { signal: race.going }).catch(() => 'over')
  }
}

const ONE_MOMENT = `SELECT (SELECT count(*) FROM events) AS events,
  (SELECT coalesce(sum(events), 0) FROM event_windows_5m) AS counted,
  (SELECT coalesce(sum(stored), 0) FROM ledger) AS stored`

/** Whether every table is of the same batch in this answer. */
function isOfOneMoment(row: Row): boolean {
  return row.counted === row.events && row.stored === row.events
}

/** Every table is of the same batch in one answer, and nothing seen goes away again. */
function asking(race: Race): () => Promise<void> {
  let seen = 0
  return async () => {
    const [row = {}] = await race.shop.rows(ONE_MOMENT)
    assert.ok(isOfOneMoment(row), JSON.stringify(row))
    assert.ok(Number(row.events) >= seen, `${row.events} events after ${seen}`)
    seen = Number(row.events)
  }
}

async function runRace(t: TestContext, events: readonly OracleEvent[], random: Random) {
  const shop = await new Shop(t, { batch_interval_ms: 10 }).open()
  const ending = new AbortController()
  const race: Race = { shop, going: ending.signal, counts: new Map() }
  const { engine, housekeeping } = shop.processor
  const again = events.filter(() => random.chance(0.1))
  const told = shuffled([...events, ...again], SEED)
  const times = { log_before_ms: AFTER_ALL_MS, events_before_ms: AFTER_ALL_MS }
  const running = engine.run(ending.signal)
  const others = [
    meanwhile(race, 'answers', () => random.below(20), asking(race)),
    meanwhile(race, 'answers', () => random.below(60), asking(race)),
    meanwhile(
      race,
      'rebuilds',
      () => 300,
      () => engine.rebuild(random.pick(REBUILT)),
    ),
    meanwhile(
      race,
      'moves to the archive',
      () => 400,
      () => housekeeping.archive(times),
    ),
  ]
  const sending = LANES.map((lane, at) => {
    const own = told.filter((_, index) => index % LANES.length === at)
    return send(race, lane, own, seededRandom(SEED + at))
  })
  try {
    await Promise.race([Promise.all(sending), Promise.all(others)])
  } finally {
    ending.abort()
    await Promise.allSettled([...sending, ...others])
  }
  await Promise.all([...sending, ...others, running])
  await engine.catchUp()
  return { shop, copies: again.length, counts: race.counts }
}

test(`everything at once gives what it gives one after the other (seed ${SEED})`, async (t) => {
  const random = seededRandom(SEED)
  const events = scenario({ seed: SEED, events: EVENTS })
  const { shop, copies, counts } = await runRace(t, events, random)
  const { received, stored, duplicate, invalid } = await shop.ledger()
  assert.deepEqual(
    { received, stored, duplicate, invalid },
    { received: events.length + copies, stored: events.length, duplicate: copies, invalid: 0 },
  )
  const expected = oracleTables(events)
  for (const name of Object.keys(expected) as OracleTable[]) {
    compareTable(name, await shop.rows(`SELECT * FROM ${name}`), expected[name])
  }
  t.diagnostic([...counts].map(([what, times]) => `${times} ${what}`).join(', '))
})
