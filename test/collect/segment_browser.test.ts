/** What the browser programs of Segment and RudderStack ask, and the ways that only they use. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCollector } from './running_collector.ts'

const ORIGIN = { origin: 'https://shop.example' }

test('its settings send the program back to where it asked', async (context) => {
  const { get, url } = await runCollector(context, { settings: { collect_path: '/shop-data' } })
  const host = new URL(url).host
  const apiHostOf = async (path: string, headers = {}) => {
    const { status, json } = await get(path, headers)
    assert.equal(status, 200)
    const { apiKey, apiHost, protocol } = json.integrations['Segment.io']
    return [apiKey, apiHost, protocol]
  }
  assert.deepEqual(await apiHostOf('/v1/projects/k%201/settings'), ['k 1', `${host}/v1`, 'http'])
  assert.deepEqual(await apiHostOf('/projects/k/settings'), ['k', `${host}/v1`, 'http'])
  const own = await apiHostOf('/shop-data/v1/projects/k/settings', ORIGIN)
  assert.deepEqual(own, ['k', `${host}/shop-data/v1`, 'https'])
  const proxied = await apiHostOf('/v1/projects/k/settings', { 'x-forwarded-proto': 'https' })
  assert.equal(proxied[2], 'https')
})

test('tells the program of RudderStack that its source is enabled', async (context) => {
  const { get } = await runCollector(context)
  const { status, json } = await get('/sourceConfig/?p=npm&v=3.0.0&writeKey=k1', ORIGIN)
  assert.equal(status, 200)
  const { id, writeKey, enabled, destinations } = json.source
  assert.deepEqual([id, writeKey, enabled, destinations], ['k1', 'k1', true, []])
})

test('takes no notice of what the program measures of itself, and asks for no key', async (context) => {
  const { post, records } = await runCollector(context, { settings: { host: '0.0.0.0' } })
  const { status, json } = await post('/v1/m', '{"series":[]}', { 'content-type': 'text/plain' })
  assert.deepEqual([status, json], [200, { success: true }])
  assert.deepEqual(records(), [])
})

test('lets a page of another site ask and send with the headers that it has', async (context) => {
  const { url, get } = await runCollector(context)
  for (const path of ['/v1/t', '/v1/projects/k/settings', '/sourceConfig', '/pixel/v1/track']) {
    const asked = 'authorization, content-type, anonymousid, sentat, rsa-features'
    const response = await fetch(url + path, {
      method: 'OPTIONS',
      headers: { ...ORIGIN, 'access-control-request-headers': asked },
    })
    assert.equal(response.status, 204, path)
    assert.equal(response.headers.get('access-control-allow-headers'), asked)
    assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN.origin)
  }
  const { headers } = await get('/v1/projects/k/settings', ORIGIN)
  assert.equal(headers.get('access-control-allow-origin'), ORIGIN.origin)
})

test('takes a call as the address of an image and answers the image', async (context) => {
  const { url, records } = await runCollector(context)
  const query = new URLSearchParams({
    anonymousId: 'a1',
    messageId: 'm1',
    event: 'Product Viewed',
    'properties.product_id': 'p1',
    'properties.price': '19.90',
    'context.page.url': 'https://shop.example/p1',
    context: '{"locale":"de"}',
    '__proto__.polluted': 'yes',
  })
  const response = await fetch(`${url}/pixel/v1/track?${query}`)
  const image = Buffer.from(await response.arrayBuffer())
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'image/gif'])
  assert.match(response.headers.get('cache-control') ?? '', /no-store/)
  assert.deepEqual([image.toString('latin1', 0, 6), image.readUInt16LE(6)], ['GIF89a', 1])
  const page = new URLSearchParams({ anonymousId: 'a1', name: 'Mail' })
  assert.equal((await fetch(`${url}/pixel/v1/page?${page}`)).status, 200)
  const [viewed, paged] = records()
  const { event_type, event_id, product_id, price } = viewed
  assert.deepEqual([event_type, event_id, product_id, price], ['view', 'm1', 'p1', 19.9])
  assert.deepEqual([paged.event_type, paged.properties], ['page', { name: 'Mail' }])
  assert.equal(Reflect.get({}, 'polluted'), undefined)
})

test('refuses a NUL that comes in an address', async (context) => {
  const { get, records } = await runCollector(context)
  assert.equal((await get('/pixel/v1/track?anonymousId=a&event=x%00y')).status, 200)
  assert.deepEqual(
    records().map(({ record, reason }) => [record, reason]),
    [['invalid', 'bad_text']],
  )
})
