/**
 * Requests that nobody should send, made from good ones: by grammar (a part of the JSON replaced by
 * something hostile) and by bytes. The same seed makes the same requests.
 */
import { gzipSync } from 'node:zlib'
import { type Random, seededRandom } from '../oracle/random.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

export interface HostileRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer<ArrayBuffer> | undefined
}

const HOSTILE_TEXTS: readonly string[] = [
  '',
  '\0',
  'a\0b',
  '\ud83d',
  '\udc00x',
  'x'.repeat(300),
  'é'.repeat(3_000),
  '__proto__',
  'constructor',
  '1e309',
  '-0',
  'NaN',
  '9'.repeat(40),
  '1,299.00 €',
  '2026-02-30T25:61:61Z',
  '9999-12-31T23:59:59.999999Z',
  '-271821-04-20T00:00:00Z',
  '{"a":',
  '%00%ff%',
  "'; DROP TABLE events; --",
]
const HOSTILE_NUMBERS: readonly number[] = [
  0,
  -1,
  0.1,
  1e9,
  -1e15,
  1e300,
  2 ** 53,
  2 ** 63,
  1e-320,
  1_795_249_307_643,
]
const HOSTILE_KEYS: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'toJSON',
  'hasOwnProperty',
  'properties',
  'items',
  'event_id',
  'event_time',
  'source',
  '',
  '\0',
  '\ud800',
  'x'.repeat(600),
]

function nested(depth: number): Json {
  let value: Json = 1
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

function hostile(random: Random): Json {
  switch (random.below(9)) {
    case 0:
    case 1:
    case 2:
      return random.pick(HOSTILE_TEXTS)
    case 3:
    case 4:
      return random.pick(HOSTILE_NUMBERS)
    case 5:
      return random.pick([null, true, false])
    case 6:
      return random.pick([[], [[]], [null], [{}], [1, 'a', {}], Array(50).fill('x')])
    case 7:
      return nested(random.pick([3, 20, 500]))
    default: {
      const key = random.pick(HOSTILE_KEYS)
      // Tricky: a literal `__proto__` would set the prototype; this makes it a key of its own.
      return Object.fromEntries([[key, random.pick([1, 'x', null, [], {}])]]) as Json
    }
  }
}

/** The value with one part of it, somewhere, replaced, removed, repeated or renamed. */
function mutated(value: Json, random: Random): Json {
  if (typeof value !== 'object' || value === null || random.chance(0.12)) return hostile(random)
  if (Array.isArray(value)) {
    if (value.length === 0) return [hostile(random)]
    const at = random.below(value.length)
    const part = value[at] as Json
    if (random.chance(0.1)) return [...value, part, part]
    return value.with(at, mutated(part, random)) as Json
  }
  const entries = Object.entries(value as { readonly [key: string]: Json })
  if (entries.length === 0) return { a: hostile(random) }
  const at = random.below(entries.length)
  const [key, part] = entries[at] as [string, Json]
  if (random.chance(0.08)) return Object.fromEntries(entries.toSpliced(at, 1))
  const name = random.chance(0.08) ? random.pick(HOSTILE_KEYS) : key
  return Object.fromEntries(entries.with(at, [name, mutated(part, random)]))
}

/** Answers that text is made of: an object that has these as its own cannot become one. */
const NO_TEXT: Json = { toString: 1, valueOf: 1, toJSON: 1 }
const SWEPT: readonly Json[] = [NO_TEXT, 'a\0b', 'x'.repeat(5_000), -1e300, [], nested(20), true]

/** The value many times, each time with one of its parts replaced by something hostile. */
export function* swept(value: Json): Generator<Json> {
  yield* SWEPT
  if (Array.isArray(value)) {
    for (const [at, part] of value.entries()) {
      for (const other of swept(part)) yield value.with(at, other) as Json
    }
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as { readonly [key: string]: Json })
    for (const [at, [key, part]] of entries.entries()) {
      for (const other of swept(part)) yield Object.fromEntries(entries.with(at, [key, other]))
    }
  }
}

/** The bytes with some of them changed, lost, doubled, or cut off. */
function mangled(bytes: Buffer<ArrayBuffer>, random: Random): Buffer<ArrayBuffer> {
  if (bytes.length === 0) return Buffer.from('x')
  const at = random.below(bytes.length)
  const to = Math.min(bytes.length, at + 1 + random.below(20))
  switch (random.below(5)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)])
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)])
    case 3:
      return Buffer.concat([
        bytes,
        Buffer.from(random.pick(['\n', '{}', '\0', ']', '"', '\ufeff'])),
      ])
    default: {
      const changed = Buffer.from(bytes)
      for (let index = at; index < to; index++) changed[index] = random.below(256)
      return changed
    }
  }
}

const TYPES: readonly string[] = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'text/xml; charset="',
]
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['authorization', 'Basic !!!'],
  ['authorization', 'Bearer'],
  ['cookie', 'sp=; sp==; ;;=; sp=11111111-1111-4111-8111-11111111111'],
  ['sp-anonymous', '*'],
  ['sec-gpc', '1'],
  ['ce-specversion', '1.0'],
  ['ce-id', '%zz'],
  ['ce-source', '/%00'],
  ['ce-type', 'com.acme.purchase'],
  ['content-encoding', 'gzip'],
  ['content-encoding', 'br'],
  ['x-forwarded-for', '999.1.1.1, ::, [::1]:x'],
  ['origin', 'null'],
  ['user-agent', ''],
]

/** Gives, one after the other, requests for a path made from good bodies and good queries. */
export function hostileRequests(
  path: string,
  good: readonly Json[],
  queries: readonly string[],
  seed: number,
): () => HostileRequest {
  const random = seededRandom(seed)
  const bodyOf = (): Buffer<ArrayBuffer> => {
    let value = random.pick(good)
    for (let times = random.below(4); times > 0; times--) value = mutated(value, random)
    let bytes = Buffer.from(JSON.stringify(value))
    if (random.chance(0.3)) bytes = mangled(bytes, random)
    return bytes
  }
  return () => {
    const headers: Record<string, string> = { 'content-type': random.pick(TYPES) }
    if (random.chance(0.3)) {
      const [name, value] = random.pick(HEADERS)
      headers[name] = value
    }
    const isRead = random.chance(0.25)
    let body = bodyOf()
    if (random.chance(0.1)) {
      headers['content-encoding'] = 'gzip'
      body = gzipSync(body)
      if (random.chance(0.3)) body = mangled(body, random)
    }
    let query = random.pick(['', ...queries])
    if (random.chance(0.4)) query += encodeURI(`&${random.pick(HOSTILE_KEYS).toWellFormed()}=`)
    if (random.chance(0.2)) query = query.replaceAll(/=[^&]{2}/g, '=%00')
    const target = query === '' ? path : `${path}?${query.replaceAll('#', '')}`
    if (isRead)
      return { method: random.pick(['GET', 'HEAD']), path: target, headers, body: undefined }
    return { method: random.chance(0.97) ? 'POST' : 'PUT', path: target, headers, body }
  }
}
