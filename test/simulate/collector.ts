/** A real HTTP server that stands where the collector would, and remembers what it was sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TestEvent {
  readonly [name: string]: unknown
  readonly event_id: string
  readonly event_type: string
  readonly timestamp: string
}

export interface TestRequest {
  readonly path: string
  readonly authorization: string | undefined
  readonly at_ms: number
  readonly events: readonly TestEvent[]
}

export type TestAnswer =
  | { readonly status: number; readonly retryAfter?: string; readonly body?: unknown }
  | 'reset'

/** How the server treats its n-th request (from 0); `undefined` is 200 and keeping the events. */
export type Treatment = (number: number, request: TestRequest) => TestAnswer | undefined

export class TestCollector implements AsyncDisposable {
  readonly requests: TestRequest[] = []
  /** What was answered 200. */
  readonly kept: TestEvent[] = []
  readonly #server
  #url = ''

  constructor(treat: Treatment = () => undefined) {
    this.#server = createServer(async (incoming, outgoing) => {
      let text = ''
      for await (const chunk of incoming.setEncoding('utf8')) text += chunk
      const request = {
        path: incoming.url ?? '',
        authorization: incoming.headers.authorization,
        at_ms: performance.now(),
        events: JSON.parse(text) as TestEvent[],
      }
      const answer = treat(this.requests.push(request) - 1, request)
      if (answer === 'reset') {
        incoming.socket.destroy()
        return
      }
      if (!answer) this.kept.push(...request.events)
      const { status, retryAfter, body } = answer ?? { status: 200 }
      outgoing.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
      outgoing.end(JSON.stringify(body ?? { accepted: request.events.length, invalid: 0 }))
    })
  }

  get url(): string {
    return this.#url
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
