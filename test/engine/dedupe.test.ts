import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventRecord, Shop } from './shop.ts'

test('counts an event once, however often it comes', async (t) => {
  const shop = await new Shop(t).open()
  const event = eventRecord('e1', '12:00:00')
  await shop.tell([event, event])
  await shop.tell([{ ...event, received_at: '2026-01-31T23:59:00Z' }])
  assert.equal((await shop.rows('SELECT * FROM events')).length, 1)
  assert.deepEqual(await shop.ledger(), {
    received: 3,
    stored: 1,
    duplicate: 2,
    invalid: 0,
    filtered: 0,
    late: 0,
  })
})

test('knows a copy that comes after months of other events', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([eventRecord('e1', '2025-01-01T00:00:00Z')])
  await shop.tell([eventRecord('e2', '2026-01-01T00:00:00Z')])
  await shop.tell([eventRecord('e1', '2025-01-01T00:00:00Z')])
  assert.equal((await shop.ledger()).duplicate, 1)
})

test('keeps an event whose id another one has among the invalid, with the reason', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([eventRecord('e1', '12:00:00'), eventRecord('e1', '13:00:00')])
  await shop.tell([eventRecord('e1', '14:00:00', { price: 99 })])
  const invalid = await shop.rows('SELECT reason, event_id FROM invalid_events')
  assert.deepEqual(invalid, [
    { reason: 'id_conflict', event_id: 'e1' },
    { reason: 'id_conflict', event_id: 'e1' },
  ])
  assert.equal((await shop.rows('SELECT * FROM events')).length, 1)
})

test('takes the same id of two sources for two events', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([eventRecord('e1', '12:00:00'), eventRecord('e1', '12:00:00', { source: 'app' })])
  assert.equal((await shop.rows('SELECT * FROM events')).length, 2)
})

test('finds the one record that it cannot compute with, keeps it and goes on', async (t) => {
  const shop = await new Shop(t).open()
  const records = Array.from({ length: 40 }, (_, at) => eventRecord(`e${at}`, '12:00:00'))
  records[17] = eventRecord('e17', '12:00:00', { price: 999_999_999, quantity: 999_999 })
  await shop.tell(records)
  assert.equal((await shop.rows('SELECT * FROM events')).length, 39)
  const [refused] = await shop.rows('SELECT reason, detail, event_id FROM invalid_events')
  assert.equal(refused?.reason, 'engine_refused')
  assert.equal(refused?.event_id, 'e17')
  const { received, stored, invalid } = await shop.ledger()
  assert.deepEqual([received, stored, invalid], [40, 39, 1])
})
