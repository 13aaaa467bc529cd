/**
 * Where a Connect server is: `sc://host:port;token=...`. As Spark's own clients have it, with or
 * without a slash before the first `;`. Values may be percent-encoded.
 */
import { SparkError } from './errors.ts'

export interface Address {
  readonly host: string
  readonly port: number
  readonly transport: 'plain' | 'tls'
  readonly token?: string
  readonly userId?: string
  readonly sessionId?: string
}

const PORT = 15002
const FORM = /^sc:\/\/(\[[0-9a-f:.]+\]|[^\s/;:[\]]+)(?::(\d{1,5}))?\/?(;.*)?$/i
const PARAMETERS = ['token', 'use_ssl', 'user_id', 'session_id'] as const
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i

/** Throws a SparkError of kind `argument`, without the token in its message. */
export function parseAddress(text: string): Address {
  const [, host, port = String(PORT), rest = ''] = FORM.exec(text) ?? []
  if (host === undefined || Number(port) < 1 || Number(port) > 65535) {
    throw wrong(`${text.split(';', 1)[0]} is no address of a Spark Connect server`)
  }
  const parameters = parse(rest)
  const { token, user_id: userId, session_id: sessionId } = parameters
  const transport = parameters.use_ssl === 'true' ? 'tls' : 'plain'
  if (token !== undefined && transport === 'plain' && !LOOPBACK.test(host)) {
    throw wrong(`the token would go to ${host} for everybody to read; add use_ssl=true`)
  }
  return {
    host,
    port: Number(port),
    transport,
    ...(token !== undefined && { token }),
    ...(userId !== undefined && { userId }),
    ...(sessionId !== undefined && { sessionId }),
  }
}

function parse(text: string): Partial<Record<(typeof PARAMETERS)[number], string>> {
  const pairs = text.split(';').filter((pair) => pair !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      const name = pair.slice(0, Math.max(at, 0)).trim()
      if (!PARAMETERS.some((known) => known === name)) {
        throw wrong(`it knows ${PARAMETERS.join(', ')}, not ${name || 'a word without ='}`)
      }
      return [name, decode(pair.slice(at + 1))]
    }),
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('a % in it stands before no two hexadecimal digits')
  }
}

const wrong = (what: string): SparkError =>
  new SparkError(
    'argument',
    `The Spark address cannot be used: ${what}. Write sc://host:port, with ;token=... if the server asks for one.`,
  )
