/**
 * A way to the collector on which answers get lost: it reads each request whole, then breaks off.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface LosingProxy {
  readonly url: string
  /** How many answers were lost so far. */
  lost(): number
}

/**
 * Passes everything on to `target`, but breaks the connection in place of each of the first `count`
 * answers to a POST: by then the collector has taken what was sent. It ends with the test.
 */
export async function losingAnswers(
  t: TestContext,
  target: string,
  count: number,
): Promise<LosingProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let lost = 0
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    let method = ''
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
      method = /^(POST|OPTIONS|GET) /.exec(chunk.toString('latin1', 0, 8))?.[1] ?? method
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (method !== 'POST' || lost >= count) return void client.write(chunk)
      lost++
      client.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lost: () => lost }
}
