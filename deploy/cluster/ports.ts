/** Which part listens where; always on 127.0.0.1, since nobody is asked for a password. */
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClusterError } from './cluster_error.ts'

export const HOST = '127.0.0.1'

const FREE_MS_MAX = 3_000
const LOOK_MS = 100

export interface Ports {
  /** Broker 1, 2, 3. */
  readonly kafka: (broker: number) => number
  /** The brokers among themselves. */
  readonly controller: (broker: number) => number
  readonly connect: number
  readonly connect_page: number
  readonly master: number
  readonly master_page: number
  readonly worker: (worker: number) => number
  readonly worker_page: (worker: number) => number
}

const KNOWN: Ports = {
  kafka: (broker) => 9091 + broker,
  controller: (broker) => 9191 + broker,
  connect: 15002,
  connect_page: 4040,
  master: 7077,
  master_page: 8080,
  worker: (worker) => 7100 + worker,
  worker_page: (worker) => 8080 + worker,
}

export function portsFrom(base: number | null): Ports {
  if (base === null) return KNOWN
  return {
    kafka: (broker) => base + broker - 1,
    controller: (broker) => base + 9 + broker,
    connect: base + 20,
    connect_page: base + 21,
    master: base + 30,
    master_page: base + 31,
    worker: (worker) => base + 39 + worker,
    worker_page: (worker) => base + 49 + worker,
  }
}

/** Throws when somebody else listens on one of them; better than a log full of Java's words. */
export async function requireFree(ports: readonly number[]): Promise<void> {
  const began = performance.now()
  for (;;) {
    const taken = await takenOf(ports)
    if (taken.length === 0) return
    // Tricky: a process that was killed is gone a moment before its ports are.
    if (performance.now() - began > FREE_MS_MAX) {
      throw new ClusterError(
        `In use by another program: ${taken.map((port) => `${HOST}:${port}`).join(', ')}. ` +
          'End it, or use other ports: `--port-base 21000`.',
      )
    }
    await sleep(LOOK_MS)
  }
}

async function takenOf(ports: readonly number[]): Promise<readonly number[]> {
  const taken: number[] = []
  for (const port of ports) if (!(await isFree(port))) taken.push(port)
  return taken
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ host: HOST, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
