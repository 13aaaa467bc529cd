import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { event, NOW, runCollector } from './running_collector.ts'

test('answers 503 and keeps nothing when the log is full', async (context) => {
  const { post, get, records, collector } = await runCollector(context, {
    settings: { log_reserve_mb: 1_000_000 },
  })
  const { status, json, headers } = await post('/v1/events', event())
  assert.equal(status, 503)
  assert.equal(json.code, 'LOG_FULL')
  assert.ok(Number(headers.get('retry-after')) >= 1)
  assert.deepEqual(records(), [])
  assert.deepEqual(collector.metrics().refused, { LOG_FULL: 1 })
  assert.match(
    (await get('/collect/metrics')).json,
    /refused_requests_total\{code="LOG_FULL",status="503"\} 1/,
  )
})

/** Opens a connection and sends a request whose body lacks its last byte. */
async function sendAlmost(url: string, path: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const body = JSON.stringify(event())
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.write(head + body.slice(0, -1))
  await once(socket, 'connect')
  return { socket, rest: body.slice(-1) }
}

test('answers 503 and says that it must end when the log fails', async (context) => {
  const { url, collector, closeLane, get } = await runCollector(context)
  const { socket, rest } = await sendAlmost(url, '/v1/events')
  await get('/ping')
  while (collector.metrics().held_body_bytes === 0) await get('/ping')
  await closeLane()
  socket.write(rest)
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1.1 503 /)
  assert.match(String(answer), /"code":"LOG_FAILED"/)
  assert.match((await collector.failed).message, /has been closed/)
  socket.destroy()
})

test('answers 503 while more bodies are being read than it may hold', async (context) => {
  const { url, post, get, collector } = await runCollector(context, {
    settings: { bodies_bytes_max: 1_000_000, body_bytes_max: 900_000 },
  })
  const slow = connect(Number(new URL(url).port), '127.0.0.1')
  slow.write('POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n')
  slow.write('x'.repeat(800_000))
  while (collector.metrics().held_body_bytes < 800_000) await get('/ping')
  const { status, json } = await post('/v1/events', event({ x: 'y'.repeat(300_000) }))
  assert.deepEqual([status, json.code], [503, 'BUSY'])
  slow.destroy()
  while (collector.metrics().held_body_bytes > 0) await get('/ping')
  assert.equal((await post('/v1/events', event())).status, 200)
})

test('answers 429 beyond the rate of a key, and takes events again later', async (context) => {
  let now = Date.parse(NOW)
  const { post, records, keys } = await runCollector(context, {
    settings: { rate_events_per_second: 10 },
    now: () => new Date(now).toISOString(),
  })
  const batch = Array.from({ length: 40 }, (_, n) => event({ event_id: `e${n}` }))
  assert.equal((await post('/v1/events', batch)).status, 200)
  const refused = await post('/v1/events', event())
  assert.deepEqual([refused.status, refused.json.code], [429, 'RATE_LIMITED'])
  assert.equal(refused.headers.get('retry-after'), '4')
  const authorization = `Bearer ${keys.all[0]?.key}`
  assert.equal((await post('/v1/events', event(), { authorization })).status, 200)
  now += 4_000
  assert.equal((await post('/v1/events', event())).status, 200)
  assert.equal(records().length, 42)
})

test('keeps nothing of a body whose sender goes away', async (context) => {
  const { url, collector, get, records } = await runCollector(context)
  const { socket } = await sendAlmost(url, '/v1/events')
  while (collector.metrics().held_body_bytes === 0) await get('/ping')
  socket.destroy()
  while (collector.metrics().held_body_bytes > 0) await get('/ping')
  assert.deepEqual(records(), [])
})
