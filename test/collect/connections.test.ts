import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { event, runCollector } from './running_collector.ts'

test('serves connections that somebody else accepted', async (context) => {
  const { post, records } = await runCollector(context, { door: 'handed over' })
  for (const n of [1, 2, 3]) {
    const { status } = await post('/v1/events', event(), { connection: 'close' })
    assert.equal(status, 200)
    assert.equal(records().length, n)
  }
})

for (const door of ['own', 'handed over'] as const) {
  test(`answers a request begun before it closes, its door ${door}`, {
    timeout: 10_000,
  }, async (context) => {
    const { url, collector, records, get } = await runCollector(context, { door })
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const body = JSON.stringify(event())
    const head = `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`
    socket.write(head + body.slice(0, 10))
    while (collector.metrics().held_body_bytes === 0) await get('/ping')
    const closed = collector.close()
    socket.write(body.slice(10))
    const [answer] = await once(socket, 'data')
    assert.match(String(answer), /^HTTP\/1.1 200 .*Connection: close/s)
    await closed
    assert.equal(records().length, 1)
    if (door === 'own') await assert.rejects(get('/ping'))
  })
}

test('lets pages of other sites send events and read the answer', async (context) => {
  const { url, post } = await runCollector(context)
  const origin = 'https://shop.example'
  const asked = 'authorization, content-type, x-retry-count'
  const preflight = await fetch(`${url}/v1/events`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-headers': asked },
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-headers'), asked)
  assert.match(preflight.headers.get('access-control-max-age') ?? '', /^\d+$/)
  const answers = [preflight, await post('/v1/events', event(), { origin })]
  answers.push(await post('/v1/events', '{', { origin }))
  for (const { headers } of answers) {
    assert.equal(headers.get('access-control-allow-origin'), origin)
    assert.equal(headers.get('access-control-allow-credentials'), 'true')
    assert.match(headers.get('vary') ?? '', /Origin/)
  }
})
