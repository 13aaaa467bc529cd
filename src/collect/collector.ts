/**
 * The collector: the HTTP edge. It takes events on the paths of the wire formats, says what it
 * takes (/schemas) and what it did (/collect/metrics), and passes everything else on to whoever
 * serves the API and the page.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ClickpathError } from '../std/errors.ts'
import {
  allowOrigin,
  answerError,
  answerPreflight,
  answerTaken,
  asClickpathError,
} from './answers.ts'
import type { Format } from './formats/format.ts'
import type { Question } from './formats/question.ts'
import { findFormat } from './formats/registry.ts'
import { Intake, type IntakeOptions, type Target } from './intake.ts'
import type { CollectMetrics } from './metrics.ts'
import { passOn } from './proxy.ts'
import { createRoutes, type Route, requireMethod, targetOf } from './routes.ts'
import { methodOf } from './sent_request.ts'

/** How long a client may take to send a request, and an idle connection is kept. */
const TIMES = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 }

const DEFAULT_METHODS = ['POST'] as const

export interface CollectorOptions extends IntakeOptions {
  /** Where everything else is answered: `http://127.0.0.1:PORT`, undefined while nobody is. */
  readonly proxy: { target(): string | undefined }
}

export interface Collector {
  readonly app: Server
  /** Resolves when the log failed: what it holds is unknown until recovery, so the process ends. */
  readonly failed: Promise<Error>
  metrics(): CollectMetrics
  /** Serves a connection that another process accepted. */
  takeConnection(socket: Socket): void
  /** Listens by itself; answers the url. */
  listen(port: number, host: string): Promise<string>
  /** Takes no further request, answers those begun (for `wait_ms` at most), closes. */
  close(wait_ms?: number): Promise<void>
}

class HttpCollector implements Collector {
  readonly app: Server
  readonly failed: Promise<Error>
  readonly #options: CollectorOptions
  readonly #intake: Intake
  readonly #findRoute: ReturnType<typeof createRoutes>
  readonly #sockets = new Set<Socket>()
  readonly #passed = new Set<ServerResponse>()
  readonly #begun = new Set<ServerResponse>()
  #state: 'open' | 'closing' = 'open'
  #connections: 'none' | 'handed over' = 'none'
  #whenIdle: () => void = () => {}
  #fail: (error: Error) => void = () => {}

  constructor(options: CollectorOptions) {
    this.#options = options
    this.#intake = new Intake(options)
    this.#findRoute = createRoutes(this.#intake, options.settings)
    this.failed = new Promise((resolve) => {
      this.#fail = resolve
    })
    this.app = createServer({ ...TIMES, noDelay: true }, (request, response) =>
      this.#handle(request, response),
    )
    this.app.on('connection', (socket) => this.#track(socket))
    // Tricky: a 408 makes some SDKs drop their events; a broken connection makes all come again.
    this.app.on('clientError', (_, socket) => socket.destroy())
  }

  metrics(): CollectMetrics {
    return this.#intake.metrics()
  }

  takeConnection(socket: Socket): void {
    // Tricky: a server that never listens sets up its timeouts for requests only at this event.
    if (this.#connections === 'none' && !this.app.listening) this.app.emit('listening')
    this.#connections = 'handed over'
    this.app.emit('connection', socket)
    socket.resume()
  }

  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error) => {
        reject(new ClickpathError('LISTEN_FAILED', host, port, error.message))
      }
      this.app.once('error', refuse)
      this.app.listen(port, host, () => {
        this.app.off('error', refuse)
        resolve()
      })
    })
    const { address, family, port: bound } = this.app.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`
  }

  async close(wait_ms = 5_000): Promise<void> {
    this.#state = 'closing'
    this.app.close()
    for (const response of this.#passed) response.destroy()
    for (const response of this.#begun) endConnectionAfter(response)
    if (this.#begun.size > 0) await this.#idleWithin(wait_ms)
    for (const socket of this.#sockets) socket.destroy()
  }

  #idleWithin(wait_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const bound = setTimeout(resolve, wait_ms)
      this.#whenIdle = () => {
        clearTimeout(bound)
        resolve()
      }
    })
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const target = targetOf(request.url ?? '/', this.#options.settings)
    const way = this.#findRoute(target) ?? findFormat(target.path, methodOf(request))
    if (!way) {
      this.#passOn(request, response)
      return
    }
    this.#begin(response)
    this.#answer(request, response, target, way).catch((error) => this.#refuse(response, error))
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    way: Format | Question | Route,
  ): Promise<void> {
    if (typeof way === 'function') {
      requireMethod(request, 'GET')
      way(request, response)
      return
    }
    allowOrigin(request, response)
    if (request.method === 'OPTIONS') {
      answerPreflight(request, response)
    } else {
      requireMethod(request, ...(way.methods ?? DEFAULT_METHODS))
      const { url = '/', headers } = request
      const answer =
        way.kind === 'question'
          ? way.answer({ url, headers })
          : await this.#intake.take(request, target, way)
      answerTaken(response, answer)
    }
  }

  #begin(response: ServerResponse): void {
    this.#begun.add(response)
    if (this.#state === 'closing') endConnectionAfter(response)
    response.on('close', () => {
      this.#begun.delete(response)
      if (this.#begun.size === 0) this.#whenIdle()
    })
  }

  #passOn(request: IncomingMessage, response: ServerResponse): void {
    if (this.#state === 'closing') {
      response.destroy()
      return
    }
    this.#passed.add(response)
    response.on('close', () => this.#passed.delete(response))
    try {
      passOn(request, response, this.#options.proxy.target())
    } catch (error) {
      this.#refuse(response, error)
    }
  }

  #refuse(response: ServerResponse, thrown: unknown): void {
    const error = asClickpathError(thrown)
    this.#intake.noteRefused(error.code)
    answerError(response, error)
    if (error.code === 'LOG_FAILED') this.#fail(error)
  }
}

function endConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
}

/** Builds the collector; it takes nothing before `listen` or `takeConnection`. */
export function startCollector(options: CollectorOptions): Collector {
  return new HttpCollector(options)
}
