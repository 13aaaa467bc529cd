/**
 * The serving side: API, live stream and page over one engine, on a loopback port to which the
 * collector passes requests on. It writes nothing but what somebody tells by hand, to the log.
 */
import { randomBytes } from 'node:crypto'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Housekeeping } from '../engine/duckdb/housekeeping.ts'
import type { Erasures } from '../erase/erasures.ts'
import type { LaneWriter, Log } from '../log/contract.ts'
import type { Plan } from '../plan/plan.ts'
import { type AnyQuestion, questionsOf } from '../present/questions/registry.ts'
import type { Clock } from '../std/clock.ts'
import { ClickpathError, messageOf } from '../std/errors.ts'
import type { Logger } from '../std/logger.ts'
import { isLoopback } from '../std/loopback.ts'
import { causeOf, sayTo, tell } from '../std/notices.ts'
import type { Settings } from '../std/settings.ts'
import { checkAccess } from './access.ts'
import { Catalogue } from './catalogue.ts'
import { FigureBoard } from './figures.ts'
import { SECURITY_HEADERS } from './headers.ts'
import { IdentityLinks, LINKS_LANE } from './identity_links.ts'
import { readLanes } from './lag.ts'
import { LaneAges } from './lane_ages.ts'
import { Live } from './live.ts'
import { Page } from './page.ts'
import { isTextAnswer, type Route, type ServeContext, type WriteKey } from './route.ts'
import { routesOf } from './routes/registry.ts'
import type { ServedEngine } from './served_engine.ts'
import { Sizes } from './sizes.ts'
import { SqlRefusal } from './sql_place.ts'
import { NO_TOKENS, openTokens, type Tokens } from './tokens.ts'

const BODY_BYTES_MAX = 200_000
/** How exactly it is known since when records wait. */
const LOOK_MS = 1_000
const NEAREST = 3

export interface ServeOptions {
  readonly engine: ServedEngine
  readonly log: Log
  /** Opens a lane of the log for appending: what is told by hand is a record like any other. */
  readonly openLane: (lane: string) => Promise<LaneWriter>
  readonly plan: Plan
  readonly erasures: Erasures
  readonly housekeeping: Housekeeping
  readonly settings: Settings
  readonly clock: Clock
  /** The data folder: for sizes, tokens, and to find the collector. */
  readonly directory: string
  readonly logger: Logger
  /** With what the user declared; ours alone where nothing is said. */
  readonly questions?: readonly AnyQuestion[]
  /** For who wants to send a first event; without it none are told. */
  readonly writeKeys?: () => readonly WriteKey[]
  readonly random?: (bytes: number) => Buffer
  /** Told of a query that only the end of the process ends; without it nothing is done. */
  readonly onStuck?: (error: Error) => void
}

export interface Serving {
  /** On loopback; `settings.host` is where the collector listens. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export async function startServe(options: ServeOptions): Promise<Serving> {
  const { settings, directory, clock, logger, random = randomBytes } = options
  const tellTokens = (sentence: string) => tell(sayTo(logger), 'TOKENS_MADE', sentence)
  const tokens = isLoopback(settings.host)
    ? NO_TOKENS
    : openTokens({ directory, random, clock, tell: tellTokens })
  const refusals = new Map<string, number>()
  const context = contextOf(options, refusals, await lastCommit(options))
  const routes = routesOf(options.questions ?? questionsOf())
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
    // Tricky: strict numbers leave an infinite one (1e309) out of the checks of its bounds.
    ajv: { customOptions: { removeAdditional: false, strictTypes: false, strictNumbers: false } },
  })
  // A form or plain text can be sent by a foreign page without asking; JSON cannot.
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async (_, reply) => {
    reply.headers(SECURITY_HEADERS)
  })
  answerErrors(app, logger, routes, refusals)
  for (const route of routes) addRoute(app, route, context, tokens)
  addPage(app, settings)
  const looking = setInterval(() => void lookAtLanes(context), LOOK_MS)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    port: Number(new URL(url).port),
    close: async () => {
      clearInterval(looking)
      await context.live.close()
      await app.close()
      await context.links.close()
    },
  }
}

/** When the last batch committed, in ms; null before the first. */
async function lastCommit({ engine }: ServeOptions): Promise<number | null> {
  const [row] = await engine.store.rows('SELECT epoch_ms(max(committed_at)) AS ms FROM batches')
  return row?.ms === null || row === undefined ? null : Number(row.ms)
}

/** Nobody else may ask for long; how long records wait must be known all the same. */
async function lookAtLanes(context: ServeContext): Promise<void> {
  await readLanes(context).catch(() => []) // Whoever asks next meets the same error, and tells it.
}

function contextOf(
  options: ServeOptions,
  refusals: ReadonlyMap<string, number>,
  committed_ms: number | null,
): ServeContext {
  const { engine, log, openLane, plan, erasures, housekeeping, settings } = options
  const { clock, directory, logger } = options
  const { onStuck = () => {}, writeKeys = () => [] } = options
  const catalogue = new Catalogue(plan)
  const say = sayTo(logger)
  return {
    ...{
      engine,
      log,
      plan,
      erasures,
      housekeeping,
      settings,
      clock,
      directory,
      catalogue,
      onStuck,
      writeKeys,
    },
    started_ms: clock.now_ms(),
    refusals,
    ages: new LaneAges(clock, committed_ms),
    sizes: new Sizes(directory, clock, settings),
    figures: new FigureBoard(engine, settings, clock),
    links: new IdentityLinks({ engine, clock, openLane: () => openLane(LINKS_LANE) }),
    live: new Live({ engine, catalogue, settings, clock, say }),
  }
}

function schemaOf({ params = {}, query = {}, otherQuery, body }: Route) {
  const ofQuery = { type: 'object', properties: query, additionalProperties: otherQuery ?? false }
  return {
    params: { type: 'object', properties: params, required: Object.keys(params) },
    querystring: ofQuery,
    ...(body ? { body } : {}),
  }
}

function addRoute(app: FastifyInstance, route: Route, context: ServeContext, tokens: Tokens): void {
  const { method, path, access } = route
  app.route({
    method,
    url: path,
    schema: schemaOf(route),
    onRequest: async ({ headers }) => checkAccess(headers, access, context.settings, tokens),
    handler: async (request, reply) => {
      const { params, query, body } = request
      const call = { params, query, body: body ?? {}, request, reply } as Parameters<
        Route['handle']
      >[1]
      const answer = await route.handle(context, call)
      if (answer === 'streaming') return
      // Figures of this moment: nobody keeps them.
      reply.header('cache-control', 'no-store')
      if (!isTextAnswer(answer)) return answer
      return reply.type(answer.type).send(answer.text)
    },
  })
}

function addPage(app: FastifyInstance, settings: Settings): void {
  const page = new Page()
  app.get('/*', async ({ headers, url }, reply) => {
    checkAccess(headers, 'open', settings, NO_TOKENS)
    const answer = page.answer(url.split('?', 1)[0] ?? '', headers)
    if (answer === undefined) return reply.callNotFound()
    if (answer === 'not built') throw new ClickpathError('PAGE_NOT_BUILT')
    return reply.code(answer.status).headers(answer.headers).send(answer.body)
  })
}

function asClickpathError(thrown: unknown): ClickpathError {
  if (thrown instanceof ClickpathError) return thrown
  const { statusCode = 500 } = thrown as { statusCode?: number }
  const known = statusCode >= 400 && statusCode < 500 ? 'BAD_REQUEST' : 'INTERNAL'
  return new ClickpathError(known, messageOf(thrown))
}

function answerErrors(
  app: FastifyInstance,
  logger: Logger,
  routes: readonly Route[],
  refusals: Map<string, number>,
): void {
  app.setErrorHandler((thrown, request: FastifyRequest, reply: FastifyReply) => {
    const error = asClickpathError(thrown)
    if (error.code === 'INTERNAL') {
      const { method, routeOptions } = request
      const asked = [method, routeOptions.url ?? '?', causeOf(thrown)] as const
      tell(sayTo(logger, thrown), 'REQUEST_FAILED', ...asked)
    }
    if (error.retry === 'after-backoff') reply.header('retry-after', '1')
    const { code, message, status } = error
    // Codes are a closed set, so this stays small.
    refusals.set(code, (refusals.get(code) ?? 0) + 1)
    const place = error instanceof SqlRefusal ? { position: error.position } : {}
    return reply.code(status).send({ code, message, ...place })
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const { code, message, status } = new ClickpathError(
      'UNKNOWN_PATH',
      `${request.method} ${path.slice(0, 200)}`,
      nearestTo(path, routes).join(', '),
    )
    return reply.code(status).send({ code, message })
  })
}

/** The routes whose paths begin most like this one. */
function nearestTo(path: string, routes: readonly Route[]): readonly string[] {
  const alike = (other: string) => {
    let at = 0
    while (at < path.length && path[at] === other[at]) at += 1
    return at
  }
  return routes
    .map((route) => ({ route, score: alike(route.path) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, NEAREST)
    .map(({ route }) => `${route.method} ${route.path}`)
}
