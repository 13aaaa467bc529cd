/** Connections on their way from the supervisor to the collector, with real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Handover } from '../../src/supervise/handover.ts'

interface Sent {
  readonly number: number
  readonly socket: Socket
}

/** A handover that records what it sends, and a way to get connections accepted into it. */
async function stage(t: TestContext, waiting_max: number) {
  const sent: Sent[] = []
  const handover = new Handover((number, socket) => void sent.push({ number, socket }), waiting_max)
  const server = createServer({ pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const clients: Socket[] = []
  t.after(() => {
    handover.close()
    for (const client of clients) client.destroy()
    server.close()
  })
  const arrive = async (): Promise<Socket> => {
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    clients.push(client)
    handover.offer((await accepted)[0])
    return client
  }
  return { handover, sent, arrive }
}

test('connections wait for the receiver and are sent in the order they came', async (t) => {
  const { handover, sent, arrive } = await stage(t, 10)
  const clients = [await arrive(), await arrive(), await arrive()]
  assert.equal(sent.length, 0)
  handover.receiverReady()
  const ports = sent.map(({ socket }) => socket.remotePort)
  assert.deepEqual(
    ports,
    clients.map((client) => client.localPort),
  )
})

test('what a receiver had not taken when it died is sent to the next', async (t) => {
  const { handover, sent, arrive } = await stage(t, 10)
  handover.receiverReady()
  await arrive()
  await arrive()
  handover.taken(sent[0]?.number ?? -1)
  handover.receiverGone()
  handover.receiverReady()
  assert.equal(sent.length, 3)
  assert.equal(sent[2]?.socket, sent[1]?.socket)
  assert.notEqual(sent[2]?.number, sent[1]?.number)
})

test('beyond the bound a connection is answered 503 and closed; the others stay', async (t) => {
  const { handover, sent, arrive } = await stage(t, 2)
  await arrive()
  await arrive()
  const refused = await arrive()
  let answer = ''
  refused.setEncoding('utf8').on('data', (text) => {
    answer += text
  })
  await once(refused, 'end')
  assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: 1\r\n[\s\S]*"code":"BUSY"/)
  handover.receiverReady()
  assert.equal(sent.length, 2)
})
