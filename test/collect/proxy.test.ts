import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { runCollector } from './running_collector.ts'

async function serve(context: TestContext, answer: Parameters<typeof createServer>[1]) {
  const server: Server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('passes on what is no collect path, method, query, headers and body included', async (context) => {
  const target = await serve(context, async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { host, 'x-own': own, 'x-forwarded-for': client, connection } = request.headers
    const seen = { method: request.method, url: request.url, host, own, client, connection }
    response.writeHead(418, { 'X-Answer': 'yes', 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ ...seen, body }))
  })
  const { url, post } = await runCollector(context, { target: () => target })
  const headers = { 'x-own': 'a', 'x-forwarded-for': '10.0.0.1' }
  const { status, json, headers: answered } = await post('/api/sql?q=1', 'select 1', headers)
  assert.equal(status, 418)
  assert.equal(answered.get('x-answer'), 'yes')
  assert.deepEqual(json, {
    method: 'POST',
    url: '/api/sql?q=1',
    host: new URL(url).host,
    own: 'a',
    client: '127.0.0.1',
    connection: 'close',
    body: 'select 1',
  })
})

test('lets a live feed flow and ends it with its reader', { timeout: 10_000 }, async (context) => {
  const closed = Promise.withResolvers<void>()
  const target = await serve(context, (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write('data: first\n\n')
    response.on('close', closed.resolve)
  })
  const { url } = await runCollector(context, { target: () => target })
  const abort = new AbortController()
  const response = await fetch(`${url}/api/live`, { signal: abort.signal })
  const { value } = (await response.body?.getReader().read()) ?? {}
  assert.equal(Buffer.from(value ?? []).toString(), 'data: first\n\n')
  abort.abort()
  await closed.promise
})

test('answers 503 while nobody is there, to browsers with a page', async (context) => {
  const gone = await serve(context, (request) => request.socket.destroy())
  for (const target of [undefined, 'http://127.0.0.1:1', gone]) {
    const { get } = await runCollector(context, { target: () => target })
    const answer = await get('/api/tables')
    assert.equal(answer.status, 503)
    assert.equal(answer.json.code, 'BUSY')
    assert.equal(answer.headers.get('retry-after'), '1')
    const page = await get('/', { accept: 'text/html,*/*' })
    assert.equal(page.status, 503)
    assert.match(page.json, /<h1>/)
  }
})

test('breaks off an answer that the other side broke off', async (context) => {
  const target = await serve(context, (_, response) => {
    response.writeHead(200, { 'Content-Length': '100' })
    response.write('some')
    setImmediate(() => response.destroy())
  })
  const { get } = await runCollector(context, { target: () => target })
  await assert.rejects(get('/api/tables'))
})
