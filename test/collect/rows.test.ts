import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW, runCollector } from './running_collector.ts'

test('takes products and customers as upserts by their key', async (context) => {
  const { post, records } = await runCollector(context)
  const kettle = { product_id: 'p1', name: 'Kettle', price: '29.90', stock: 12, colour: 'red' }
  const updated_at = '2026-02-01T00:00:00+01:00'
  const customer = { customer_id: 42, country: 'DE', registered_at: '2020-05-01', updated_at }
  assert.deepEqual((await post('/v1/products', [kettle])).json.accepted, 1)
  assert.deepEqual((await post('/v1/customers', customer)).json.accepted, 1)
  const head = { source: 'local', received_at: NOW }
  assert.deepEqual(records(), [
    {
      record: 'products',
      ...head,
      key: 'p1',
      updated_at: NOW,
      row: {
        product_id: 'p1',
        product_name: 'Kettle',
        price: 29.9,
        stock: 12,
        properties: { colour: 'red' },
      },
    },
    {
      record: 'customers',
      ...head,
      key: '42',
      updated_at: '2026-01-31T23:00:00.000Z',
      row: {
        user_id: '42',
        country: 'DE',
        registered_at: '2020-05-01T00:00:00.000Z',
        updated_at: '2026-01-31T23:00:00.000Z',
      },
    },
  ])
})

test('refuses a row without its key, keeps it, and takes its neighbours', async (context) => {
  const { post, records } = await runCollector(context)
  const rows = [
    { product_id: 'p1' },
    { name: 'x' },
    { product_id: 'p2', brand: 'a\0' },
    { product_id: 3 },
  ]
  const { json } = await post('/v1/products', rows)
  const reasons = json.errors.map(({ index, reason }: Record<string, unknown>) => [index, reason])
  assert.deepEqual(reasons, [
    [1, 'missing_field'],
    [2, 'bad_text'],
  ])
  assert.deepEqual(
    records().map(({ record }) => record),
    ['products', 'invalid', 'invalid', 'products'],
  )
})
