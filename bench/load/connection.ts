/**
 * One keep-alive connection for the load generator: writes whole requests, reads whole answers, one
 * at a time. It parses only what an answer of the collector needs, so that the generator stays well
 * below what it measures.
 */
import { connect, type Socket } from 'node:net'

const READ_BYTES = 16_384

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface ConnectionEvents {
  onAnswer(answer: Answer): void
  /** Broken or closed by the other side; nothing further comes. */
  onEnd(reason: string): void
}

/** The answer at the beginning of `text`; undefined while it is not whole. */
export function readAnswer(text: string): Answer | undefined {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return undefined
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1]
  if (length === undefined) throw new Error(`an answer without Content-Length: ${text}`)
  const from = head + 4
  const end = from + Number(length)
  if (text.length < end) return undefined
  return { status: Number(text.slice(9, 12)), body: text.slice(from, end) }
}

export class Connection {
  readonly #socket: Socket
  readonly #events: ConnectionEvents
  #text = ''
  #state: 'open' | 'ended' = 'open'

  private constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket
    this.#events = events
    socket.on('error', (error) => this.#end(error.message))
    socket.on('close', () => this.#end('it was closed'))
  }

  static open(url: string, events: ConnectionEvents): Promise<Connection> {
    const { hostname, port } = new URL(url)
    return new Promise((resolve, reject) => {
      let opened: Connection | undefined
      const onRead = {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (bytes: number, buffer: Uint8Array) => {
          opened?.read((buffer as Buffer).toString('latin1', 0, bytes))
          return true
        },
      }
      const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: onRead })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        opened = new Connection(socket, events)
        resolve(opened)
      })
    })
  }

  /** The buffer must stay as it is until the answer has come. */
  send(request: Buffer): void {
    this.#socket.write(request)
  }

  read(chunk: string): void {
    const text = this.#text === '' ? chunk : this.#text + chunk
    const answer = readAnswer(text)
    this.#text = answer ? '' : text
    if (answer) this.#events.onAnswer(answer)
  }

  close(): void {
    this.#state = 'ended'
    this.#socket.destroy()
  }

  #end(reason: string): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#events.onEnd(reason)
  }
}
