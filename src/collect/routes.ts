/** The collector's own paths beside the wire formats, and how a path is told from its query. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ClickpathError } from '../std/errors.ts'
import { answerJson, answerText } from './answers.ts'
import { isLoopback } from './credentials.ts'
import type { Intake, Target } from './intake.ts'
import { prometheusText } from './metrics.ts'
import { findSchema, listSchemas } from './schemas.ts'

/** A path that answers without taking anything. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void

const NO_QUERY = new URLSearchParams()

/** The query is parsed only where there is one: most requests have none. */
export function targetOf(url: string): Target {
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  return {
    path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path,
    query: mark === -1 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1)),
  }
}

function answerSchemas(response: ServerResponse, path: string): void {
  const [, , type, version, ...rest] = path.split('/')
  const found = type === undefined ? { schemas: listSchemas() } : findSchema(type, version)
  if (!found || rest.length > 0)
    throw new ClickpathError('UNKNOWN_SCHEMA', path.slice('/schemas/'.length, 100))
  answerJson(response, 200, found)
}

function answerMetrics(request: IncomingMessage, response: ServerResponse, intake: Intake): void {
  if (!isLoopback(request.socket.remoteAddress ?? '')) {
    throw new ClickpathError('FORBIDDEN', 'The counts are told to programs on this machine alone.')
  }
  const text = prometheusText(intake.metrics())
  answerText(response, 200, 'text/plain; version=0.0.4', text)
}

export function findRoute(path: string, intake: Intake): Route | undefined {
  if (path === '/ping') {
    return (_, response) => answerJson(response, 200, { status: 'ok', message: 'pong' })
  }
  if (path === '/collect/metrics') {
    return (request, response) => answerMetrics(request, response, intake)
  }
  if (path === '/schemas' || path.startsWith('/schemas/')) {
    return (_, response) => answerSchemas(response, path)
  }
  return undefined
}

/** Throws `BAD_REQUEST` for another method: never 404 or 405, which some SDKs retry for ever. */
export function requireMethod(request: IncomingMessage, method: 'GET' | 'POST'): void {
  const isRead = method === 'GET' && request.method === 'HEAD'
  if (request.method === method || isRead) return
  const sentence = `${request.method} means nothing here; use ${method}.`
  throw new ClickpathError('BAD_REQUEST', sentence)
}
