import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW, runCollector } from './running_collector.ts'

const CLICK = `{"id":1,"type":"click","package_id":"unique-id","event":{"user_agent":"Mozilla/5.0",
 "ip":"192.168.1.1","customer_id":12345,"timestamp":"2024-01-15T10:30:00Z","page":"/home"}}`

test('takes an event in an envelope as it stands', async (context) => {
  const { post, records } = await runCollector(context)
  const answer = await post('/collect', CLICK)
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.json, [{ id: 1, status: 'accepted' }])
  assert.deepEqual(records(), [
    {
      record: 'event',
      source: 'local',
      origin: 'browser',
      received_at: NOW,
      event_id: 'unique-id:1',
      event_type: 'click',
      event_time: '2024-01-15T10:30:00Z',
      client_time: '2024-01-15T10:30:00Z',
      user_id: '12345',
      ip: '192.168.1.0',
      user_agent: 'Mozilla/5.0',
      page_url: '/home',
    },
  ])
})

test('answers each envelope of an array on its own', async (context) => {
  const { post, records } = await runCollector(context)
  const good = JSON.parse(CLICK)
  const bad = [
    { ...good, id: 2, event: { ...good.event, timestamp: 'yesterday' } },
    { ...good, id: 3, package_id: undefined },
    { ...good, id: 4, type: undefined },
    { ...good, id: 5, event: 'x' },
    { ...good, id: 6, event: { page: '/home' } },
    { ...good, id: undefined },
    'nothing',
  ]
  const { status, json } = await post('/collect', [good, ...bad, { ...good, id: 'last' }])
  assert.equal(status, 200)
  const verdicts = json.map((one: Record<string, unknown>) => [one.id, one.status, one.reason])
  assert.deepEqual(verdicts, [
    [1, 'accepted', undefined],
    [2, 'invalid', 'bad_time'],
    [3, 'invalid', 'missing_field'],
    [4, 'invalid', 'missing_field'],
    [5, 'invalid', 'wrong_type'],
    [6, 'invalid', 'missing_field'],
    [null, 'invalid', 'missing_field'],
    [null, 'invalid', 'not_an_object'],
    ['last', 'accepted', undefined],
  ])
  assert.ok(json.every((one: Record<string, unknown>) => one.status === 'accepted' || one.detail))
  const kept = records().map(({ record }) => record)
  assert.deepEqual(kept, ['event', ...bad.map(() => 'invalid'), 'event'])
})

test('answers a ping', async (context) => {
  const { get } = await runCollector(context)
  assert.deepEqual((await get('/ping')).json, { status: 'ok', message: 'pong' })
})
