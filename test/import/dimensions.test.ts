/** What is known of products and customers: told by the shop's files, or derived from events. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runHere } from '../cli/surroundings.ts'
import { dataFolder, runToEnd, startUp } from '../cli/up_process.ts'
import { Shop } from '../engine/shop.ts'
import { counts, fileOf, imported, REES46_HEAD, rees46Row } from './importing.ts'

test('products of a CSV are joined to the events, under the names that shops use', async (t) => {
  const shop = new Shop(t)
  await imported(shop.directory, fileOf(t, [REES46_HEAD, rees46Row({ product_id: 'p1' })]))
  const lines = [
    '\ufeffid,title,vendor,price,stock_quantity,colour',
    'p1,"Kettle, red",Acme,29.90,12,red',
    'p2,Pan,,cheap,3,',
    ',nameless,,1,1,',
    'p3,Lid,Acme,,,',
  ]
  const args = ['--format', 'csv', '--stream', 'products', '--source', 'catalogue']
  const told = await imported(shop.directory, fileOf(t, lines), ...args)
  assert.deepEqual(counts(told), { received: 4, stored: 2, duplicate: 0, invalid: 2 })
  await shop.open()
  const products = await shop.rows(`SELECT * EXCLUDE (updated_at) FROM products
    ORDER BY product_id`)
  assert.deepEqual(products[0], {
    product_id: 'p1',
    product_name: 'Kettle, red',
    category: null,
    brand: 'Acme',
    price: 29.9,
    stock: 12,
    properties: { colour: 'red' },
  })
  const [joined] = await shop.rows('SELECT product_name, stock FROM enriched_events')
  assert.deepEqual(joined, { product_name: 'Kettle, red', stock: 12 })
})

test('customers come with their own times; the latest row counts', async (t) => {
  const shop = new Shop(t)
  const lines = [
    'customer_id,name,segment,updated_at',
    'u1,Ann Late,vip,2025-02-01',
    'u1,Ann Early,new,2025-01-01T00:00:00Z',
  ]
  const args = ['--format', 'csv', '--stream', 'customers']
  await imported(shop.directory, fileOf(t, lines), ...args)
  await shop.open()
  const rows = await shop.rows('SELECT user_id, customer_name, customer_segment FROM customers')
  assert.deepEqual(rows, [{ user_id: 'u1', customer_name: 'Ann Late', customer_segment: 'vip' }])
})

test('derived dimensions leave told rows alone; deriving twice changes nothing', async (t) => {
  const shop = new Shop(t)
  const rows = [
    rees46Row({ product_id: 'p1', price: '2', event_time: '2019-10-02 00:00:00 UTC' }),
    rees46Row({ product_id: 'p1', price: '1', brand: '' }),
    rees46Row({ product_id: 'p2', user_id: 'other', user_session: '' }),
    rees46Row({ product_id: 'told' }),
  ]
  await imported(shop.directory, fileOf(t, [REES46_HEAD, ...rows]))
  const catalogue = fileOf(t, ['product_id,name', 'told,Told by the shop'])
  await imported(shop.directory, catalogue, '--format', 'csv', '--stream', 'products')
  const derive = () =>
    runHere(['derive', 'dimensions', '--data', shop.directory, '--json', '--log-reserve-mb', '0'])
  const first = await derive()
  assert.deepEqual(JSON.parse(first.stdout), { products: 2, customers: 2 }, first.stderr)
  await shop.open()
  const products = 'SELECT * FROM products ORDER BY product_id'
  const before = await shop.rows(products)
  assert.deepEqual(before[0], {
    product_id: 'p1',
    product_name: null,
    category: 'apparel.shoes',
    brand: 'runail',
    price: 2,
    stock: null,
    updated_at: '2019-10-02T00:00:00.000Z',
    properties: {
      first_seen: '2019-10-01T00:00:00.000Z',
      last_seen: '2019-10-02T00:00:00.000Z',
      derived_from: 'events',
    },
  })
  assert.equal(before[2]?.product_name, 'Told by the shop')
  const [customer] = await shop.rows("SELECT * FROM customers WHERE user_id = '463240011'")
  assert.equal(customer?.updated_at, '2019-10-02T00:00:00.000Z')
  await shop.close()
  const second = await derive()
  assert.deepEqual(JSON.parse(second.stdout), { products: 0, customers: 0 })
  await shop.open()
  assert.deepEqual(await shop.rows(products), before)
})

test('dimensions are derived through the server that runs, too', async (t) => {
  const up = await startUp(dataFolder(t))
  const rows = Array.from({ length: 300 }, (_, at) => rees46Row({ product_id: `p${at}` }))
  const file = fileOf(t, [REES46_HEAD, ...rows])
  const data = ['--data', up.directory, '--json']
  await runToEnd(['import', file, '--format', 'rees46', ...data])
  const first = await runToEnd(['derive', 'dimensions', ...data])
  assert.deepEqual(JSON.parse(first.stdout), { products: 300, customers: 1 }, first.stderr)
  const second = await runToEnd(['derive', 'dimensions', ...data])
  assert.deepEqual(JSON.parse(second.stdout), { products: 0, customers: 0 }, second.stderr)
  up.signal('SIGTERM')
  await up.ended()
})
