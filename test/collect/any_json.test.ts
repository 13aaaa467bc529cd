import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { runCollector } from './running_collector.ts'

const NAMES = ['event_id', 'event_type', 'timestamp', 'user_id', 'price', 'quantity', 'currency']
const OTHERS = ['items', 'properties', 'brand', '__proto__', 'constructor', 'sent_at', 'anything']
const WORDS = fc.constantFrom('view', 'u1', '2026-01-01T00:00:00Z', '19.90', 'EUR', '\0', '\ud800')

/** Objects that look like events more often than chance would have it. */
const likeEvents = fc.dictionary(
  fc.constantFrom(...NAMES, ...OTHERS),
  fc.oneof(WORDS, fc.double(), fc.integer(), fc.jsonValue({ maxDepth: 3 })),
)
const values = fc.array(fc.oneof(likeEvents, fc.jsonValue({ maxDepth: 4 })), { maxLength: 8 })

test('answers any JSON with a verdict for each event, and keeps every one', async (context) => {
  const { post, lines } = await runCollector(context)
  let kept = 0
  const refused: string[] = []
  await fc.assert(
    fc.asyncProperty(values, fc.constantFrom('/v1/events', '/v1/products'), async (sent, path) => {
      const { status, json } = await post(path, sent)
      assert.equal(status, 200, JSON.stringify(json))
      assert.equal(json.accepted + json.invalid, sent.length)
      for (const { index } of json.errors) refused.push(JSON.stringify(sent[index]))
      kept += sent.length
      assert.equal(lines().length, kept)
    }),
    { numRuns: 150 },
  )
  const raws = lines().map((line) => JSON.parse(line).raw)
  assert.deepEqual(
    raws.filter((raw) => raw !== undefined),
    refused,
  )
  for (const line of lines()) {
    const record = JSON.parse(line, (name, value) => {
      for (const text of [name, value]) {
        if (typeof text === 'string') assert.ok(text.isWellFormed() && !text.includes('\0'), line)
      }
      return value
    })
    assert.ok(['event', 'invalid', 'products'].includes(record.record) && record.received_at)
  }
})

test('answers any envelopes with a verdict each', async (context) => {
  const { post } = await runCollector(context)
  const fields = { id: fc.oneof(fc.integer(), WORDS), type: WORDS, package_id: WORDS }
  const envelopes = fc.record({ ...fields, event: likeEvents }, { requiredKeys: [] })
  await fc.assert(
    fc.asyncProperty(fc.array(envelopes, { maxLength: 8 }), async (sent) => {
      const { status, json } = await post('/collect', sent)
      assert.equal(status, 200)
      assert.equal(json.length, sent.length)
    }),
    { numRuns: 100 },
  )
})

test('answers any bytes with 200 or 400', async (context) => {
  const { post } = await runCollector(context)
  const headers = [{}, { 'content-encoding': 'gzip' }]
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.constantFrom(...headers), async (bytes, header) => {
      const { status } = await post(
        '/v1/events',
        Buffer.from(bytes),
        header as Record<string, string>,
      )
      assert.ok(status === 200 || status === 400)
    }),
    { numRuns: 150 },
  )
})
