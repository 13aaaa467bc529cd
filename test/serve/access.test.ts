/** Who may ask: this machine by its name, everybody else with a token; no foreign page at all. */
import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkAccess } from '../../src/serve/access.ts'
import { openTokens } from '../../src/serve/tokens.ts'
import { systemClock } from '../../src/std/clock.ts'
import { ClickpathError } from '../../src/std/errors.ts'
import { askRaw, event, openShop } from './shop.ts'

test('a Host that is not this machine is refused, as DNS rebinding would send it', async (t) => {
  const { port } = await openShop(t)
  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1:4000', '[::1]:4000']) {
    assert.equal((await askRaw(port, '/api/tables', { host })).status, 200, host)
  }
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:4000']) {
    for (const path of ['/api/tables', '/metrics', '/healthz', '/']) {
      assert.equal((await askRaw(port, path, { host })).status, 403, `${host} ${path}`)
    }
  }
})

test('a foreign page can make nothing happen', async (t) => {
  const { port, url } = await openShop(t)
  const host = `localhost:${port}`
  assert.equal((await askRaw(port, '/api/tables', { host, origin: `http://${host}` })).status, 200)
  for (const origin of ['https://evil.example', 'null', `http://localhost:${port + 1}`]) {
    assert.equal((await askRaw(port, '/api/tables', { host, origin })).status, 403, origin)
  }
  const body = '{"sql":"SELECT 1"}'
  const plain = { method: 'POST', body, headers: { 'content-type': 'text/plain' } }
  assert.equal((await fetch(`${url}/api/query`, plain)).status, 400)
  const { headers } = await askRaw(port, '/api/tables', { host })
  assert.equal(headers['access-control-allow-origin'], undefined)
})

test('every answer forbids foreign code and framing', async (t) => {
  const { port, append, catchUp } = await openShop(t)
  await append([event('a', 1, { category: '<script>alert(1)</script>' })])
  await catchUp()
  const host = 'localhost'
  for (const path of [
    '/',
    '/api/tables/events',
    '/api/nothing',
    '/api/tables/nothing',
    '/metrics',
  ]) {
    const { headers, body } = await askRaw(port, path, { host })
    assert.match(
      String(headers['content-security-policy']),
      /default-src 'self'.*frame-ancestors 'none'/,
    )
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    if (body.includes('<script>alert'))
      assert.match(String(headers['content-type']), /^application\/json/)
  }
})

test('on a public bind tokens decide, and the file holds only their hashes', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'clickpath-tokens-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const told: string[] = []
  let byte = 0
  const random = (bytes: number) => Buffer.alloc(bytes, ++byte)
  const tell = (sentence: string) => told.push(sentence)
  const options = { directory, random, clock: systemClock, tell }
  const tokens = openTokens(options)
  const [, read = '', admin = ''] = /: read (\S+), admin (\S+)$/.exec(told[0] ?? '') ?? []
  assert.deepEqual([tokens.kindOf(read), tokens.kindOf(admin)], ['read', 'admin'])
  assert.equal(tokens.kindOf(`${read}x`), undefined)
  const file = join(directory, 'tokens.json')
  assert.ok(!readFileSync(file, 'utf8').includes(read))
  assert.equal(statSync(file).mode & 0o077, 0)

  const again = openTokens(options)
  assert.equal(again.kindOf(read), 'read')
  assert.equal(told.length, 1)
})

test('from afar nothing is read without a token, and SQL needs one of kind admin', async (t) => {
  const shop = await openShop(t, { settings: { host: '0.0.0.0' } })
  const afar = { 'x-forwarded-for': '203.0.113.7', host: 'shop.example' }
  for (const from of ['203.0.113.7', '127.0.0.1']) {
    for (const path of ['/api/tables', '/api/live?tables=hourly_pivot', '/metrics']) {
      const answer = await askRaw(shop.port, path, { ...afar, 'x-forwarded-for': from })
      assert.equal(answer.status, 401, path)
    }
  }
  const wrong = { ...afar, authorization: 'Bearer wrong' }
  assert.equal((await askRaw(shop.port, '/api/tables', wrong)).status, 401)
  assert.equal((await askRaw(shop.port, '/healthz', afar)).status, 200)
  assert.equal((await askRaw(shop.port, '/', afar)).status, 200)

  const tokens = { kindOf: (sent: string) => (sent === 'r' ? 'read' : undefined) } as const
  const bearer = { ...afar, authorization: 'Bearer r' }
  checkAccess(bearer, 'read', { host: '0.0.0.0' }, tokens)
  assert.throws(
    () => checkAccess(bearer, 'admin', { host: '0.0.0.0' }, tokens),
    (thrown) => thrown instanceof ClickpathError && thrown.code === 'UNKNOWN_TOKEN',
  )
})
