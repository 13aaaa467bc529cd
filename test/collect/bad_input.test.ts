import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { event, NOW, type RunningCollector, runCollector } from './running_collector.ts'

/** Sends an event between two good ones: those must be accepted, this one refused and kept. */
async function refuse(collector: RunningCollector, bad: string) {
  const before = collector.records().length
  const [first, last] = [event({ event_id: 'first' }), event({ event_id: 'last' })]
  const body = `[${JSON.stringify(first)},\n ${bad} ,${JSON.stringify(last)}]`
  const { status, json } = await collector.post('/v1/events', body)
  assert.equal(status, 200)
  assert.equal(json.accepted, 2)
  assert.equal(json.invalid, 1)
  assert.equal(json.errors[0].index, 1)
  const [kept, invalid, alsoKept] = collector.records().slice(before)
  assert.deepEqual([kept.event_id, alsoKept.event_id], ['first', 'last'])
  const { record, received_at, reason, detail } = invalid
  assert.deepEqual([record, received_at, reason], ['invalid', NOW, json.errors[0].reason])
  assert.equal(detail, json.errors[0].detail)
  assert.ok(bad.startsWith(invalid.raw) && invalid.raw !== '', 'keeps what was sent')
  return json.errors[0].reason
}

const INVALID: readonly (readonly [name: string, reason: string, sent: object | string])[] = [
  ['a number for an event', 'not_an_object', '42'],
  ['null for an event', 'not_an_object', 'null'],
  ['an array for an event', 'not_an_object', '[1,"]",{}]'],
  ['an event without a type', 'missing_field', event({ event_type: undefined })],
  ['an event that names nobody', 'missing_field', event({ user_id: '' })],
  ['an object for a text', 'wrong_type', event({ brand: { a: 1 } })],
  ['a truth value for a text', 'wrong_type', event({ user_id: true })],
  ['a fraction for an identifier', 'wrong_type', event({ user_id: 1.5 })],
  ['a word for a price', 'wrong_type', event({ price: 'cheap' })],
  ['an exponent in a text for a price', 'wrong_type', event({ price: '1e3' })],
  ['half a piece', 'wrong_type', event({ quantity: 1.5 })],
  ['a text for properties', 'wrong_type', event({ properties: 'x' })],
  ['an object for items', 'wrong_type', event({ items: {} })],
  ['a currency of digits', 'wrong_type', event({ currency: '123' })],
  ['a price of 1e300', 'out_of_bounds', event({ price: 1e300 })],
  [
    'a price beyond every number',
    'out_of_bounds',
    '{"event_type":"view","user_id":"u","price":1e999}',
  ],
  ['a price at its bound', 'out_of_bounds', event({ price: -1e9 })],
  ['a price that rounds to its bound', 'out_of_bounds', event({ price: 999_999_999.99999 })],
  ['a value that cannot be counted', 'out_of_bounds', event({ price: 9e8, quantity: 9e5 })],
  ['a line of such a value', 'out_of_bounds', event({ items: [{ price: 9e8, quantity: 9e5 }] })],
  ['an identifier of 257 characters', 'too_long', event({ user_id: 'x'.repeat(257) })],
  ['a time that is none', 'bad_time', event({ timestamp: '2026-02-30T00:00:00Z' })],
  ['a time in numbers', 'bad_time', event({ timestamp: 1_700_000_000_000 })],
  ['a time before 1970', 'bad_time', event({ timestamp: '1969-12-31T23:59:59Z' })],
  ['the year 9999', 'in_future', event({ timestamp: '9999-12-31T23:59:59Z' })],
  ['a time 6 minutes ahead', 'in_future', event({ timestamp: '2026-03-01T12:06:00Z' })],
  ['a NUL in a column', 'bad_text', event({ brand: 'a\0b' })],
  ['a NUL deep in properties', 'bad_text', event({ x: [{ y: '\0' }] })],
  ['a NUL in a name', 'bad_text', event({ 'a\0': 1 })],
  ['an event larger than its bound', 'event_too_large', event({ x: 'y'.repeat(33_000) })],
]

test('refuses one bad event, says why, keeps it, and takes its neighbours', async (context) => {
  const collector = await runCollector(context)
  for (const [name, reason, sent] of INVALID) {
    await context.test(name, async () => {
      const text = typeof sent === 'string' ? sent : JSON.stringify(sent)
      assert.equal(await refuse(collector, text), reason)
    })
  }
})

test('refuses an event of 100,000 keys', async (context) => {
  const collector = await runCollector(context)
  const keys = Array.from({ length: 100_000 }, (_, n) => [`key_${n}`, n])
  const flat = JSON.stringify(event(Object.fromEntries(keys)))
  assert.equal(await refuse(collector, flat), 'too_many_keys')
  const nested = JSON.stringify(event({ list: keys.map(() => 0) }))
  assert.equal(await refuse(collector, nested), 'too_many_keys')
})

test('refuses an event of any depth without falling over', async (context) => {
  const collector = await runCollector(context)
  for (const depth of [17, 1_000, 1_000_000]) {
    const deep = `{"user_id":"u","event_type":"view","x":${'['.repeat(depth)}${']'.repeat(depth)}}`
    assert.equal(await refuse(collector, deep), 'too_deep')
  }
  const wrapped = `{"events":[${'['.repeat(900_000)}${']'.repeat(900_000)}]}`
  assert.equal((await collector.post('/v1/events', wrapped)).json.errors[0].reason, 'not_an_object')
})

test('treats the names of built-in properties as plain names', async (context) => {
  const { post, lines } = await runCollector(context)
  const body =
    '{"event_type":"view","user_id":"u1","__proto__":{"polluted":1},"constructor":{"a":1},' +
    '"toString":"x","properties":{"__proto__":5},"items":[{"__proto__":{"price":1}}]}'
  assert.equal((await post('/v1/events', body)).json.accepted, 1)
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
  const [line = ''] = lines()
  const kept =
    '"properties":{"__proto__":{"polluted":1},"constructor":{"a":1},"toString":"x","event.__proto__":5}'
  assert.ok(line.includes(kept), line)
  assert.ok(line.includes('"items":[{"properties":{"__proto__":{"price":1}}}]'), line)
})

test('takes the last of duplicate keys', async (context) => {
  const { post, records } = await runCollector(context)
  await post('/v1/events', '{"event_type":"view","user_id":"a","user_id":"b"}')
  assert.equal(records()[0].user_id, 'b')
})

test('refuses a bad line of NDJSON and takes the others', async (context) => {
  const { post, records } = await runCollector(context)
  const good = JSON.stringify(event())
  const { json } = await post(
    '/v1/events',
    `${good}\n{"event_type":\n${good}\n${good.slice(0, 40)}`,
  )
  assert.deepEqual([json.accepted, json.invalid], [2, 2])
  assert.deepEqual(
    json.errors.map(({ index, reason }: Record<string, unknown>) => [index, reason]),
    [
      [1, 'not_an_object'],
      [3, 'not_an_object'],
    ],
  )
  assert.equal(records()[1].raw, '{"event_type":')
})

test('lists a bounded number of mistakes and says how many more there are', async (context) => {
  const { post, records } = await runCollector(context)
  const { json } = await post('/v1/events', Array(250).fill(1))
  assert.equal(json.invalid, 250)
  assert.equal(json.errors.length, 100)
  assert.equal(json.errors_cut, 150)
  assert.equal(records().length, 250)
})

/** Refused whole: an answer with a code, nothing in the log. */
async function refuseWhole(
  context: TestContext,
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  const { post, records } = await runCollector(context)
  const { status, json } = await post('/v1/events', body, headers)
  assert.equal(status, 400)
  assert.ok(json.message.length > 0)
  assert.deepEqual(records(), [])
  assert.equal((await post('/v1/events', event())).status, 200)
  return json.code
}

const GZIP = { 'content-encoding': 'gzip' }

test('refuses a truncated gzip body', async (context) => {
  const whole = gzipSync(JSON.stringify(event()))
  assert.equal(await refuseWhole(context, whole.subarray(0, -9), GZIP), 'BODY_UNREADABLE')
})

test('refuses a body that is no gzip though it says so', async (context) => {
  assert.equal(await refuseWhole(context, JSON.stringify(event()), GZIP), 'BODY_UNREADABLE')
})

test('refuses broken JSON', async (context) => {
  assert.equal(await refuseWhole(context, '{"event_type":"view",'), 'BODY_UNREADABLE')
  assert.equal(await refuseWhole(context, '[{"event_type":"view"}'), 'BODY_UNREADABLE')
  assert.equal(await refuseWhole(context, ''), 'BODY_UNREADABLE')
})

test('refuses a body of 10 MB', async (context) => {
  const body = JSON.stringify(event({ x: 'y'.repeat(10_000_000) }))
  assert.equal(await refuseWhole(context, body), 'BODY_TOO_LARGE')
})

test('refuses a small body that inflates beyond the bound', async (context) => {
  const bomb = gzipSync(Buffer.alloc(200_000_000, 0x20))
  assert.ok(bomb.length < 300_000)
  assert.equal(await refuseWhole(context, bomb, GZIP), 'BODY_TOO_LARGE')
})

test('refuses encodings that it does not know, and stacked ones', async (context) => {
  for (const encoding of ['br', 'gzip, gzip', 'deflate']) {
    const body = gzipSync(JSON.stringify(event()))
    const code = await refuseWhole(context, body, { 'content-encoding': encoding })
    assert.equal(code, 'BODY_UNREADABLE')
  }
})

test('refuses more events than a batch may hold', async (context) => {
  assert.equal(await refuseWhole(context, JSON.stringify(Array(5_001).fill({}))), 'BAD_REQUEST')
  assert.equal(await refuseWhole(context, '{}\n'.repeat(5_001)), 'BAD_REQUEST')
})

test('refuses another method with a word on the right one', async (context) => {
  const { get } = await runCollector(context)
  const { status, json } = await get('/v1/events')
  assert.equal(status, 400)
  assert.match(json.message, /POST/)
})
