/**
 * Accepted connections on their way to the collector. They wait, bounded, while it restarts; one it
 * was sent but had not taken when it died waits again. So a restart refuses nobody.
 */
import type { Socket } from 'node:net'

const BODY = '{"code":"BUSY","message":"The collector restarts; send it again in a second."}\n'
const REFUSAL = [
  'HTTP/1.1 503 Service Unavailable',
  'Retry-After: 1',
  'Content-Type: application/json',
  `Content-Length: ${Buffer.byteLength(BODY)}`,
  'Connection: close',
  '',
  BODY,
].join('\r\n')

/** Sends one connection. What cannot arrive needs no report: `receiverGone` follows. */
type Send = (number: number, socket: Socket) => void

export class Handover {
  readonly #send: Send
  readonly #waiting_max: number
  readonly #waiting: Socket[] = []
  readonly #sent = new Map<number, Socket>()
  #next = 0
  #receiver: 'ready' | 'away' = 'away'

  constructor(send: Send, waiting_max: number) {
    this.#send = send
    this.#waiting_max = waiting_max
  }

  /** Takes an accepted, paused connection; beyond the bound it is answered 503 and closed. */
  offer(socket: Socket): void {
    socket.on('error', () => {})
    const held = this.#waiting.length + this.#sent.size
    if (held >= this.#waiting_max) return void socket.end(REFUSAL)
    if (this.#receiver === 'ready') this.#pass(socket)
    else this.#waiting.push(socket)
  }

  /** The receiver has it; our copy may go. Closing a copy does not close the connection. */
  taken(number: number): void {
    this.#sent.get(number)?.destroy()
    this.#sent.delete(number)
  }

  /** The receiver takes connections from now on. */
  receiverReady(): void {
    this.#receiver = 'ready'
    for (const socket of this.#waiting.splice(0)) this.#pass(socket)
  }

  /** The receiver is gone; what it had not taken is kept for the next, in order. */
  receiverGone(): void {
    this.#receiver = 'away'
    this.#waiting.unshift(...this.#sent.values())
    this.#sent.clear()
  }

  /** Closes what nobody will take any more. */
  close(): void {
    for (const socket of [...this.#waiting.splice(0), ...this.#sent.values()]) socket.destroy()
    this.#sent.clear()
  }

  #pass(socket: Socket): void {
    const number = this.#next++
    this.#sent.set(number, socket)
    this.#send(number, socket)
  }
}
