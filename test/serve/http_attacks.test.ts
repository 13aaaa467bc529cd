/** Attacks over HTTP: other hosts and origins, paths out of the page, headers, tokens in URLs. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { dataFolder, startUp } from '../cli/up_process.ts'
import { askRaw, event, openShop } from './shop.ts'

const OUTSIDE: readonly string[] = [
  '/../package.json',
  '/..%2fpackage.json',
  '/%2e%2e/package.json',
  '/..%5cpackage.json',
  '/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '//etc/passwd',
  '/etc/passwd',
  '/./../keys.json',
  '/keys.json',
  '/tokens.json',
  '/data/keys.json',
  '/data',
  '/log/live/00000000000000000000.ndjson',
  '/run/serve.json',
  '/engine/clickpath.duckdb',
  '/web/index.html',
  '/tag/clickpath.js',
  '/index.html/../../package.json',
  '/built_from.txt',
  '/theme.js%00.html',
  '/theme.js/..%2f..%2fpackage.json',
  '/assets/..%2f..%2f..%2fpackage.json',
  '/assets',
  '/.git/config',
  '/node_modules/fastify/package.json',
  'http://evil.example/keys.json',
]

/** Sends bytes as they are; answers the first line of what comes back, empty where nothing does. */
function send(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(5_000, () => socket.destroy())
    socket.on('data', (chunk) => {
      answer += chunk
      socket.end()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer.split('\r\n', 1)[0] ?? ''))
  })
}

test('no path leads out of the page', async (t) => {
  const { port } = await openShop(t)
  for (const path of OUTSIDE) {
    const { status, body } = await askRaw(port, path, { host: 'localhost' })
    assert.ok([400, 404].includes(status), `${path}: ${status}`)
    assert.doesNotMatch(body, /root:|"dependencies"|"kind"/, path)
  }
})

test('what is no sound request is refused, and others are answered all the same', async (t) => {
  const { port } = await openShop(t)
  const line = 'GET /api/tables HTTP/1.1\r\n'
  const attacks: Readonly<Record<string, string>> = {
    'a header of 100 kB': `${line}Host: localhost\r\nX-Big: ${'x'.repeat(100_000)}\r\n\r\n`,
    'a target of 100 kB': `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    'no Host': `${line}\r\n`,
    'two Hosts': `${line}Host: evil.example\r\nHost: localhost\r\n\r\n`,
    'a Host behind an absolute target':
      'GET http://localhost/api/tables HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    'two lengths': `${line}Host: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx`,
    'length and chunks': [
      `${line}Host: localhost\r\nContent-Length: 1`,
      'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ].join('\r\n'),
    'a header within a header': `${line}Host: localhost\r\nX: a\nY: b\r\n\r\n`,
    'no HTTP at all': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
  }
  for (const [what, bytes] of Object.entries(attacks)) {
    assert.match(await send(port, bytes), /^(HTTP\/1\.1 (400|403|404|414|431) .*|)$/, what)
  }
  assert.equal((await askRaw(port, '/healthz', { host: 'localhost' })).status, 200)
})

test('a page of another origin is told nothing, asks what it may, and may nothing', async (t) => {
  const { port } = await openShop(t)
  const headers = { host: 'localhost', origin: 'https://evil.example' }
  for (const path of ['/api/tables', '/api/query', '/api/live?tables=hourly_pivot', '/metrics']) {
    const { status, headers: told } = await askRaw(port, path, headers)
    assert.notEqual(status, 200, path)
    for (const name of Object.keys(told)) assert.doesNotMatch(name, /^access-control/, path)
  }
  const preflight = await fetch(`http://127.0.0.1:${port}/api/query`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  })
  assert.equal(preflight.headers.get('access-control-allow-origin'), null)
})

test('on a public bind no key, hash or address opens the front door, and every answer is guarded', async (t) => {
  const directory = dataFolder(t)
  const up = await startUp(directory, ['--host', '0.0.0.0', '--memory-limit-mb', '200'])
  const port = Number(new URL(up.url).port)
  const host = `shop.example:${port}`
  const file = JSON.parse(readFileSync(join(directory, 'tokens.json'), 'utf8')) as object
  const [hash = ''] = Object.keys(file)
  for (const said of [hash, '', 'undefined', 'null', '*']) {
    const headers = { host, authorization: `Bearer ${said}` }
    assert.equal((await askRaw(port, '/api/tables', headers)).status, 401, said)
    for (const name of ['token', 'access_token', 'authorization', 'key']) {
      const { status } = await askRaw(port, `/api/tables?${name}=${said}`, { host })
      assert.ok([400, 401].includes(status), name)
    }
  }
  const keys = JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8')) as object
  const writeKey = { host, authorization: `Bearer ${Object.keys(keys)[0]}` }
  assert.equal((await askRaw(port, '/api/tables', writeKey)).status, 401)
  for (const path of OUTSIDE.filter((each) => each.startsWith('/'))) {
    const { status, body } = await askRaw(port, path, { host })
    assert.ok([400, 404].includes(status), `${path}: ${status}`)
    assert.doesNotMatch(body, /root:|"dependencies"|"kind"/, path)
  }
  for (const path of ['/', '/schemas', '/schemas/<script>', '/nothing', '/ping', '/api/tables']) {
    const { headers } = await askRaw(port, path, { host })
    assert.equal(headers['x-content-type-options'], 'nosniff', path)
    const isPage = String(headers['content-type']).includes('html')
    if (isPage) assert.match(String(headers['content-security-policy']), /default-src/, path)
  }
  const claimed = { host: '127.0.0.1', 'x-forwarded-for': '127.0.0.1' }
  assert.equal((await askRaw(port, '/api/tables', claimed)).status, 401)
  assert.equal((await askRaw(port, '/collect/metrics', claimed)).status, 403)
})

test('a query that cannot be stopped ends its process, which comes back with everything', async (t) => {
  const directory = dataFolder(t)
  const up = await startUp(directory, ['--memory-limit-mb', '200'])
  const sent = await fetch(`${up.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event_type: 'view', user_id: 'u1', product_id: 'p1' }),
  })
  assert.equal(sent.status, 200)
  const ask = (sql: string) =>
    fetch(`${up.url}/api/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql }),
    })
  const { pid } = up.running('serve')
  // One step that makes two thousand texts of a megabyte: DuckDB neither counts nor interrupts it.
  const bomb = `WITH RECURSIVE t(n, s) AS (
      SELECT 0, 'x' UNION ALL SELECT n + 1, s || s FROM t WHERE n < 20)
    SELECT max(length(s || range::VARCHAR)) FROM t, range(2048) WHERE n = 20`
  const answer = await ask(bomb).catch(() => undefined)
  assert.notEqual(answer?.status, 200)
  await up.replaced('serve', pid)
  const { body } = await askRaw(Number(new URL(up.url).port), '/api/ledger', { host: 'localhost' })
  assert.match(body, /"balanced":true/)
  assert.equal((await fetch(`${up.url}/api/flush`, { method: 'POST' })).status, 200)
  assert.match(await (await ask('SELECT product_id FROM events')).text(), /"p1"/)
})

test('CSV holds no formula, wherever it stands', async (t) => {
  const shop = await openShop(t)
  const evil = ['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '"=1"', 'a;=1']
  await shop.append(evil.map((category, at) => event(`e${at}`, at, { category })))
  await shop.catchUp()
  const paths = ['/api/tables/events?format=csv', '/api/tables/event_windows_5m?format=csv']
  const texts = await Promise.all(paths.map(async (path) => (await fetch(shop.url + path)).text()))
  const asked = await fetch(`${shop.url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: 'SELECT category AS "=x", category FROM events', format: 'csv' }),
  })
  texts.push(await asked.text())
  for (const csv of texts) {
    assert.match(csv, /'=1\+1/)
    const cells = [...csv.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(?:,|\r\n)/g)].map(([, cell]) => cell)
    assert.ok(cells.length > evil.length)
    for (const cell of cells) assert.doesNotMatch(cell ?? '', /^"?[-=+@\t\r\n＝]/)
  }
})
