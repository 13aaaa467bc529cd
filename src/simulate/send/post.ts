/** One HTTP request to the collector over kept-alive connections; knows no events, no retries. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

const ANSWER_BYTES_MAX = 4_000_000

export interface Answer {
  readonly status: number
  readonly text: string
  /** What `Retry-After` asks for; undefined where it does not stand. */
  readonly retryAfter_ms: number | undefined
}

export interface Poster {
  /** Rejects where no whole answer came: refused, reset, timed out, aborted. */
  post(body: string, signal: AbortSignal): Promise<Answer>
  close(): void
}

export interface PosterOptions {
  /** The whole address of the events' path. */
  readonly url: string
  readonly key: string | undefined
  readonly connections: number
  readonly timeout_ms: number
}

export function openPoster({ url, key, connections, timeout_ms }: PosterOptions): Poster {
  const target = new URL(url)
  const secure = target.protocol === 'https:'
  const keep = { keepAlive: true, maxSockets: connections }
  const agent = secure ? new HttpsAgent(keep) : new HttpAgent(keep)
  const request = secure ? httpsRequest : httpRequest
  const headers = {
    'content-type': 'application/json',
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  }
  const post = (body: string, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(body)
      const outgoing = request(target, {
        method: 'POST',
        agent,
        headers: { ...headers, 'content-length': bytes.length },
        signal,
        timeout: timeout_ms,
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${timeout_ms} ms`)))
      outgoing.on('error', reject)
      outgoing.on('response', (incoming) => readAnswer(incoming).then(resolve, reject))
      outgoing.end(bytes)
    })
  return { post, close: () => agent.destroy() }
}

async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) {
    text += chunk
    if (text.length > ANSWER_BYTES_MAX) throw new Error('the answer is too large')
  }
  const retryAfter_ms = waitOf(incoming.headers['retry-after'])
  return { status: incoming.statusCode ?? 0, text, retryAfter_ms }
}

/** Dates are not understood: our collector sends seconds. */
function waitOf(header: string | undefined): number | undefined {
  const seconds = Number(header)
  return header === undefined || !(seconds >= 0) ? undefined : seconds * 1_000
}
