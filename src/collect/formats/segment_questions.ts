/**
 * What the browser programs of Segment and RudderStack ask before they send, answered with the
 * least that makes them send, and send here.
 */
import type { AskedRequest, Question } from './question.ts'

const SETTINGS_PATH = /^(?:\/v1)?\/projects\/([^/]{1,256})\/settings$/

/** Host names, ports and IPv6 addresses; whatever else stands in the header is no host. */
const HOST = /^[\w.:[\]-]{1,255}$/

function hostOf({ headers }: AskedRequest): string {
  const { host = '' } = headers
  return HOST.test(host) ? host : ''
}

/** Tricky: behind a proxy that ends TLS we see plain HTTP; a page on https may call https alone. */
function protocolOf({ headers }: AskedRequest): 'http' | 'https' {
  const forwarded = headers['x-forwarded-proto']
  if (forwarded !== undefined) return String(forwarded).startsWith('https') ? 'https' : 'http'
  return (headers.origin ?? headers.referer ?? '').startsWith('https:') ? 'https' : 'http'
}

function pathOf({ url }: AskedRequest): string {
  const mark = url.indexOf('?')
  return mark === -1 ? url : url.slice(0, mark)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // No percent encoding; then it is the key itself.
  }
}

/** The settings of a write key: one destination, ourselves, by the way that the page asked. */
function segmentSettings(request: AskedRequest): unknown {
  const path = pathOf(request)
  const [, before = '', key = ''] = /^(.*?)(?:\/v1)?\/projects\/([^/]*)\/settings/.exec(path) ?? []
  const apiHost = `${hostOf(request)}${before}/v1`
  const own = { apiKey: decoded(key), apiHost, protocol: protocolOf(request) }
  return { integrations: { 'Segment.io': own } }
}

/** A source that is enabled and has no other destinations, as RudderStack's programs check it. */
function rudderSource({ url }: AskedRequest): unknown {
  const query = new URLSearchParams(url.slice(pathOf({ url, headers: {} }).length))
  const writeKey = query.get('writeKey') ?? ''
  const off = { enabled: false }
  return {
    source: {
      id: writeKey,
      name: 'clickpath',
      writeKey,
      enabled: true,
      workspaceId: 'clickpath',
      config: { statsCollection: { errors: off, metrics: off } },
      connections: [],
      destinations: [],
    },
  }
}

function question(
  about: string,
  methods: Question['methods'],
  matches: Question['matches'],
  answer: Question['answer'],
): Question {
  return Object.freeze<Question>({ kind: 'question', about, methods, matches, answer })
}

export const SEGMENT_QUESTIONS: readonly Question[] = Object.freeze([
  question(
    "settings of Segment's browser program",
    ['GET'],
    (path) => SETTINGS_PATH.test(path),
    segmentSettings,
  ),
  question(
    "what Segment's browser program measures of itself; not kept",
    ['POST'],
    (path) => path === '/v1/m',
    () => ({ success: true }),
  ),
  question(
    "settings of RudderStack's browser program",
    ['GET'],
    (path) => path === '/sourceConfig',
    rudderSource,
  ),
])
