/**
 * Passes on what is not for the collector to the process that serves the API and the page, as a
 * stream in both directions, so that a live feed flows. While that process is down it says so.
 */
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { answerText } from './answers.ts'

/** Headers that speak of one connection, not of the request (RFC 9110, 7.6.1). */
const HOP_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const AWAY = 'The part that answers queries is starting or being restarted. Events are still taken.'
const AWAY_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Clickpath</title>
<meta http-equiv="refresh" content="2"><body style="font: 1rem sans-serif; margin: 3rem">
<h1>One moment</h1><p>${AWAY} This page tries again by itself.</p></body></html>
`

const AWAY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

function withoutHopHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  const kept = Object.entries(headers).filter(
    ([name]) => !HOP_HEADERS.has(name) && !named.includes(name),
  )
  return Object.fromEntries(kept)
}

function answerAway(incoming: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.setHeader('Retry-After', '1')
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Security-Policy', AWAY_POLICY)
  if (incoming.headers.accept?.includes('text/html')) {
    answerText(response, 503, 'text/html; charset=utf-8', AWAY_PAGE)
  } else {
    const body = `${JSON.stringify({ code: 'BUSY', message: AWAY })}\n`
    answerText(response, 503, 'application/json', body)
  }
}

/** `target` is `http://127.0.0.1:PORT`, or undefined while nobody is there. */
export function passOn(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string | undefined,
): void {
  if (target === undefined) {
    answerAway(incoming, response)
    return
  }
  const { hostname, port } = new URL(target)
  const headers = withoutHopHeaders(incoming.headers)
  // Tricky: whether a client is on this machine decides what it may read; nobody may claim it.
  headers['x-forwarded-for'] = incoming.socket.remoteAddress ?? ''
  if (incoming.headers['transfer-encoding']) headers['transfer-encoding'] = 'chunked'
  const onward = request({
    hostname,
    port,
    method: incoming.method,
    path: incoming.url,
    headers,
    agent: false,
    setHost: false,
  })
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, withoutHopHeaders(answer.headers))
    response.flushHeaders()
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  onward.on('error', () => answerAway(incoming, response))
  response.on('close', () => onward.destroy())
  incoming.on('error', () => onward.destroy())
  incoming.pipe(onward)
}
