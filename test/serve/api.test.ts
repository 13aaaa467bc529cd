/** The API as a whole: its answers are what its document says, and machines can watch it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { questionsOf } from '../../src/present/questions/registry.ts'
import { routesOf } from '../../src/serve/routes/registry.ts'
import { erasureDone, event, invalid, type Json, openShop } from './shop.ts'

const ROUTES = routesOf(questionsOf())
const BODIES: Readonly<Record<string, object>> = {
  '/api/identity': { visitor_id: 'a', person_id: null },
  '/api/query': { sql: 'SELECT 1 AS one' },
  '/api/erase/preview': { ids: ['nobody'] },
  '/api/erase': { ids: ['nobody'] },
  '/api/erasures/search': { ids: ['nobody'] },
}
const EXAMPLES: Record<string, string> = {
  name: 'events',
  table: 'event_windows_5m',
  column: 'channel',
}
/** What must be said for an answer. */
const QUERIES: readonly (readonly [path: string, query: string])[] = [
  ['/api/customer', '?person=u1'],
  ['/api/products/people', '?product=p1'],
]

test('every answer is what the document says of it', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  await shop.append([
    event('a', 1, { event_type: 'purchase', order_id: 'o1' }),
    invalid('bad_time'),
  ])
  await shop.post('/api/flush')
  const ajv = new Ajv2020({ strictTypes: false })
  for (const { method, path, answer } of ROUTES) {
    if (typeof answer === 'string') continue
    const query = QUERIES.find(([begin]) => `${path}/`.startsWith(`${begin}/`))?.[1] ?? ''
    const asked = path.replace(/:(\w+)/g, (_, name) => EXAMPLES[name] ?? '') + query
    const given = BODIES[path]
    const found = method === 'GET' ? await shop.get(asked) : (await shop.post(asked, given)).body
    assert.ok(ajv.validate(answer, found), `${path}: ${ajv.errorsText()}`)
    if (path !== '/api/erase') continue
    EXAMPLES.erasure = String(found.erasure)
    await erasureDone(shop, found.erasure)
    await shop.post('/api/flush')
  }
  const { openapi, paths } = await shop.get('/api/openapi.json')
  assert.equal(openapi, '3.1.0')
  const told = Object.keys(paths as Json).map((path) => path.replace(/\{(\w+)\}/g, ':$1'))
  assert.deepEqual(told.sort(), [...new Set(ROUTES.map(({ path }) => path))].sort())
})

test('an unknown path is told what is near, an unknown parameter what is wrong', async (t) => {
  const shop = await openShop(t)
  await assert.rejects(shop.get('/api/tabels'), /404 .*UNKNOWN_PATH.*GET \/api\/tables/)
  await assert.rejects(shop.get('/api/ledger?hours=3'), /400 .*BAD_REQUEST/)
  await assert.rejects(shop.get('/../package.json'), /404/)
})

test('flush waits until what was durable is visible', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  await shop.append(Array.from({ length: 500 }, (_, at) => event(`e${at}`, at % 60)))
  const { body } = await shop.post('/api/flush')
  assert.equal(body.visible, 'visible')
  const { body: counted } = await shop.post('/api/query', { sql: 'SELECT count(*) n FROM events' })
  assert.deepEqual(counted.rows, [{ n: 500 }])
  const stuck = await openShop(t)
  await stuck.append([event('a', 1)])
  const late = await stuck.post('/api/flush?wait_ms=10')
  assert.deepEqual([late.body.visible, late.body.pending], ['late', 1])
})

test('figures speak as of the latest event', async (t) => {
  const shop = await openShop(t)
  await shop.append([
    event('a', 1, { user_id: 'u1' }),
    event('b', 57, { user_id: 'u2' }),
    event('c', 58, { user_id: 'u3', event_type: 'purchase', order_id: 'o1', currency: 'EUR' }),
    event('d', 59, { user_id: 'u4' }),
    { ...event('old', 0, { user_id: 'u5', event_type: 'purchase' }) },
    { ...event('before', 0, { event_time: '2026-01-31T11:30:00Z', user_id: 'u6' }) },
  ])
  await shop.catchUp()
  const figures = await shop.get('/api/figures')
  assert.equal(figures.as_of, '2026-01-31T12:59:00.000Z')
  assert.deepEqual([figures.visitors_5m, figures.visitors_1h, figures.buyers_1h], [3, 5, 2])
  assert.equal(figures.conversion_1h, 0.4)
  assert.deepEqual(figures.before, { events: 1, visitors: 1, buyers: 0 })
  const minute = (figures.minutes as Json[]).at(-2)
  assert.deepEqual(minute, {
    ...{ minute: '2026-01-31T12:58:00.000Z', events: 1, visitors: 1, purchases: 1, buyers: 1 },
  })
  const sold = (figures.order_minutes as Json[]).filter(({ currency }) => currency === 'EUR')
  assert.deepEqual(sold, [
    { minute: '2026-01-31T12:58:00.000Z', currency: 'EUR', orders: 1, revenue: 10 },
  ])
  const euros = (figures.revenue as Json[]).find(({ currency }) => currency === 'EUR')
  assert.deepEqual(euros, {
    ...{ currency: 'EUR', today: 10, last_hour: 10, orders_today: 1, orders_1h: 1 },
    ...{ hour_before: 0, orders_hour_before: 0 },
  })
})

test('tells Prometheus lag, sizes and outcomes', async (t) => {
  const shop = await openShop(t)
  await shop.append([event('a', 1, { source: 'we"b' }), event('b', 2)])
  const before = await (await fetch(`${shop.url}/metrics`)).text()
  assert.match(before, /^clickpath_pending_records 2$/m)
  await shop.catchUp()
  const after = await (await fetch(`${shop.url}/metrics`)).text()
  assert.match(after, /^clickpath_pending_records 0$/m)
  assert.match(after, /^clickpath_ledger_records_total\{source="we\\"b",outcome="stored"\} 1$/m)
})

test('is not ready before the store is open', async (t) => {
  const shop = await openShop(t)
  assert.deepEqual(await shop.get('/readyz'), { status: 'running' })
  const rebuilding = shop.post('/api/rebuild')
  const answer = await fetch(`${shop.url}/readyz`)
  const { status } = (await answer.json()) as Json
  assert.equal(answer.status, status === 'running' ? 200 : 503)
  assert.equal((await rebuilding).status, 200)
})
