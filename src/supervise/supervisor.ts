/**
 * Runs Clickpath on one machine: holds the listening socket, keeps the children alive, stops them
 * in order. It touches no event: what cannot be lost must not depend on it.
 *
 *   client -> supervisor (accepts) -> collect (answers) -> log -> process (engine, API, page)
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { Clock } from '../std/clock.ts'
import { ClickpathError, messageOf } from '../std/errors.ts'
import type { Logger } from '../std/logger.ts'
import { NO_RESTARTS, type Restarts, writeRestarts } from '../std/restarts.ts'
import { claimRunning, releaseRunning, requireFree } from '../std/running.ts'
import type { Settings } from '../std/settings.ts'
import { Child } from './child.ts'
import { Handover } from './handover.ts'
import type { ToSupervisor } from './messages.ts'

/** A child to keep alive: its role and the arguments its program gets. */
export interface Role {
  readonly role: string
  readonly arguments: readonly string[]
}

export interface SupervisorOptions {
  readonly directory: string
  readonly program: string
  /** Gets the connections. */
  readonly collect: Role
  /** Gets what the collector does not answer itself. */
  readonly process: Role
  /** Started when both serve; told the url. */
  readonly traffic?: (url: string) => Role
  readonly settings: Settings
  readonly clock: Clock
  readonly logger: Logger
}

/** Opens the port and starts everything. Throws `ALREADY_RUNNING` and `LISTEN_FAILED`. */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { directory, settings, clock } = options
  requireFree(directory, 'up')
  const server = await listen(settings.host, settings.port)
  const url = urlOf(settings.host, (server.address() as AddressInfo).port)
  claimRunning(directory, 'up', url, clock)
  return new Supervisor(options, server, url)
}

export class Supervisor {
  readonly url: string
  readonly #options: SupervisorOptions
  readonly #server: Server
  readonly #handover: Handover
  readonly #collect: Child
  /** In the order of stopping: who sends before who receives. */
  readonly #children: readonly Child[]
  readonly #ready = Promise.withResolvers<void>()
  readonly #hopeless = Promise.withResolvers<string>()
  readonly #awaited: Set<Role>
  readonly #restarts: Map<string, Restarts>

  constructor(options: SupervisorOptions, server: Server, url: string) {
    const { collect, process, traffic, settings } = options
    this.url = url
    this.#options = options
    this.#server = server
    this.#awaited = new Set([collect, process])
    this.#collect = this.#childOf(collect)
    const engine = this.#childOf(process)
    const sender = traffic ? [this.#childOf(traffic(url))] : []
    this.#children = [...sender, this.#collect, engine]
    this.#restarts = new Map(this.#children.map((child) => [child.role, NO_RESTARTS]))
    writeRestarts(options.directory, Object.fromEntries(this.#restarts))
    this.#handover = new Handover(
      (number, socket) => this.#collect.send({ kind: 'connection', number }, socket),
      settings.connections_waiting_max,
    )
    server.on('connection', (socket) => this.#handover.offer(socket))
    this.#collect.start()
    engine.start()
    void this.#ready.promise.then(() => sender[0]?.start())
  }

  /** Resolves when everything serves for the first time. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Resolves with the role that cannot be started, if that happens. */
  get hopeless(): Promise<string> {
    return this.#hopeless.promise
  }

  /** Ends one by one, so that each still finds the next alive; hard after `stop_ms_max`. */
  async stop(): Promise<'stopped' | 'killed'> {
    const { clock, directory, settings } = this.#options
    const until_ms = clock.now_ms() + settings.stop_ms_max
    let how: 'stopped' | 'killed' = 'stopped'
    this.#server.close()
    for (const child of this.#children) {
      const left_ms = Math.max(0, until_ms - clock.now_ms())
      if ((await child.stop(left_ms)) === 'killed') how = 'killed'
    }
    this.#handover.close()
    releaseRunning(directory, 'up')
    return how
  }

  /** Ends everything now. */
  kill(): void {
    for (const child of this.#children) child.kill()
  }

  #childOf(role: Role): Child {
    const { program, clock, logger, collect } = this.#options
    return new Child({
      role: role.role,
      program,
      arguments: role.arguments,
      clock,
      logger,
      onMessage: (message) => this.#heard(role, message),
      onGone: () => {
        if (role === collect) this.#handover.receiverGone()
      },
      onLost: (reason) => this.#lost(role.role, reason),
      onHopeless: () => this.#hopeless.resolve(role.role),
    })
  }

  #lost(role: string, last_reason: string): void {
    const { clock, directory } = this.#options
    const count = (this.#restarts.get(role)?.count ?? 0) + 1
    const last_at = new Date(clock.now_ms()).toISOString()
    this.#restarts.set(role, { count, last_at, last_reason })
    writeRestarts(directory, Object.fromEntries(this.#restarts))
  }

  #heard(role: Role, message: ToSupervisor): void {
    if (message.kind === 'taken') {
      this.#handover.taken(message.number)
      return
    }
    if (role === this.#options.collect) this.#handover.receiverReady()
    if (this.#awaited.delete(role) && this.#awaited.size === 0) this.#ready.resolve()
  }
}

async function listen(host: string, port: number): Promise<Server> {
  // Paused, so that not one byte is read here: the collector reads it all.
  const server = createServer({ pauseOnConnect: true })
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return server
  } catch (thrown) {
    const taken = (thrown as NodeJS.ErrnoException).code === 'EADDRINUSE'
    const why = taken
      ? `another program has it. Stop that one, or choose another port, such as --port ${port + 1}`
      : messageOf(thrown)
    throw new ClickpathError('LISTEN_FAILED', host, port, why)
  }
}

function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}
