/** Erasing a person leaves everybody else exactly as they were, and nothing of the person. */
import assert from 'node:assert/strict'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Shop } from '../engine/shop.ts'
import { scenario } from '../oracle/scenario.ts'
import {
  checkTables,
  erased,
  foundOf,
  isOf,
  ledgerOf,
  NOTHING,
  RECEIVED_AT,
  recordsOf,
  withLongIds,
} from './people.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? 4711)
const PERSON = ['visitor-u6-0001', 'visitor-a7-0001']
const [USER = '', COOKIE = ''] = PERSON
const head = { source: 'web', received_at: RECEIVED_AT }

/** What is known of the person beside events, and one line each of somebody else. */
const OTHER_RECORDS = [
  { ...head, record: 'identity', key: COOKIE, updated_at: RECEIVED_AT, row: { person_id: USER } },
  {
    ...head,
    ...{ record: 'customers', key: USER, updated_at: RECEIVED_AT },
    row: { customer_name: 'Anna Nym', email: 'anna.nym@shop.example' },
  },
  {
    ...head,
    record: 'customers',
    key: 'visitor-u9-0001',
    updated_at: RECEIVED_AT,
    row: { age: 7 },
  },
  {
    ...{ ...head, record: 'invalid', reason: 'wrong_type', detail: 'price is "x"' },
    raw: `{"user_id":"${USER}","price":"x"}`,
  },
  { ...head, record: 'filtered', reason: 'bot', detail: '', raw: '{"u":"anna.nym@shop.example"}' },
  { ...head, record: 'invalid', reason: 'wrong_type', detail: '', raw: '{"user_id":"u60001"}' },
  {
    ...{ ...head, record: 'logs', key: 'log-1', updated_at: RECEIVED_AT },
    row: { service: 'mail', level: 'info', message: `sent to ${COOKIE}` },
  },
]

test(`nothing is left of an erased person, and all others stay (seed ${SEED})`, async (t) => {
  const events = withLongIds(scenario({ seed: SEED }))
  const theirs = events.filter(isOf(PERSON))
  const others = events.filter((event) => !isOf(PERSON)(event))
  assert.ok(theirs.length > 20, 'the person did too little to prove anything')
  const shop = await new Shop(t).open()
  await shop.tell([...recordsOf(events), ...OTHER_RECORDS, ...recordsOf(theirs.slice(0, 9))])
  const preview = await shop.processor.erasures.preview([USER])
  assert.deepEqual(preview.identifiers.toSorted(), [...PERSON, 'anna.nym@shop.example'].toSorted())
  assert.equal(preview.records.event, theirs.length + 9)
  await checkTables(shop, events)

  const { receipt } = await erased(shop, USER)
  const { records } = receipt.removed ?? {}
  assert.deepEqual(records, preview.records)
  assert.deepEqual(
    { ...records, event: 0 },
    { event: 0, identity: 1, customers: 1, invalid: 1, filtered: 1, logs: 1 },
  )
  await checkTables(shop, others)
  assert.deepEqual(await foundOf(shop, ...PERSON, 'anna.nym@shop.example'), NOTHING)
  assert.equal((await shop.rows('FROM invalid_events')).length, 1)
  assert.deepEqual(await shop.rows('SELECT user_id FROM customers'), [
    { user_id: 'visitor-u9-0001' },
  ])
  const counted = await ledgerOf(shop, 'web')
  const all = await shop.rows('FROM erased_events')
  assert.equal(all.length, theirs.length + 9 + 5)

  await shop.processor.engine.rebuild()
  await checkTables(shop, others)
  assert.deepEqual(await ledgerOf(shop, 'web'), counted)
  assert.deepEqual(await foundOf(shop, ...PERSON), NOTHING)
})

test('what somebody sends late of an erased person counts as erased and is not kept', async (t) => {
  const events = withLongIds(scenario({ seed: SEED + 1, events: 150 }))
  const theirs = events.filter(isOf(PERSON))
  const others = events.filter((event) => !isOf(PERSON)(event))
  const shop = await new Shop(t).open()
  await shop.tell(recordsOf(events))
  await erased(shop, ...PERSON)
  // An SDK that was offline, and sends old events now: other ids, the same person.
  const now = new Date().toISOString()
  const late = theirs.map((event) => ({ ...event, event_id: `late-${event.event_id}` }))
  await shop.tell(recordsOf(late).map((record) => ({ ...record, received_at: now })))
  await checkTables(shop, others)
  assert.equal((await shop.rows('FROM erased_events')).length, 2 * theirs.length)
  await ledgerOf(shop, 'web')
  assert.deepEqual(await foundOf(shop, ...PERSON), NOTHING)
})

test('what somebody of that id does after the erasure is taken as of anybody', async (t) => {
  const shop = await new Shop(t).open()
  const [old] = recordsOf(withLongIds(scenario({ seed: 1, events: 20 })))
  await shop.tell([{ ...old, user_id: USER, anonymous_id: null }])
  await erased(shop, USER)
  const received_at = new Date(Date.now() + 2_000).toISOString()
  const back = { ...old, user_id: USER, event_id: 'back', event_time: received_at, received_at }
  await shop.tell([{ ...back, anonymous_id: null }])
  assert.deepEqual(await shop.rows('SELECT event_id, user_id FROM events'), [
    { event_id: 'back', user_id: USER },
  ])
})

test('log, receipt and key name nobody, and only the folder can tell who it was', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell(recordsOf(withLongIds(scenario({ seed: 3, events: 60 }))))
  const { erasure, receipt } = await erased(shop, USER)
  assert.equal(receipt.hashes.length, 1)
  assert.match(receipt.hashes[0] ?? '', /^[0-9a-f]{64}$/)
  const file = join(shop.directory, 'erasures', `${erasure}.json`)
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), receipt)
  const key = statSync(join(shop.directory, 'erasures', 'key'))
  assert.equal(key.mode & 0o777, 0o600)
  const other = await new Shop(t).open()
  await other.tell(recordsOf(withLongIds(scenario({ seed: 3, events: 60 }))))
  assert.notDeepEqual((await erased(other, USER)).receipt.hashes, receipt.hashes)
})

test('refuses to go on without the key that the marks were made with', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell(recordsOf(withLongIds(scenario({ seed: 3, events: 20 }))))
  await erased(shop, USER)
  await shop.close()
  rmSync(join(shop.directory, 'erasures', 'key'))
  await assert.rejects(shop.open(), { code: 'ERASURE_KEY_LOST' })
})

test('an erasure that was begun and not finished is finished at the next start', async (t) => {
  const events = withLongIds(scenario({ seed: SEED + 2, events: 150 }))
  const shop = await new Shop(t).open()
  await shop.tell(recordsOf(events))
  await shop.processor.erasures.begin(PERSON)
  await shop.close()
  await shop.open()
  const [receipt] = shop.processor.erasures.receipts()
  assert.ok(receipt?.completed_at)
  await shop.processor.engine.catchUp()
  await checkTables(
    shop,
    events.filter((event) => !isOf(PERSON)(event)),
  )
  assert.deepEqual(await foundOf(shop, ...PERSON), NOTHING)
})
