/** Erasing over HTTP: who may, what is answered, and what a running server does with it. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { erasureDone, event, invalid, openShop } from '../serve/shop.ts'

const ID = 'customer-0042'
const RECORDS = [
  event('e1', 1, { user_id: ID }),
  event('e2', 2, { user_id: 'customer-0043' }),
  invalid('wrong_type', { raw: `{"user_id":"${ID}"}` }),
]

test('previews, erases, tells of it and searches, while the engine runs', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  await shop.append(RECORDS)
  const ids = { ids: [ID] }
  const preview = (await shop.post('/api/erase/preview', ids)).body
  assert.deepEqual(preview.records, { event: 1, invalid: 1 })
  assert.equal(((await shop.post('/api/erasures/search', ids)).body.found as number) > 0, true)
  assert.deepEqual((await shop.get('/api/erasures')).erasures, [])
  const begun = (await shop.post('/api/erase', ids)).body
  assert.deepEqual(begun.identifiers, [ID])
  const receipt = await erasureDone(shop, begun.erasure)
  assert.deepEqual((await shop.get('/api/erasures')).erasures, [receipt])
  assert.equal(JSON.stringify(receipt).includes(ID), false)
  await shop.post('/api/flush')
  const left = (await shop.post('/api/erasures/search', ids)).body
  assert.deepEqual([left.found, left.places], [0, []])
  const { body } = await shop.post('/api/query', { sql: 'SELECT user_id FROM events' })
  assert.deepEqual(body.rows, [{ user_id: 'customer-0043' }])
  const { totals, balanced } = (await shop.get('/api/ledger')) as {
    totals: Record<string, number>
    balanced: boolean
  }
  assert.deepEqual([totals.erased, balanced], [2, true])
})

test('what ended processes have left behind goes too', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  await shop.append(RECORDS)
  const leave = (folder: string, name: string) => {
    mkdirSync(join(shop.directory, folder), { recursive: true })
    writeFileSync(join(shop.directory, folder, name), `{"user_id":"${ID}"}\n`)
  }
  leave('run/doctor-999999999', 'live-00000000000000000000.ndjson')
  leave('run/spool', 'live-00000000000000000777.ndjson')
  leave('log/import-0123456789abcdef', 'draft-1.parquet')
  leave('engine', 'clickpath.duckdb.broken')
  const begun = (await shop.post('/api/erase', { ids: [ID] })).body
  await erasureDone(shop, begun.erasure)
  await shop.post('/api/flush')
  const { body } = await shop.post('/api/erasures/search', { ids: [ID] })
  assert.deepEqual(body.places, [])
})

test('only an admin may erase, preview, search or read receipts from afar', async (t) => {
  const shop = await openShop(t, { settings: { host: '0.0.0.0' } })
  const ask = (method: string, path: string) =>
    fetch(shop.url + path, {
      method,
      headers: { 'x-forwarded-for': '203.0.113.9', 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify({ ids: [ID] }) } : {}),
    })
  for (const path of ['/api/erase', '/api/erase/preview', '/api/erasures/search']) {
    assert.equal((await ask('POST', path)).status, 401, path)
  }
  assert.equal((await ask('GET', '/api/erasures')).status, 401)
  assert.equal((await ask('GET', '/api/erasures/x')).status, 401)
})

test('says what is wrong with a request, and knows no erasure that there is not', async (t) => {
  const shop = await openShop(t, { engine: 'running' })
  for (const body of [
    {},
    { ids: [] },
    { ids: [''] },
    { ids: ['a\0b'] },
    { ids: ['x'.repeat(600)] },
  ]) {
    assert.equal((await shop.post('/api/erase', body)).status, 400, JSON.stringify(body))
  }
  await assert.rejects(shop.get('/api/erasures/nothing'), /404.*UNKNOWN_ERASURE/)
  assert.deepEqual((await shop.get('/api/erasures')).erasures, [])
})
