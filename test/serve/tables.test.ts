/** Tables and streams over HTTP: filters, ranges, order, limit, CSV, and pivots turned back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, type Json, openShop, type Shop } from './shop.ts'

const rowsOf = async (shop: Shop, path: string) => (await shop.get(path)).rows as Json[]

test('reads tables by time, key, order and limit', async (t) => {
  const shop = await openShop(t)
  await shop.append([
    event('a', 1),
    event('b', 2, { category: 'hats', user_id: 'u2' }),
    event('c', 7),
    event('d', 8, { event_type: 'cart', category: null }),
  ])
  await shop.catchUp()

  const [newest] = await rowsOf(shop, '/api/tables/event_windows_5m?category=shoes')
  assert.equal(newest?.window_start, '2026-01-31T12:05:00.000Z')
  const early = await rowsOf(shop, '/api/tables/event_windows_5m?to=2026-01-31T12:05:00Z')
  assert.deepEqual(early.map(({ category }) => category).sort(), ['hats', 'shoes'])
  const late = await rowsOf(shop, '/api/tables/event_windows_5m?from=2026-01-31T12:05:00Z')
  assert.deepEqual(late.map(({ window_start }) => window_start).length, 2)
  const nulls = await rowsOf(shop, '/api/tables/events?category=')
  assert.deepEqual(
    nulls.map(({ event_id }) => event_id),
    ['d'],
  )
  const several = await rowsOf(shop, '/api/tables/events?event_id=a&event_id=c&order=event_time')
  assert.deepEqual(
    several.map(({ event_id }) => event_id),
    ['a', 'c'],
  )
  const cut = await shop.get('/api/tables/events?limit=2&order=-event_time')
  assert.equal(cut.truncated, true)
  assert.deepEqual(
    (cut.rows as Json[]).map(({ event_id }) => event_id),
    ['d', 'c'],
  )
})

test('a value is never taken for SQL', async (t) => {
  const shop = await openShop(t)
  const sly = "x' OR 1=1 --"
  await shop.append([event('a', 1), event('b', 2, { category: sly })])
  await shop.catchUp()
  const rows = await rowsOf(shop, `/api/tables/events?category=${encodeURIComponent(sly)}`)
  assert.deepEqual(
    rows.map(({ event_id }) => event_id),
    ['b'],
  )
  for (const path of [
    'events?order=event_id;DROP',
    'events?%22x%22=1',
    'events?from=yesterday',
    'events?price=dear',
    'events?limit=10001',
    'category_counts?unpivot=true',
  ]) {
    await assert.rejects(shop.get(`/api/tables/${path}`), /400 .*BAD_REQUEST/, path)
  }
  await assert.rejects(shop.get('/api/tables/silver_events'), /404 .*UNKNOWN_TABLE/)
})

test('turns a pivot back into a row per value', async (t) => {
  const shop = await openShop(t)
  await shop.append([
    event('a', 1),
    event('b', 2),
    event('c', 3, { event_type: 'purchase', price: 7.5 }),
  ])
  await shop.catchUp()
  const rows = await rowsOf(shop, '/api/tables/hourly_pivot?unpivot=true&order=event_type')
  assert.deepEqual(
    rows.map(({ event_type, events, value }) => [event_type, events, value]),
    [
      ['purchase', 1, 7.5],
      ['view', 2, 20],
    ],
  )
  const views = await rowsOf(shop, '/api/tables/hourly_pivot?unpivot=true&event_type=view')
  assert.equal(views.length, 1)
})

test('CSV quotes what must be and runs no formula in a spreadsheet', async (t) => {
  const shop = await openShop(t)
  await shop.append([
    event('a', 1, { category: '=HYPERLINK("http://x")', brand: 'one, two', price: -3 }),
  ])
  await shop.catchUp()
  const answer = await fetch(`${shop.url}/api/tables/events?format=csv`)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/)
  const [head = '', line = ''] = (await answer.text()).split('\r\n')
  assert.match(head, /^event_id,event_type,event_time,/)
  assert.ok(line.includes(`,"'=HYPERLINK(""http://x"")","one, two",-3,`), line)
})

test('lists every table with its columns and what they mean', async (t) => {
  const shop = await openShop(t)
  const tables = (await shop.get('/api/tables')).tables as Json[]
  const windows = tables.find(({ name }) => name === 'event_windows_5m')
  const columns = windows?.columns as Json[]
  const approximate = columns.find(({ name }) => name === 'visitors_approximate')
  assert.notEqual(approximate?.exact, 'exact')
  const words = (table: string, column: string) => {
    const found = tables.find(({ name }) => name === table)?.columns as Json[]
    const { title, unit } = found.find(({ name }) => name === column) ?? {}
    return [title, unit]
  }
  assert.deepEqual(words('event_windows_5m', 'price_avg'), ['Price mean', 'money'])
  assert.deepEqual(words('event_windows_5m', 'events'), ['Events', null])
  assert.deepEqual(words('sessions', 'duration_s'), ['Duration', 'seconds'])
  assert.deepEqual(words('product_interest', 'view_share'), ['View share', 'share'])
  assert.deepEqual(words('customer_features', 'days_since_last_order')[1], 'days')
  assert.deepEqual(words('events', 'price'), ['Price', 'money'])
  assert.deepEqual(words('events', 'rating'), ['Rating', null])
  assert.deepEqual(windows?.identity, ['window_start', 'category', 'event_type'])
  const streams = tables.filter(({ kind }) => kind === 'stream').map(({ name }) => name)
  for (const name of ['events', 'items', 'orders', 'products', 'invalid_events', 'ledger']) {
    assert.ok(streams.includes(name), name)
  }
  for (const { columns: found } of tables) assert.ok((found as Json[]).length > 0)
})
