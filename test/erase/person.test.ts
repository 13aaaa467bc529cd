/** Who is meant by an id: all that is linked to it, and nothing that somebody else has used too. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { eventRecord, type LogRecord, Shop } from '../engine/shop.ts'
import { erased } from './people.ts'

const AT = '2026-01-31T23:00:00Z'
const nobody = { user_id: undefined, session_id: undefined }
const event = (id: string, anonymous_id: string, user_id?: string): LogRecord =>
  eventRecord(id, '10:00:00', { ...nobody, anonymous_id, ...(user_id ? { user_id } : {}) })
const link = (key: string, person_id: string): LogRecord => {
  return {
    record: 'identity',
    source: 'web',
    received_at: AT,
    key,
    updated_at: AT,
    row: { person_id },
  }
}

async function shopOf(t: TestContext, records: readonly LogRecord[]): Promise<Shop> {
  const shop = await new Shop(t).open()
  await shop.tell(records)
  return shop
}

const meant = async (shop: Shop, id: string) => {
  const { identifiers, shared } = await shop.processor.erasures.preview([id])
  return { identifiers: identifiers.toSorted(), shared }
}
const ids = async (shop: Shop) =>
  (await shop.rows('SELECT event_id FROM events ORDER BY ALL')).map(({ event_id }) => event_id)

test('links are followed, from whichever end one asks', async (t) => {
  const shop = await shopOf(t, [
    ...[event('e1', 'cookie-1'), event('e2', 'cookie-2', 'mail-7'), event('e3', 'cookie-3')],
    ...[link('cookie-1', 'mail-7'), link('mail-7', 'customer-42'), link('cookie-3', 'customer-43')],
  ])
  const all = ['cookie-1', 'cookie-2', 'customer-42', 'mail-7']
  for (const id of ['customer-42', 'mail-7', 'cookie-1']) {
    assert.deepEqual(await meant(shop, id), { identifiers: all, shared: [] })
  }
  await erased(shop, 'cookie-1')
  assert.deepEqual(await ids(shop), ['e3'])
  assert.deepEqual(await shop.rows('SELECT visitor_id FROM identity'), [{ visitor_id: 'cookie-3' }])
})

test('of a device that others used too only those events go that name the person', async (t) => {
  const records = [
    ...[event('e1', 'tablet', 'anna'), event('e2', 'tablet', 'bert'), event('e3', 'tablet')],
    ...[event('e4', 'phone', 'anna'), event('e5', 'phone'), event('e6', 'laptop', 'bert')],
  ]
  const shop = await shopOf(t, records)
  assert.deepEqual(await meant(shop, 'anna'), {
    identifiers: ['anna', 'phone'],
    shared: ['tablet'],
  })
  await erased(shop, 'anna')
  assert.deepEqual(await ids(shop), ['e2', 'e3', 'e6'])
})

test('a device is erased whole when it is asked for by its own name', async (t) => {
  const shop = await shopOf(t, [event('e1', 'tablet', 'anna'), event('e2', 'tablet', 'bert')])
  await erased(shop, 'tablet')
  assert.deepEqual(await ids(shop), [])
})

test('somebody who is not known yet is left out when a file of old events comes', async (t) => {
  const shop = await shopOf(t, [event('e1', 'phone', 'bert')])
  await erased(shop, 'anna')
  await shop.tell([event('e2', 'tablet', 'anna'), event('e3', 'phone', 'bert')])
  assert.deepEqual(await ids(shop), ['e1', 'e3'])
})
