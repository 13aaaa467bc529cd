/**
 * Every path of every wire format, with requests that nobody should send. Whatever comes: an answer
 * that the sender understands, nothing lost, nothing counted that is not there, memory bounded.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Format } from '../../src/collect/formats/format.ts'
import { FORMATS } from '../../src/collect/formats/registry.ts'
import { examplesOf } from './fuzz_examples.ts'
import { type HostileRequest, hostileRequests, swept } from './fuzz_grammar.ts'
import { type Counted, openFuzzedShop } from './fuzz_shop.ts'

const SEED = 20_260_301
const REQUESTS_PER_FORMAT = 400
const REQUESTS_AT_ONCE = 8
const GROWTH_BYTES_MAX = 400_000_000

/** Patterns have no path of their own: one that matches. */
const MATCHING_PATHS: Readonly<Record<string, readonly string[]>> = {
  snowplow: ['/com.acme-shop/track'],
}

function pathsOf({ name, paths }: Format): readonly string[] {
  return [...paths, ...(MATCHING_PATHS[name] ?? [])]
}

/** 415: CloudEvents' own path, whose specification asks for it. */
const STATUSES: readonly number[] = [200, 204, 400, 401, 415, 503]

function shownRequest({ method, path, headers, body }: HostileRequest): string {
  const shown = body?.toString('latin1').slice(0, 2_000) ?? ''
  return `${method} ${path}\n${JSON.stringify(headers)}\n\n${shown}`
}

async function send(url: string, request: HostileRequest): Promise<void> {
  const { method, path, headers, body } = request
  const answer = await fetch(url + path, { method, headers, ...(body ? { body } : {}) })
  await answer.arrayBuffer()
  assert.ok(STATUSES.includes(answer.status), `${answer.status} to ${shownRequest(request)}`)
}

/** Each part of each good body replaced, one at a time: no part is left to chance. */
function sweptRequests(format: Format): readonly HostileRequest[] {
  const paths = pathsOf(format)
  const headers = { 'content-type': 'application/json' }
  const values = examplesOf(format.name).bodies.flatMap((good) => [...swept(good)])
  return values.map((value, index) => ({
    method: 'POST',
    path: paths[index % paths.length] ?? '/',
    headers,
    body: Buffer.from(JSON.stringify(value)),
  }))
}

function requestsFor(format: Format, index: number): readonly HostileRequest[] {
  const { bodies, queries } = examplesOf(format.name)
  const paths = pathsOf(format)
  const makers = paths.map((path, at) =>
    hostileRequests(path, bodies, queries, SEED + index * 1_000 + at),
  )
  const random = Array.from({ length: REQUESTS_PER_FORMAT }, (_, count) => {
    const make = makers[count % makers.length]
    assert.ok(make)
    return make()
  })
  return [...random, ...sweptRequests(format)]
}

async function sendAll(url: string, requests: readonly HostileRequest[]): Promise<void> {
  const left = [...requests]
  const sendOn = async () => {
    for (let next = left.pop(); next; next = left.pop()) await send(url, next)
  }
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, sendOn))
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

function difference(after: Counted, before: Counted): Counted {
  return {
    accepted: after.accepted - before.accepted,
    invalid: after.invalid - before.invalid,
    filtered: after.filtered - before.filtered,
  }
}

/**
 * The records of which an accepted value gives exactly one, whatever else it says. Segment's calls
 * are not among these formats: one may say of a customer, of a link, or of nothing new.
 */
const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  cloudevents: ['event'],
  snowplow: ['event'],
  ga4: ['event', 'customers'],
}

function kindsOf(format: Format): readonly string[] | undefined {
  if (format.kind === 'events') return ['event']
  return format.kind === 'rows' ? [format.dimension] : ONE_OF[format.name]
}

test(`every path answers whatever comes, and the log holds what was counted (seed ${SEED})`, async (context) => {
  const { url, counted, heldBodyBytes, kinds, rows, ledger } = await openFuzzedShop(context)
  const rss_before = process.memoryUsage().rss
  for (const [index, format] of FORMATS.entries()) {
    const [held, before] = [kinds(), await counted()]
    await sendAll(url, requestsFor(format, index))
    const taken = difference(await counted(), before)
    const now = kinds()
    const gained = (kind: string) => (now.get(kind) ?? 0) - (held.get(kind) ?? 0)
    assert.equal(gained('invalid'), taken.invalid, `${format.name}: invalid`)
    assert.equal(gained('filtered'), taken.filtered, `${format.name}: filtered`)
    const one_of = kindsOf(format)
    if (one_of) assert.equal(sum(one_of.map(gained)), taken.accepted, `${format.name}: accepted`)
    else assert.ok(gained('event') <= taken.accepted, `${format.name}: events`)
  }
  assert.ok(process.memoryUsage().rss - rss_before < GROWTH_BYTES_MAX, 'memory is bounded')
  assert.equal(await heldBodyBytes(), 0)

  const { received, stored, duplicate, invalid, filtered } = await ledger()
  assert.equal(received, sum([...kinds().values()]), 'the engine received what the log holds')
  const outcomes = [stored, duplicate, invalid, filtered].map(Number)
  assert.equal(received, sum(outcomes), 'the ledger balances')
  const refused = await rows("SELECT * FROM invalid_events WHERE reason = 'engine_refused'")
  assert.deepEqual(refused, [], 'the engine computes with all that the collector took')
})

test('a small body never makes a huge log', async (context) => {
  const { url, counted } = await openFuzzedShop(context)
  const long = 'x'.repeat(30_000)
  const call = { type: 'track', event: 'x', userId: 'u1' }
  const bodies = {
    '/v1/batch': { context: { long }, batch: Array(4_000).fill(call) },
    '/mp/collect': { client_id: '1', long, events: Array(4_000).fill({ name: 'x' }) },
  }
  for (const [path, body] of Object.entries(bodies)) {
    const answer = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) })
    assert.ok([204, 400].includes(answer.status))
  }
  assert.deepEqual(await counted(), { accepted: 0, invalid: 1, filtered: 0 })
})
