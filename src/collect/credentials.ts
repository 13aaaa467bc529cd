/** Who sends: finds the write key in a request and says whose events they are. */
import type { IncomingHttpHeaders } from 'node:http'
import { ClickpathError } from '../std/errors.ts'
import { isLoopback } from '../std/loopback.ts'
import type { Settings } from '../std/settings.ts'
import type { Keys } from './keys.ts'

/** The source of events that come without a key where none is demanded. */
const LOCAL_SOURCE = 'local'

/**
 * A key, or a token that may be one. Tricky: some senders have a bearer token that is meant for
 * somebody else, and their key stands in the body.
 */
export interface SentKey {
  readonly text: string
  readonly kind: 'key' | 'token'
}

/** What is in the headers or the query; a body is looked into only when that is no key of ours. */
export function sentKey(headers: IncomingHttpHeaders, query: URLSearchParams): SentKey | undefined {
  const { authorization } = headers
  if (authorization === undefined) {
    const text = query.get('writeKey')
    return text === null ? undefined : { text, kind: 'key' }
  }
  const [scheme = '', credentials = ''] = authorization.trim().split(/\s+/, 2)
  if (scheme.toLowerCase() !== 'basic') return { text: credentials, kind: 'token' }
  // The key is the user name; SDKs leave the password empty and some leave out the colon.
  const text = Buffer.from(credentials, 'base64').toString().split(':', 1)[0] ?? ''
  return { text, kind: 'key' }
}

/** Whose events these are, and how far they are trusted where copies of an order compete. */
export interface Sender {
  readonly source: string
  readonly kind: 'browser' | 'server'
}

const LOCAL_SENDER: Sender = Object.freeze({ source: LOCAL_SOURCE, kind: 'browser' })

/** Throws `UNKNOWN_KEY` for a key that is not ours, and for none where one is demanded. */
export function senderOf(key: string | undefined, keys: Keys, { host }: Settings): Sender {
  if (key === undefined && isLoopback(host)) return LOCAL_SENDER
  const found = key === undefined ? undefined : keys.find(key)
  if (!found) throw new ClickpathError('UNKNOWN_KEY')
  return found
}
