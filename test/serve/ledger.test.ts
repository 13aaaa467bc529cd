/** The ledger and the invalid events over HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, invalid, type Json, openShop } from './shop.ts'

test('the ledger balances, with what is still pending and after it', async (t) => {
  const shop = await openShop(t)
  const other = event('d', 4, { source: 'app', received_at: '2026-01-31T14:10:00Z' })
  await shop.append([event('a', 1), event('b', 2), event('a', 1), invalid('bad_time'), other])
  const before = await shop.get('/api/ledger')
  assert.equal(before.balanced, true)
  assert.equal((before.totals as Json).pending, 5)

  await shop.catchUp()
  const { balanced, totals, rows, log_records } = await shop.get('/api/ledger')
  assert.equal(balanced, true)
  assert.equal(log_records, 5)
  const counts = { received: 5, stored: 3, duplicate: 1, invalid: 1, filtered: 0, erased: 0 }
  assert.deepEqual(totals, { ...counts, lost_to_damage: 0, late: 0, pending: 0 })
  assert.deepEqual(
    (rows as Json[]).map(({ source, hour, received, stored }) => [source, hour, received, stored]),
    [
      ['app', '2026-01-31T14:00:00.000Z', 1, 1],
      ['web', '2026-01-31T13:00:00.000Z', 4, 2],
    ],
  )
})

test('opens a cell: the records of a source and an hour, by what became of them', async (t) => {
  const shop = await openShop(t)
  const later = event('d', 4, { received_at: '2026-01-31T14:10:00Z' })
  const other = event('e', 5, { source: 'app' })
  await shop.append([event('a', 1), later, other, invalid('bad_time', { raw: '{"at":1}' })])
  await shop.catchUp()
  const cell = 'source=web&hour=2026-01-31T13:00:00Z'
  const read = async (query: string) =>
    (await shop.get(`/api/ledger/records?${query}`)).rows as readonly Json[]
  const stored = await read(cell)
  assert.deepEqual(
    stored.map(({ event_id }) => event_id),
    ['a'],
  )
  const [refused] = await read(`${cell}&outcome=invalid`)
  assert.deepEqual([refused?.reason, refused?.raw], ['bad_time', '{"at":1}'])
  assert.equal((await read('')).length, 3)
  assert.deepEqual(await read(`${cell}&outcome=erased`), [])
})

test('says that it does not balance when an outcome went uncounted', async (t) => {
  const shop = await openShop(t)
  await shop.append([event('a', 1), { ...event('b', 2), record: 'event' }])
  await shop.catchUp()
  // As a faulty engine would leave it: a record without an outcome.
  await shop.engine.store.rows('UPDATE ledger_counts SET stored = stored - 1')
  const { balanced, rows } = await shop.get('/api/ledger')
  assert.equal(balanced, false)
  assert.equal((rows as Json[])[0]?.balanced, false)
})

test('groups invalid events by reason, newest first, with samples and the sentence', async (t) => {
  const shop = await openShop(t)
  const times = ['10', '11', '12', '13', '14', '15', '16']
  const many = times.map((hour) =>
    invalid('bad_time', { received_at: `2026-01-31T${hour}:00:00Z`, raw: `{"at":"${hour}"}` }),
  )
  const markup = '<img src=x onerror=alert(1)>'
  await shop.append([...many, invalid('too_long', { detail: markup, raw: 'x'.repeat(9_000) })])
  await shop.catchUp()
  const reasons = (await shop.get('/api/invalid')).reasons as Json[]
  assert.deepEqual(
    reasons.map(({ reason, count }) => [reason, count]),
    [
      ['bad_time', 7],
      ['too_long', 1],
    ],
  )
  const [bad, long] = reasons.map(({ samples }) => samples as Json[])
  assert.match(String(reasons[0]?.sentence), /ISO 8601/)
  assert.equal(bad?.length, 5)
  assert.equal(bad?.[0]?.raw, '{"at":"16"}')
  assert.deepEqual([long?.[0]?.raw_truncated, String(long?.[0]?.raw).length], [true, 2_000])
  assert.equal(long?.[0]?.detail, markup)
})
