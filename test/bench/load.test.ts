import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { type Answer, Connection, readAnswer } from '../../bench/load/connection.ts'
import { runPacedLoad } from '../../bench/load/paced_load.ts'
import { NumberedRequest } from '../../bench/load/requests.ts'
import { runCollector } from '../collect/running_collector.ts'

const SHAPE = {
  host: '127.0.0.1:4000',
  door: 'native',
  event_bytes: 300,
  idPrefix: 'run-3',
  timestamp: '2026-03-01T12:00:00.000Z',
} as const

function eventsIn(request: Buffer): readonly { readonly event_id: string }[] {
  const text = request.toString()
  const from = text.indexOf('\r\n\r\n') + 4
  assert.equal(Number(/Content-Length: (\d+)/.exec(text)?.[1]), request.length - from)
  return [JSON.parse(text.slice(from))].flat()
}

test('every event of every request has an id of its own', () => {
  const request = new NumberedRequest({ ...SHAPE, events: 100 })
  const ids = Array.from({ length: 1_200 }, () => eventsIn(request.next())).flat()
  assert.equal(new Set(ids.map(({ event_id }) => event_id)).size, 120_000)
})

test('an event has exactly the bytes asked for, in a batch and alone', () => {
  for (const events of [1, 100]) {
    for (const event of eventsIn(new NumberedRequest({ ...SHAPE, events }).next())) {
      assert.equal(JSON.stringify(event).length, 300)
    }
  }
})

test('both doors are sent the same events', async (context) => {
  const { post, records } = await runCollector(context)
  for (const door of ['native', 'segment'] as const) {
    const request = new NumberedRequest({ ...SHAPE, door, events: 20 }).next().toString()
    const path = request.split(' ')[1] ?? ''
    const { status } = await post(path, JSON.parse(request.slice(request.indexOf('\r\n\r\n') + 4)))
    assert.equal(status, 200)
  }
  const told = records().map(({ record, event_type, event_id, user_id, product_id, price }) => {
    return { record, event_type, event_id, user_id, product_id, price }
  })
  assert.deepEqual(told.slice(20), told.slice(0, 20))
  assert.deepEqual(new Set(told.map(({ record }) => record)), new Set(['event']))
})

test('an answer is read when its last byte has come, not before', () => {
  const whole =
    'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nRetry-After: 1\r\n\r\nbusy'
  for (let bytes = 0; bytes < whole.length; bytes++) {
    assert.equal(readAnswer(whole.slice(0, bytes)), undefined)
  }
  assert.deepEqual(readAnswer(whole), { status: 503, body: 'busy' })
})

test('a connection tells an answer that came in pieces once, and then its end', async (context) => {
  const server = createServer((socket) => {
    const pieces = ['HTTP/1.1 200 OK\r\nConte', 'nt-Length: 2\r\n\r\n{', '}']
    socket.on('data', () => {
      const piece = pieces.shift()
      if (piece === undefined) socket.destroy()
      else setTimeout(() => socket.write(piece, () => socket.emit('data')), 5)
    })
  })
  const { promise: listening, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  context.after(() => server.close())
  await listening
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const answers: Answer[] = []
  const ended = Promise.withResolvers<string>()
  const connection = await Connection.open(`http://127.0.0.1:${address.port}`, {
    onAnswer: (answer) => answers.push(answer),
    onEnd: ended.resolve,
  })
  connection.send(Buffer.from('x'))
  await ended.promise
  assert.deepEqual(answers, [{ status: 200, body: '{}' }])
})

test('a paced load leaves no connection idle until the server closes it', async (context) => {
  const requests = new Map<number | undefined, number>()
  const server = createHttpServer((request, response) => {
    const { remotePort } = request.socket
    requests.set(remotePort, (requests.get(remotePort) ?? 0) + 1)
    request.resume().on('end', () => response.end('{"accepted":10,"invalid":0,"errors":[]}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const result = await runPacedLoad(
    {
      ...{ kind: 'paced', url: `http://127.0.0.1:${port}`, users: 100, products: 100 },
      ...{ events_per_second: 400, batch: 10, connections: 4, warmup_s: 0, measured_s: 0.5 },
    },
    () => undefined,
  )
  assert.equal(result.refused, 0)
  assert.deepEqual([requests.size, Math.min(...requests.values()) > 1], [4, true])
})
