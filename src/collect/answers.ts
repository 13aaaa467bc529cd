/** How the collector answers: JSON, with what a browser on another site needs to read it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ClickpathError, messageOf } from '../std/errors.ts'
import { Reply } from './formats/reply.ts'
import { RateLimited } from './rate_limit.ts'

/** When a refused sender may come again, in seconds, unless the error itself says it. */
const RETRY_AFTER_S = 1
const PREFLIGHT_AGE_S = 86_400

export function answerText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    // An answer may repeat what was sent: no browser may take it for a page.
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(text)
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  answerText(response, status, 'application/json', `${JSON.stringify(body)}\n`)
}

/** What a format answered: its own kind of body, else JSON. */
export function answerTaken(response: ServerResponse, answer: unknown): void {
  if (!(answer instanceof Reply)) {
    answerJson(response, 200, answer)
    return
  }
  const { type, body, headers } = answer
  const length = Buffer.byteLength(body)
  if (length === 0) {
    response.writeHead(204, headers).end()
    return
  }
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': length, ...headers })
  response.end(body)
}

/** Whatever was thrown, as a known error. */
export function asClickpathError(thrown: unknown): ClickpathError {
  return thrown instanceof ClickpathError
    ? thrown
    : new ClickpathError('INTERNAL', messageOf(thrown))
}

/** `{code, message}`, and Retry-After where the sender may try again. */
export function answerError(response: ServerResponse, error: ClickpathError): void {
  if (response.headersSent || response.destroyed) return
  const { code, message, status, retry } = error
  const wait_s = error instanceof RateLimited ? error.wait_s : RETRY_AFTER_S
  if (retry === 'after-backoff') response.setHeader('Retry-After', String(wait_s))
  answerJson(response, status, { code, message })
}

/**
 * Lets a page of any site send events with its own headers and cookies (SDKs ask for both), and see
 * the answer. It lets nobody read: collect paths answer about what was sent alone.
 */
export function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers
  if (origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Allow-Credentials', 'true')
  response.setHeader('Access-Control-Expose-Headers', 'Retry-After')
  response.setHeader('Vary', 'Origin')
}

/** The browser's question before the request itself. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const asked = request.headers['access-control-request-headers']
  const webhook = request.headers['webhook-request-origin']
  // A sender of CloudEvents asks whether it may: whoever has a key may, as fast as it likes.
  if (webhook !== undefined) {
    response.setHeader('WebHook-Allowed-Origin', webhook)
    response.setHeader('WebHook-Allowed-Rate', '*')
  }
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST, OPTIONS')
  if (asked !== undefined) response.setHeader('Access-Control-Allow-Headers', asked)
  response.setHeader('Access-Control-Max-Age', PREFLIGHT_AGE_S)
  response.setHeader('Vary', 'Origin, Access-Control-Request-Headers')
  response.writeHead(204)
  response.end()
}
