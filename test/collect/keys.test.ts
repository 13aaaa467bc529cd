import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openKeys } from '../../src/collect/keys.ts'
import { event, runCollector } from './running_collector.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

test('knows the key wherever it is sent, and the source by it', async (context) => {
  const { post, records, keys } = await runCollector(context, { settings: { host: '0.0.0.0' } })
  const key = keys.all[0]?.key ?? ''
  const answers = [
    await post('/v1/events', event(), { authorization: `Bearer ${key}` }),
    await post('/v1/events', event(), { authorization: basic(`${key}:`) }),
    await post('/v1/events', event(), { authorization: basic(key) }),
    await post(`/v1/events?writeKey=${key}`, event()),
    await post('/v1/events', event({ writeKey: key })),
    await post('/v1/events', { writeKey: key, events: [event()] }),
  ]
  for (const { status } of answers) assert.equal(status, 200)
  for (const record of records()) {
    assert.equal(record.source, 'web')
    assert.equal(record.properties, undefined)
  }
  assert.equal(records().length, 6)
})

test('answers 401 to an unknown key, and to none on a public address', async (context) => {
  const open = await runCollector(context, { settings: { host: '0.0.0.0' } })
  const local = await runCollector(context)
  const refused = [
    await open.post('/v1/events', event()),
    await open.post('/v1/events', event({ writeKey: 'wrong' })),
    await local.post('/v1/events', event(), { authorization: 'Bearer wrong' }),
    await local.post('/v1/events', event(), { authorization: 'Bearer' }),
    await local.post('/v1/events?writeKey=', event()),
    await local.post('/v1/events', event({ writeKey: 'wrong' })),
  ]
  for (const { status, json } of refused) {
    assert.deepEqual([status, json.code], [401, 'UNKNOWN_KEY'])
  }
  assert.deepEqual([...open.records(), ...local.records()], [])
})

test('makes one random key at the first start and keeps it', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-keys-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const [made, ...more] = openKeys(directory, randomBytes).all
  assert.deepEqual(more, [])
  assert.equal(made?.source, 'web')
  assert.deepEqual(openKeys(directory, randomBytes).all, [made])
  const file = JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8'))
  assert.deepEqual(file, { [made?.key ?? '']: { source: 'web', kind: 'browser' } })
})

test('refuses a key file that it cannot understand, and names it', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-keys-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  for (const text of ['{', '{"k":{"source":"web"}}', '{"k":{"source":"a b","kind":"server"}}']) {
    writeFileSync(join(directory, 'keys.json'), text)
    assert.throws(() => openKeys(directory, randomBytes), { code: 'KEYS_UNREADABLE' })
  }
})
