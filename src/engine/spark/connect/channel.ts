/**
 * The way to the server: one HTTP/2 connection, opened when needed and opened anew when it broke,
 * and one session. Each call here may be repeated without harm; executions are in execution.ts.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CallOptions,
  type Client,
  Code,
  ConnectError,
  createClient,
} from '@connectrpc/connect'
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node'
import type { Address } from './address.ts'
import type { Bounds } from './bounds.ts'
import { isBroken, sparkError, type Told, toldBy } from './error_details.ts'
import { SparkError } from './errors.ts'
import { SparkConnectService } from './generated/base_pb.ts'
import { type Patience, Retries } from './retries.ts'

/** How long an end waits for what the server is still to be told. */
const CLOSE_MS_MAX = 5_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** MiB that Node holds for one connection: uploads and results wait in it. */
const CONNECTION_MIB_MAX = 512

/** Who asks: part of every request. */
export interface Identity {
  readonly sessionId: string
  readonly userContext: { readonly userId: string; readonly userName: string }
  readonly clientType: string
  /** Tricky: with it, a server that was started anew refuses; else it makes an empty session. */
  readonly clientObservedServerSideSessionId?: string
}

export interface ChannelOptions {
  readonly address: Address
  readonly bounds: Bounds
  readonly userId: string
  readonly sessionId: string | undefined
  readonly clientType: string
  readonly random: () => number
}

export class Channel {
  readonly client: Client<typeof SparkConnectService>
  readonly patience: Patience
  readonly #options: ChannelOptions
  readonly #connection: Http2SessionManager
  /** What nobody waits for: operations to be released. */
  readonly #background = new Set<Promise<void>>()
  #closed: SparkError | undefined
  #sessionId: string
  #serverSessionId: string | undefined

  constructor(options: ChannelOptions) {
    const { address, bounds, random } = options
    const { host, port, token, transport } = address
    this.#options = options
    this.#sessionId = checkedId(options.sessionId ?? randomUUID())
    this.patience = { bounds, random, server: `${host}:${port}` }
    const baseUrl = `${transport === 'tls' ? 'https' : 'http'}://${host}:${port}`
    this.#connection = new Http2SessionManager(
      baseUrl,
      { pingIntervalMs: bounds.keepalive_ms, pingTimeoutMs: bounds.keepalive_answer_ms_max },
      { maxSessionMemory: CONNECTION_MIB_MAX },
    )
    const grpc = createGrpcTransport({
      baseUrl,
      sessionManager: this.#connection,
      readMaxBytes: bounds.message_bytes_max,
      writeMaxBytes: bounds.message_bytes_max,
      acceptCompression: [],
      interceptors: [
        (next) => (request) => {
          if (token !== undefined) request.header.set('authorization', `Bearer ${token}`)
          return next(request)
        },
      ],
    })
    this.client = createClient(SparkConnectService, grpc)
  }

  get bounds(): Bounds {
    return this.#options.bounds
  }

  get sessionId(): string {
    return this.#sessionId
  }

  get serverSessionId(): string | undefined {
    return this.#serverSessionId
  }

  get identity(): Identity {
    const { userId, clientType } = this.#options
    return {
      sessionId: this.#sessionId,
      userContext: { userId, userName: userId },
      clientType,
      ...(this.#serverSessionId !== undefined && {
        clientObservedServerSideSessionId: this.#serverSessionId,
      }),
    }
  }

  /** Forgets the server that was seen, and takes another session where an id is given. */
  renew(sessionId = this.#sessionId): void {
    this.#sessionId = checkedId(sessionId)
    this.#serverSessionId = undefined
  }

  /** Each answer says which life of the server gave it. */
  observe({ serverSideSessionId }: { readonly serverSideSessionId: string }): void {
    this.#serverSessionId ??= serverSideSessionId || undefined
  }

  /** Opens the connection where there is none, and looks whether one long silent still lives. */
  async connected(): Promise<void> {
    const { connect_ms_max } = this.bounds
    const late = new ConnectError(`no connection within ${connect_ms_max} ms`, Code.Unavailable)
    // Tricky: the library bounds no connecting; with an error that says `cancelled` it would hang.
    const timer = setTimeout(() => {
      if (this.#connection.state() === 'connecting') this.#connection.abort(late)
    }, connect_ms_max)
    const state = await this.#connection.connect()
    clearTimeout(timer)
    if (state === 'error') throw this.#connection.error() ?? late
  }

  /** One call that is no execution, repeated while the connection is broken. */
  async call<T extends { readonly serverSideSessionId: string }>(
    attempt: (identity: Identity, options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const retries = new Retries(this.patience)
    for (;;) {
      this.assertOpen()
      try {
        await this.connected()
        retries.begun()
        const answer = await attempt(this.identity, { timeoutMs: this.bounds.call_ms_max })
        this.observe(answer)
        return answer
      } catch (thrown) {
        const told = toldBy(thrown)
        if (!isBroken(told)) throw await this.explained(told)
        await retries.failed(told)
      }
    }
  }

  /** What the server kept of an error is fetched at once: it keeps few, and for a minute. */
  async explained(told: Told): Promise<SparkError> {
    if (this.#closed) return this.#closed
    if (told.errorId === undefined) return sparkError(told)
    const request = { ...this.identity, errorId: told.errorId }
    const timeoutMs = this.bounds.call_ms_max
    const fetched = await this.client
      .fetchErrorDetails(request, { timeoutMs })
      .catch(() => undefined) // What came with the error must do.
    return sparkError(told, fetched)
  }

  /** Work that nobody waits for but `close`. Its errors are of no interest. */
  later(work: Promise<unknown>): void {
    const settled: Promise<void> = work.then(
      () => undefined,
      () => undefined,
    )
    this.#background.add(settled)
    void settled.then(() => this.#background.delete(settled))
  }

  assertOpen(): void {
    if (this.#closed) throw this.#closed
  }

  /** Ends the connection; the session, and its streaming queries, go on at the server. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = new SparkError('interrupted', 'The connection to Spark was closed here.')
    const late = new AbortController()
    const bound = sleep(CLOSE_MS_MAX, undefined, { signal: late.signal }).catch(() => undefined)
    await Promise.race([Promise.all(this.#background), bound])
    late.abort()
    this.#connection.abort(this.#closed)
  }
}

function checkedId(sessionId: string): string {
  if (UUID.test(sessionId)) return sessionId
  throw new SparkError('argument', `A Spark session id is a UUID, and ${sessionId} is none.`)
}
