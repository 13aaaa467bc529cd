import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RunningCollector, runCollector } from './running_collector.ts'

const TIME = '2026-03-01T11:59:00.000Z'
const message = { messageId: 'm1', anonymousId: 'a1', userId: 'u1', timestamp: TIME }

function links({ records }: RunningCollector) {
  return records()
    .filter(({ record }) => record === 'identity')
    .map(({ key, updated_at, row }) => [key, row.person_id, updated_at])
}

test('writes the traits of a customer as their row, and who the visitor is', async (context) => {
  const collector = await runCollector(context)
  const traits = {
    firstName: 'Ada',
    lastName: 'L',
    email: 'ada@shop.example',
    age: '36',
    gender: { said: 'no' },
    createdAt: 1_700_000_000,
    address: { city: 'Bern', country: 'CH' },
    plan: 'gold',
  }
  await collector.post('/v1/identify', { ...message, traits })
  const [row, link, ...others] = collector.records()
  assert.deepEqual(others, [])
  assert.deepEqual([row.record, row.key, row.updated_at], ['customers', 'u1', TIME])
  assert.deepEqual(row.row, {
    user_id: 'u1',
    customer_name: 'Ada L',
    email: 'ada@shop.example',
    age: 36,
    country: 'CH',
    registered_at: '2023-11-14T22:13:20.000Z',
    properties: {
      firstName: 'Ada',
      lastName: 'L',
      gender: { said: 'no' },
      address: { city: 'Bern', country: 'CH' },
      plan: 'gold',
    },
  })
  assert.deepEqual([link.record, link.key, link.row], ['identity', 'a1', { person_id: 'u1' }])
})

test('reads traits from the context where the call itself has none', async (context) => {
  const { post, records } = await runCollector(context)
  const sent = { ...message, anonymousId: null, context: { traits: { email: 'x@shop.example' } } }
  await post('/v1/identify', sent)
  assert.deepEqual(
    records().map(({ row }) => row),
    [{ user_id: 'u1', email: 'x@shop.example' }],
  )
})

test('keeps the traits of a visitor without a user id as an event', async (context) => {
  const { post, records } = await runCollector(context)
  await post('/v1/identify', { ...message, userId: null, traits: { plan: 'gold' } })
  const [{ event_type, anonymous_id, properties }] = records()
  assert.deepEqual([event_type, anonymous_id], ['identify', 'a1'])
  assert.deepEqual(properties, { traits: { plan: 'gold' } })
})

test('an alias and a merge say who a visitor is, and are no events', async (context) => {
  const collector = await runCollector(context)
  await collector.post('/v1/alias', { userId: 'u1', previousId: 'a1', timestamp: TIME })
  const mergeProperties = [
    { type: 'user_id', value: 'u2' },
    { type: 'anonymous_id', value: 'a2' },
  ]
  await collector.post('/v1/merge', { mergeProperties, timestamp: TIME })
  assert.deepEqual(links(collector), [
    ['a1', 'u1', TIME],
    ['a2', 'u2', TIME],
  ])
  assert.equal(collector.records().length, 2)
})

test('a group is an event that keeps what was told of it', async (context) => {
  const { post, records } = await runCollector(context)
  await post('/v1/group', { ...message, groupId: 'g1', traits: { name: 'Acme' } })
  const [{ event_type, user_id, properties }] = records()
  assert.deepEqual([event_type, user_id], ['group', 'u1'])
  assert.deepEqual(properties, { groupId: 'g1', traits: { name: 'Acme' } })
})

test('tells of each pair of ids once in a request, as of its latest time', async (context) => {
  const collector = await runCollector(context)
  const seen = (minute: number, changes: object = {}) => ({
    ...message,
    type: 'track',
    event: 'Seen',
    timestamp: `2026-03-01T11:${minute}:00Z`,
    ...changes,
  })
  const batch = [
    seen(10),
    seen(30),
    seen(20, { userId: 'u2' }),
    seen(15),
    seen(40, { userId: 'a1' }),
    seen(50, { properties: { price: 'bad' } }),
  ]
  await collector.post('/v1/batch', { batch })
  assert.deepEqual(links(collector), [
    ['a1', 'u1', '2026-03-01T11:30:00Z'],
    ['a1', 'u2', '2026-03-01T11:20:00Z'],
  ])
})

test('does not tell who somebody is whose browser asks not to be tracked', async (context) => {
  const { post, records } = await runCollector(context)
  const headers = { 'sec-gpc': '1' }
  const traits = { email: 'ada@shop.example' }
  const batch = [
    { ...message, type: 'identify', traits },
    { ...message, type: 'track', event: 'Seen' },
  ]
  await post('/v1/batch', { batch }, headers)
  assert.deepEqual(
    records().map(({ record, reason }) => [record, reason]),
    [
      ['filtered', 'privacy_signal'],
      ['event', undefined],
    ],
  )
  assert.ok(!JSON.stringify(records()).includes('ada@'))
})
