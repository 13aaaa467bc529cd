/** Paths of the shop's own, which no ad blocker has on its list. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from '../../src/std/settings.ts'
import { event, runCollector } from './running_collector.ts'

test('takes events under a path of the shop, and under the usual ones', async (context) => {
  const settings = { collect_path: '/shop-data' }
  const { post, records } = await runCollector(context, { settings })
  const paths = ['/shop-data', '/shop-data/', '/shop-data?x=1', '/v1/events']
  for (const path of paths) assert.equal((await post(path, event())).json.accepted, 1, path)
  assert.equal(records().length, paths.length)
})

test('has every collect path below the path of the shop', async (context) => {
  const settings = { collect_path: '/shop-data' }
  const { post } = await runCollector(context, { settings })
  const row = { product_id: 'p1', product_name: 'Kettle' }
  assert.equal((await post('/shop-data/v1/products', row)).json.accepted, 1)
  assert.equal((await post('/shop-data/v1/events', event())).json.accepted, 1)
})

test('has nothing below its paths, unless the shop has one of its own', async (context) => {
  const { post } = await runCollector(context)
  assert.equal((await post('/v1/events/v1/products', { product_id: 'p1' })).status, 503)
})

test('answers the question of a browser under that path', async (context) => {
  const { url } = await runCollector(context, { settings: { collect_path: '/shop-data' } })
  const headers = { origin: 'https://shop.example', 'access-control-request-headers': 'x' }
  const answer = await fetch(`${url}/shop-data`, { method: 'OPTIONS', headers })
  assert.equal(answer.status, 204)
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://shop.example')
})

test('serves the tag under its own name alone', async (context) => {
  const { get } = await runCollector(context, { settings: { tag_path: '/assets/shop.js' } })
  assert.equal((await get('/assets/shop.js')).status, 200)
  assert.equal((await get('/clickpath.js')).status, 503)
  assert.equal((await get('/assets/shop.js/')).status, 200)
})

test('refuses a setting that is no path', () => {
  for (const collect_path of ['', '/', 'data', '/a b', '/a/', '/../a', '/a?b', '//a']) {
    assert.throws(() => readSettings({ collect_path }), /collect_path/, collect_path)
  }
})
