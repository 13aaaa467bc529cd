/** From a request of HTTP to a request as formats see it. */
import type { IncomingMessage } from 'node:http'
import type { Method, SentRequest } from './formats/format.ts'
import type { Random } from './steps/step.ts'

/**
 * A preflight asks for the POST that it precedes; a HEAD is a GET, and so is all that we refuse.
 */
export function methodOf({ method }: IncomingMessage): Method {
  return method === 'POST' || method === 'OPTIONS' ? 'POST' : 'GET'
}

/** `target` is the path, as the collector knows it, and the query; `text` the body. */
export function sentRequest(
  request: IncomingMessage,
  target: Pick<SentRequest, 'path' | 'query'>,
  text: string,
  random: Random,
): SentRequest {
  return { ...target, method: methodOf(request), headers: request.headers, text, random }
}
