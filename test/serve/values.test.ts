/** The values that can be chosen are those that questions understand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, openShop } from './shop.ts'

test('values of steps, sessions and customers come the most frequent first', async (t) => {
  const shop = await openShop(t)
  const of = (visitor_id: string, columns: object = {}) => ({
    ...{ visitor_id, session_id: visitor_id, utm_source: 'news', utm_medium: 'email' },
    ...columns,
  })
  await shop.append([
    event('a', 1, of('v1')),
    event('b', 2, of('v1', { event_type: 'cart', category: 'Hats' })),
    event('c', 3, of('v2', { category: 'Hats' })),
    event('d', 4, of('v3', { category: null, utm_source: null, utm_medium: null })),
  ])
  await shop.catchUp()
  assert.deepEqual(await shop.get('/api/values/event_type'), {
    values: [
      { value: 'view', count: 3 },
      { value: 'cart', count: 1 },
    ],
    truncated: false,
  })
  const { values: channels } = await shop.get('/api/values/channel')
  assert.deepEqual(channels, [
    { value: 'email', count: 2 },
    { value: 'direct', count: 1 },
  ])
  const { values: found } = await shop.get('/api/values/category?search=HAT')
  assert.deepEqual(found, [{ value: 'Hats', count: 2 }], 'unknown is no value')
  const cut = await shop.get('/api/values/event_type?limit=1')
  assert.deepEqual(cut, { values: [{ value: 'view', count: 3 }], truncated: true })
  assert.deepEqual(await shop.get('/api/values/country'), { values: [], truncated: false })
  await assert.rejects(shop.get('/api/values/chanel'), /400.*Did you mean channel/)
})

test('a text that is looked for is no SQL', async (t) => {
  const shop = await openShop(t)
  await shop.append([event('a', 1, { visitor_id: 'v', session_id: 's', category: "50% 'off'" })])
  await shop.catchUp()
  const search = encodeURIComponent("% 'O")
  const { values } = await shop.get(`/api/values/category?search=${search}`)
  assert.deepEqual(values, [{ value: "50% 'off'", count: 1 }])
})
