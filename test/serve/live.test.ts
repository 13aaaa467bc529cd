/** Changes: by cursor, and pushed. Nobody who comes back misses a row. */
import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { Subscriber } from '../../src/serve/subscriber.ts'
import { LiveReader } from './live_reader.ts'
import { event, type Json, openShop } from './shop.ts'

const hats = { category: 'hats' }
const LIVE = '/api/live?tables=event_windows_5m'

test('a subscriber gets a snapshot and then each changed row', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  await shop.append([event('a', 1)])
  await shop.post('/api/flush')
  const reader = new LiveReader(shop.url + LIVE)
  t.after(() => reader.close())
  const snapshot = await reader.next(({ event }) => event === 'snapshot')
  assert.deepEqual(
    snapshot.data.rows.map(({ category, events }) => [category, events]),
    [['shoes', 1]],
  )
  await shop.append([event('b', 2), event('c', 3, hats)])
  const shoes = await reader.next(({ data }) => data.rows.some((row) => row.category === 'shoes'))
  assert.equal(shoes.event, 'upsert')
  assert.equal(shoes.data.rows.find(({ category }) => category === 'shoes')?.events, 2)
})

test('a connection that broke resumes from Last-Event-ID without a gap', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  const first = new LiveReader(shop.url + LIVE)
  await first.next(({ event }) => event === 'snapshot')
  await shop.append([event('a', 1)])
  await first.next(({ event }) => event === 'upsert')
  first.close()

  await shop.append([event('b', 12, hats)])
  await shop.post('/api/flush')
  const second = new LiveReader(shop.url + LIVE, first.last_id)
  t.after(() => second.close())
  const missed = await second.next(() => true)
  assert.equal(missed.event, 'upsert')
  assert.ok(missed.data.rows.some(({ category }) => category === 'hats'))
})

test('a cursor that this store never told is answered with a snapshot', async (t) => {
  const shop = await openShop(t)
  await shop.append([event('a', 1)])
  await shop.catchUp()
  const path = '/api/changes/event_windows_5m'
  const snapshot = await shop.get(path)
  assert.equal(snapshot.kind, 'snapshot')
  const nothing = await shop.get(`${path}?cursor=${snapshot.cursor}`)
  assert.deepEqual(nothing.changes, [])

  await shop.append([event('b', 2)])
  await shop.catchUp()
  const changes = (await shop.get(`${path}?cursor=${snapshot.cursor}`)).changes as Json[]
  assert.deepEqual(
    changes.map(({ op, row }) => [op, (row as Json).events]),
    [['upsert', 2]],
  )
  assert.deepEqual(await shop.post('/api/rebuild'), {
    status: 200,
    body: { rebuilt: 'everything' },
  })
  for (const cursor of [snapshot.cursor, '3.1', '99999999.1769860380000', 'mine']) {
    assert.equal((await shop.get(`${path}?cursor=${cursor}`)).kind, 'snapshot', String(cursor))
  }
})

test('a reader too slow for its buffer misses messages and is then given the table anew', () => {
  const written: string[] = []
  let takeMore = () => {}
  const stream = new Writable({
    decodeStrings: false,
    highWaterMark: 1,
    write: (chunk, _, done) => {
      written.push(chunk)
      takeMore = done
    },
  })
  let ready = 0
  const onReady = () => {
    ready += 1
  }
  const cursors = new Map([['sales', '1.1']])
  const reader = new Subscriber({ stream, cursors, buffer_bytes_max: 10, onReady })
  reader.send('sales', ['data: far longer than the buffer\n\n'], '2.2')
  assert.deepEqual([reader.tables(), reader.cursor('sales')], [['sales'], '2.2'])
  reader.send('sales', ['data: missed\n\n'], '3.3')
  assert.deepEqual([reader.tables(), reader.cursor('sales')], [[], null])
  reader.comment('missed, too')

  const drained = new Promise((resolve) => stream.once('drain', resolve))
  takeMore()
  return drained.then(() => {
    assert.deepEqual([ready, reader.tables(), reader.cursor('sales')], [1, ['sales'], null])
    reader.send('sales', ['data: anew\n\n'], '4.4')
    assert.match(written.at(-1) ?? '', /^id: sales=4\.4\ndata: anew/)
    assert.ok(!written.join('').includes('missed'))
  })
})

test('refuses tables that tell no changes, and readers beyond the bound', async (t) => {
  const shop = await openShop(t, { settings: { live_subscribers_max: 1 } })
  assert.equal((await fetch(`${shop.url}/api/live?tables=events`)).status, 404)
  assert.equal((await fetch(`${shop.url}/api/live`)).status, 404)
  const reader = new LiveReader(shop.url + LIVE)
  t.after(() => reader.close())
  await reader.next(({ event }) => event === 'snapshot')
  const refused = await fetch(shop.url + LIVE)
  assert.equal(refused.status, 503)
  assert.equal(((await refused.json()) as Json).code, 'BUSY')
})
