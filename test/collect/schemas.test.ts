import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { findSchema } from '../../src/collect/schema_versions.ts'
import { SCHEMA_VERSION } from '../../src/collect/schemas.ts'
import { EVENT_TYPES } from '../../src/model/events.ts'
import { runCollector } from './running_collector.ts'

test('serves a schema for every event type and dimension, by version', async (context) => {
  const { get } = await runCollector(context)
  const { json } = await get('/schemas')
  const types = json.schemas.map(({ type }: { type: string }) => type)
  const rows = ['products', 'customers', 'logs', 'rates']
  assert.deepEqual(types, ['event', ...Object.keys(EVENT_TYPES), ...rows])
  for (const type of types) {
    const newest = await get(`/schemas/${type}`)
    const versioned = await get(`/schemas/${type}/${SCHEMA_VERSION}`)
    assert.equal(newest.json.$id, `/schemas/${type}/${SCHEMA_VERSION}`)
    assert.deepEqual(newest.json, versioned.json)
  }
  for (const path of ['/schemas/nothing', '/schemas/view/9-9-9', '/schemas/view/1-0-0/more']) {
    const { status, json } = await get(path)
    assert.deepEqual([status, json.code], [404, 'UNKNOWN_SCHEMA'])
  }
})

const value = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('u1', '12', '12.5', 'EUR', 1, 2.5, null, '') },
  fc.constantFrom(true, [], {}, 1e9, -1e9, 1e300, 'x'.repeat(70), 'x'.repeat(300), 'x'.repeat(600)),
)
const names = ['user_id', 'product_id', 'brand', 'price', 'revenue', 'quantity', 'device_type']
const sent = fc.record({
  event_type: fc.constantFrom('view', 'own_word'),
  anonymous_id: fc.constant('a'),
  ...Object.fromEntries(names.map((name) => [name, value])),
  items: fc.oneof(fc.constant(null), fc.array(fc.record({ product_id: value, price: value }))),
})

test('says of an event what the collector says', async (context) => {
  const { post } = await runCollector(context)
  const ajv = new Ajv2020({ allowUnionTypes: true, validateFormats: false })
  const validate = ajv.compile(findSchema('event') ?? {})
  const batches = fc.array(sent, { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      const { json } = await post('/v1/events', batch)
      const refused = new Set(json.errors.map(({ index }: { index: number }) => index))
      for (const [index, one] of batch.entries()) {
        assert.equal(validate(one), !refused.has(index), JSON.stringify(one))
      }
    }),
    { numRuns: 40 },
  )
})
