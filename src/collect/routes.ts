/** The collector's own paths beside the wire formats, and how a path is told from its query. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ClickpathError } from '../std/errors.ts'
import { isLoopback } from '../std/loopback.ts'
import { PROMETHEUS_TYPE, prometheusText } from '../std/metrics.ts'
import { processFamilies } from '../std/process_metrics.ts'
import type { Settings } from '../std/settings.ts'
import { knownPath } from './aliases.ts'
import { answerJson, answerText } from './answers.ts'
import type { Method } from './formats/format.ts'
import type { Intake, Target } from './intake.ts'
import { compareSchemaVersions, findSchema, listSchemas } from './schema_versions.ts'
import { SCHEMA_VERSION } from './schemas.ts'
import { openTag } from './tag.ts'

/** A path that answers without taking anything. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void

const NO_QUERY = new URLSearchParams()

/** The query is parsed only where there is one: most requests have none. */
export function targetOf(url: string, settings: Settings): Target {
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  return {
    path: knownPath(bare, settings),
    query: mark === -1 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1)),
  }
}

/**
 * /schemas, /schemas/TYPE, /schemas/TYPE/VERSION and, whether senders of the older may send by the
 * newer, /schemas/TYPE/VERSION/compatibility?with=VERSION (the newest where none is named).
 */
function schemaAt({ path, query }: Target): unknown {
  const [, , type, version, question, ...rest] = path.split('/')
  if (type === undefined) return { schemas: listSchemas() }
  if (rest.length > 0) return undefined
  if (version !== undefined && question === 'compatibility') {
    return compareSchemaVersions(type, version, query.get('with') ?? SCHEMA_VERSION)
  }
  return question === undefined ? findSchema(type, version) : undefined
}

function answerSchemas(response: ServerResponse, target: Target): void {
  const found = schemaAt(target)
  if (!found) throw new ClickpathError('UNKNOWN_SCHEMA', target.path.slice('/schemas/'.length, 100))
  answerJson(response, 200, found)
}

function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  intake: Intake,
  query: URLSearchParams,
): void {
  // Behind a reverse proxy on this machine everybody comes from here.
  const isForwarded = request.headers['x-forwarded-for'] !== undefined
  if (isForwarded || !isLoopback(request.socket.remoteAddress ?? '')) {
    throw new ClickpathError('FORBIDDEN', 'The counts are told to programs on this machine alone.')
  }
  const families = [...intake.families(), ...processFamilies('collect', intake.started_ms)]
  // As JSON for the process that serves /metrics, which tells everybody's numbers in one answer.
  if (query.get('format') === 'json') answerJson(response, 200, { families })
  else answerText(response, 200, PROMETHEUS_TYPE, prometheusText(families))
}

/** Finds the collector's own path that is asked for; undefined for what others answer. */
export function createRoutes(
  intake: Intake,
  settings: Settings,
): (target: Target) => Route | undefined {
  const tag = openTag(settings)
  return (target) => {
    const { path } = target
    if (path === '/ping') {
      return (_, response) => answerJson(response, 200, { status: 'ok', message: 'pong' })
    }
    if (path === settings.tag_path) return tag.answer
    if (path === '/collect/metrics') {
      return (request, response) => answerMetrics(request, response, intake, target.query)
    }
    if (path === '/schemas' || path.startsWith('/schemas/')) {
      return (_, response) => answerSchemas(response, target)
    }
    return undefined
  }
}

/** Throws `BAD_REQUEST` for another method: never 404 or 405, which some SDKs retry for ever. */
export function requireMethod(request: IncomingMessage, ...methods: readonly Method[]): void {
  const method = request.method === 'HEAD' ? 'GET' : request.method
  if (methods.some((allowed) => allowed === method)) return
  const sentence = `${request.method} means nothing here; use ${methods.join(' or ')}.`
  throw new ClickpathError('BAD_REQUEST', sentence)
}
