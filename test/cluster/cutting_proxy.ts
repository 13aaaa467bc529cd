/** A way to a server that breaks on demand: TCP passed on, until it is cut in the middle. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly port: number
  /** Connections that were made through it, those that were cut included. */
  connections(): number
  /** Cuts after so many more bytes of the server's answers, one connection after the other. */
  cutAfter(...bytes: readonly number[]): void
  /** Cuts all that is open, and whatever is opened until it accepts again. */
  refuse(): void
  accept(): void
  close(): void
}

export async function cuttingProxy(to: {
  readonly host: string
  readonly port: number
}): Promise<CuttingProxy> {
  const open = new Set<Socket>()
  let plan: number[] = []
  let connections = 0
  let refusing = false

  const server = createServer((near) => {
    if (refusing) {
      near.destroy()
      return
    }
    const far = connect(to.port, to.host)
    connections += 1
    const end = (): void => {
      for (const socket of [near, far]) open.delete(socket.destroy())
    }
    for (const socket of [near, far]) open.add(socket.on('error', end).on('close', end))
    near.pipe(far)
    far.on('data', (chunk: Buffer) => {
      const left = plan[0]
      if (left !== undefined && chunk.length >= left) {
        plan.shift()
        // What comes before the cut arrives: a message is broken in its middle.
        near.write(chunk.subarray(0, left), end)
        return
      }
      if (left !== undefined) plan[0] = left - chunk.length
      if (!near.write(chunk)) far.pause()
    })
    near.on('drain', () => far.resume())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    cutAfter: (...bytes) => {
      plan = [...bytes]
    },
    refuse: () => {
      refusing = true
      cut()
    },
    accept: () => {
      refusing = false
    },
    close: () => {
      server.close()
      cut()
    },
  }
}
