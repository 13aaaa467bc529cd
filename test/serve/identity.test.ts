/** POST /api/identity: who a visitor is, told by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, openShop } from './shop.ts'

test('links a visitor, undoes it, and has answered when the tables say so', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  await shop.append([event('a', 1, { anonymous_id: 'cookie', user_id: undefined })])
  const person = async () => {
    const { body } = await shop.post('/api/query', { sql: 'SELECT person_id FROM enriched_events' })
    return body.rows
  }
  const tell = (person_id: string | null) =>
    shop.post('/api/identity', { visitor_id: 'cookie', person_id })
  const told = { visitor_id: 'cookie', visible: 'visible' }
  assert.deepEqual(await tell('c1'), {
    status: 200,
    body: { ...told, before: null, person_id: 'c1', outcome: 'linked' },
  })
  assert.deepEqual(await person(), [{ person_id: 'c1' }])
  assert.deepEqual(await tell(null), {
    status: 200,
    body: { ...told, before: 'c1', person_id: null, outcome: 'unlinked' },
  })
  assert.deepEqual(await person(), [{ person_id: 'cookie' }])
})

test('refuses what names no visitor or no person, and writes nothing of it', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  const bodies = [
    {},
    { visitor_id: 'a' },
    { visitor_id: '', person_id: 'b' },
    { visitor_id: 'a', person_id: '' },
    { visitor_id: 'a', person_id: 'a' },
    { visitor_id: 'a\0', person_id: 'b' },
    { visitor_id: 'a', person_id: 'b'.repeat(257) },
  ]
  for (const body of bodies) {
    const answer = await shop.post('/api/identity', body)
    assert.deepEqual([answer.status, answer.body.code], [400, 'BAD_REQUEST'], JSON.stringify(body))
  }
  await shop.catchUp()
  const { lanes } = await shop.get('/api/status')
  assert.deepEqual(
    (lanes as { lane: string }[]).map(({ lane }) => lane),
    ['live'],
  )
})

test('from afar a link needs a token of kind admin', async (t) => {
  const shop = await openShop(t, { settings: { host: '0.0.0.0' } })
  const { status } = await fetch(`${shop.url}/api/identity`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' },
    body: JSON.stringify({ visitor_id: 'a', person_id: null }),
  })
  assert.equal(status, 401)
})
