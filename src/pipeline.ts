/**
 * The composition root: builds the roles from their parts, joins them, stops them in order.
 * Read this first; every part it names can be understood alone.
 *
 *   runCollector   HTTP -> formats -> steps -> log         acknowledges what is durable
 *   runProcessor   log -> engine -> API, page, live feed   can be rebuilt from the log
 *   runServer      HTTP -> the processor                   a door to it where nothing is collected
 *
 * They share nothing but the log and DIR/run/serve.json, which says where the processor answers.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { startCollector } from './collect/collector.ts'
import { openKeys } from './collect/keys.ts'
import { passOn } from './collect/proxy.ts'
import type { Config } from './config.ts'
import { sparkOf } from './engine/place.ts'
import { openWriter } from './log/open_log.ts'
import type { Clock } from './std/clock.ts'
import { ClickpathError } from './std/errors.ts'
import type { Logger } from './std/logger.ts'
import { causeOf, sayTo, tell } from './std/notices.ts'
import { claimRunning, findRunning, releaseRunning } from './std/running.ts'
import type { Settings } from './std/settings.ts'

/** The lane of this machine's collector; every import has one of its own. */
const LIVE_LANE = 'live'
/** How long an answer to "where does the processor serve?" is believed. */
const TARGET_AGE_MS = 250

export interface RoleOptions {
  /** The data folder. */
  readonly directory: string
  readonly settings: Settings
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
}

/** A role at work in this process. */
export interface RunningRole {
  /** Where it listens by itself; null when it is handed its connections. */
  readonly url: string | null
  /** Resolves with what makes going on impossible; the process must then end. */
  readonly failed: Promise<Error>
  /** Ends in good order: what was begun is finished, what is kept is durable. */
  stop(): Promise<void>
}

export interface CollectorRole extends RunningRole {
  /** Serves a connection that the supervisor accepted. */
  takeConnection(socket: Socket): void
}

/** Listens at `address`; with null it waits to be handed connections. */
export async function runCollector(
  { directory, settings, config, clock, logger }: RoleOptions,
  address: { readonly host: string; readonly port: number } | null,
): Promise<CollectorRole> {
  const keys = openKeys(directory, randomBytes)
  const lane = await openWriter({ directory, settings, clock }, LIVE_LANE)
  const collector = startCollector({
    settings,
    lane,
    keys,
    steps: config.steps ?? [],
    clock,
    random: randomBytes,
    say: sayTo(logger),
    proxy: { target: targetFinder(directory, clock) },
  })
  const url = address ? await collector.listen(address.port, address.host) : null
  claimRunning(directory, 'collect', url, clock)
  return {
    url,
    failed: collector.failed,
    takeConnection: (socket) => collector.takeConnection(socket),
    stop: async () => {
      await collector.close()
      await lane.close()
      releaseRunning(directory, 'collect')
    },
  }
}

/**
 * Passes everything on to the processor of the data folder, at the address of the settings. It
 * holds nothing: any number may run, and each may be killed.
 */
export async function runServer({ directory, settings, clock }: RoleOptions): Promise<RunningRole> {
  const target = targetFinder(directory, clock)
  const server = createServer((request, response) => passOn(request, response, target()))
  const { host, port } = settings
  await new Promise<void>((listening, refused) => {
    server.once('error', ({ message }) =>
      refused(new ClickpathError('LISTEN_FAILED', host, port, message)),
    )
    server.listen(port, host, listening)
  })
  const { address, family, port: bound } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    failed: new Promise(() => {}),
    stop: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Where the processor answers; looked up anew now and then, since it moves when it restarts. */
function targetFinder(directory: string, clock: Clock): () => string | undefined {
  let target: string | undefined
  let looked_ms = Number.NEGATIVE_INFINITY
  return () => {
    const now_ms = clock.now_ms()
    // The absolute value lets a clock that was set back look again as well.
    if (Math.abs(now_ms - looked_ms) > TARGET_AGE_MS) {
      looked_ms = now_ms
      target = findRunning(directory, 'serve')?.url ?? undefined
    }
    return target
  }
}

/** Keeps the tables, and answers API and page on a free loopback port. */
export async function runProcessor(options: RoleOptions): Promise<RunningRole> {
  const { directory, settings, config, clock, logger } = options
  // Imported here, so that a collector neither waits for the database's code nor holds it.
  const { openProcessor } = await import('./processor.ts')
  const { questionsOf } = await import('./present/questions/registry.ts')
  const { startServe } = await import('./serve/serve.ts')
  const processor = await openProcessor({ ...options, say: sayTo(logger) })
  const { engine, log, plan, housekeeping, erasures } = processor
  const stopping = new AbortController()
  const failed = Promise.withResolvers<Error>()
  const running = engine.run(stopping.signal).catch(failed.resolve)
  const tidying = housekeeping.run(stopping.signal).catch(failed.resolve)
  const openLane = (lane: string) => openWriter({ directory, settings, clock }, lane)
  const questions = questionsOf(config)
  const shown = { engine, log, plan, questions, erasures, housekeeping }
  const parts = { ...shown, openLane, settings, clock, directory, logger }
  const writeKeys = () => openKeys(directory, randomBytes).all
  const server = await startServe({ ...parts, writeKeys, onStuck: failed.resolve })
  claimRunning(directory, 'serve', server.url, clock)
  void erasures.finishSoon()
  return {
    url: server.url,
    failed: failed.promise,
    stop: async () => {
      releaseRunning(directory, 'serve')
      await server.close()
      stopping.abort()
      await Promise.all([running, tidying])
      // What is left is in the log: the next start takes it.
      // A batch on Spark may take longer than a stop may.
      if (sparkOf(settings)) return processor.close()
      const behind = (thrown: unknown) => tell(sayTo(logger), 'STOPPED_BEHIND', causeOf(thrown))
      await engine.catchUp().catch(behind)
      await processor.close()
    },
  }
}
