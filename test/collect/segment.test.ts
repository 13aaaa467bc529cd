import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { NOW, runCollector } from './running_collector.ts'

const TIME = '2026-03-01T11:59:00.000Z'

/** A call with its message, and what a test changes. */
function call(changes: object = {}): object {
  return {
    type: 'track',
    event: 'Product Viewed',
    messageId: 'm1',
    anonymousId: 'a1',
    timestamp: TIME,
    properties: { product_id: 'p1', price: '19.90' },
    ...changes,
  }
}

test('takes a call at its own path, in full or in one letter, and many in a batch', async (context) => {
  const { post, records } = await runCollector(context)
  const { type: _, ...track } = call() as { type: string }
  const answers = [
    await post('/v1/track', track),
    await post('/v1/t', track),
    await post('/v1/page', { ...track, event: undefined, name: 'Home', category: 'Docs' }),
    await post('/v1/s', { ...track, event: undefined, name: 'Cart' }),
    await post('/v1/batch', { batch: [call()] }),
    await post('/v1/b', { batch: [call()] }),
    await post('/v1/import', { batch: [call()] }),
    await post('/beacon/v1/batch', { batch: [call()] }),
  ]
  for (const { status, json } of answers) assert.deepEqual([status, json], [200, { success: true }])
  const types = records().map(({ event_type }) => event_type)
  assert.deepEqual(types, ['view', 'view', 'page', 'screen', 'view', 'view', 'view', 'view'])
  assert.deepEqual(records()[0], {
    record: 'event',
    source: 'local',
    origin: 'browser',
    received_at: NOW,
    event_type: 'view',
    properties: { event_name: 'Product Viewed' },
    product_id: 'p1',
    price: 19.9,
    event_id: 'm1',
    anonymous_id: 'a1',
    client_time: TIME,
    event_time: TIME,
  })
  const { name, category } = records()[2].properties
  assert.deepEqual([name, category, records()[2].category], ['Home', 'Docs', undefined])
})

test('fills columns from the context and keeps what is left of it', async (context) => {
  const { post, records } = await runCollector(context, { settings: { ip_address: 'keep' } })
  const page = { url: 'https://shop.example/p1?x=1', path: '/p1', referrer: 'https://a.example/' }
  const sent = {
    page,
    campaign: { name: 'spring', source: 'mail', medium: 'email', term: 't', content: 'c', id: 7 },
    ip: '198.51.100.7',
    userAgent: 'Mozilla/5.0',
    device: { type: 'mobile', model: 'X' },
    sessionId: 1_673_354_879_443,
    locale: 'de',
  }
  await post('/v1/track', call({ context: sent }))
  const [record] = records()
  const { page_url, referrer, utm_campaign, utm_source, utm_medium, utm_term, utm_content } = record
  assert.deepEqual([page_url, referrer], [page.url, page.referrer])
  assert.deepEqual(
    [utm_campaign, utm_source, utm_medium, utm_term, utm_content],
    ['spring', 'mail', 'email', 't', 'c'],
  )
  const { ip, user_agent, device_type, session_id } = record
  assert.deepEqual(
    [ip, user_agent, device_type, session_id],
    ['198.51.100.7', 'Mozilla/5.0', 'mobile', '1673354879443'],
  )
  assert.deepEqual(record.properties.context, {
    page: { path: '/p1' },
    campaign: { id: 7 },
    device: { model: 'X' },
    locale: 'de',
  })
})

test('gives the context of a batch to each of its calls, whose own counts more', async (context) => {
  const { post, records } = await runCollector(context)
  const batch = [call(), call({ messageId: 'm2', context: { userAgent: 'own' } })]
  await post('/v1/batch', { batch, context: { userAgent: 'shared', locale: 'de' } })
  assert.deepEqual(
    records().map(({ user_agent, properties }) => [user_agent, properties.context.locale]),
    [
      ['shared', 'de'],
      ['own', 'de'],
    ],
  )
})

test('corrects a wrong clock by sentAt, and leaves history where it is', async (context) => {
  const { post, records } = await runCollector(context)
  const batch = [call({ timestamp: undefined, originalTimestamp: '2026-03-01T13:00:00Z' })]
  await post('/v1/batch', { batch, timestamp: TIME, sentAt: '2026-03-01T13:00:05Z' })
  await post('/v1/batch', { batch: [call({ timestamp: '2019-01-01T00:00:00Z' })], sentAt: NOW })
  assert.deepEqual(
    records().map(({ event_time }) => event_time),
    ['2026-03-01T11:59:55.000Z', '2019-01-01T00:00:00Z'],
  )
})

test('refuses a bad call alone, keeps it, and answers 200', async (context) => {
  const { post, records } = await runCollector(context)
  const bad: readonly (readonly [reason: string, call: unknown])[] = [
    ['missing_field', call({ event: undefined })],
    ['missing_field', call({ anonymousId: null })],
    ['missing_field', call({ type: undefined })],
    ['missing_field', call({ type: 'alias', userId: 'u1' })],
    ['wrong_type', call({ type: 'purchase' })],
    ['wrong_type', call({ event: {} })],
    ['wrong_type', call({ properties: 'x' })],
    ['wrong_type', call({ context: 7 })],
    ['wrong_type', call({ properties: { products: {} } })],
    ['wrong_type', call({ properties: { price: '1,299' } })],
    ['wrong_type', call({ type: 'merge', mergeProperties: 'x' })],
    ['bad_time', call({ timestamp: 'yesterday' })],
    ['in_future', call({ timestamp: '2027-01-01T00:00:00Z' })],
    ['too_long', call({ messageId: 'x'.repeat(257) })],
    ['not_an_object', null],
    ['not_an_object', 'x'],
  ]
  const batch = [call(), ...bad.map(([, sent]) => sent), call({ messageId: 'last' })]
  const { status, json } = await post('/v1/batch', { batch })
  assert.deepEqual([status, json], [200, { success: true }])
  const [first, ...others] = records()
  assert.deepEqual([first.event_id, others.pop().event_id], ['m1', 'last'])
  assert.deepEqual(
    others.map(({ record, reason, raw }) => [record, reason, raw]),
    bad.map(([reason, sent]) => ['invalid', reason, JSON.stringify(sent)]),
  )
})

test('refuses a body that holds no calls with 400', async (context) => {
  const { post, records } = await runCollector(context)
  for (const body of ['', 'x', '[]', '7', '{}', '{"batch":{}}', '{"batch":null}']) {
    assert.equal((await post('/v1/batch', body)).status, 400, body)
  }
  assert.equal((await post('/v1/track', '[{}]')).status, 400)
  assert.deepEqual(records(), [])
})

test('keeps an unreadable word as a property rather than refuse the event', async (context) => {
  const { post, records } = await runCollector(context)
  const properties = { product_id: 'p1', rating: 'good', category: ['a', 'b'], query: {} }
  await post('/v1/track', call({ event: 'Product Reviewed', properties }))
  const [{ record, product_id, properties: kept }] = records()
  assert.deepEqual([record, product_id], ['event', 'p1'])
  assert.deepEqual([kept.rating, kept.category, kept.query], ['good', ['a', 'b'], {}])
})

test('reads money with signs and marks where it can mean one amount only', async (context) => {
  const { post, records } = await runCollector(context)
  const amounts: readonly (readonly [sent: string | number, read: number | 'refused'])[] = [
    [19.9, 19.9],
    ['19.90', 19.9],
    ['$19.90', 19.9],
    ['19,90 €', 19.9],
    ['EUR 1.299,50', 1299.5],
    ['1,299.50', 1299.5],
    ['1,234,567', 1_234_567],
    ["CHF 1'299.50", 1299.5],
    ['-$5.00', -5],
    ['$-5.00', -5],
    ['1,299', 'refused'],
    ['1.2.3', 'refused'],
    ['free', 'refused'],
  ]
  const batch = amounts.map(([price], index) =>
    call({ messageId: `m${index}`, properties: { product_id: 'p', price } }),
  )
  await post('/v1/batch', { batch })
  assert.deepEqual(
    records().map(({ record, price }) => (record === 'event' ? price : 'refused')),
    amounts.map(([, read]) => read),
  )
})

test('knows the names and fields of version 1', async (context) => {
  const { post, records } = await runCollector(context)
  const products = [{ id: 'p1', sku: 's1', name: 'Kettle', price: 19.9, quantity: 1 }]
  const batch = [
    call({ event: 'Viewed Product', properties: { id: 'p1', sku: 's1', price: 19.9 } }),
    call({ event: 'Completed Order', properties: { orderId: 'o1', total: 24, products } }),
    call({ event: 'Product Viewed', properties: { sku: 's1', price: 19.9 } }),
    call({ event: 'Video Played', properties: { id: 'v1' } }),
  ]
  await post('/v1/batch', { batch })
  const [viewed, completed, bySku, other] = records()
  assert.deepEqual([viewed.event_type, viewed.product_id], ['view', 'p1'])
  const { event_type, order_id, revenue, items } = completed
  assert.deepEqual([event_type, order_id, revenue], ['purchase', 'o1', 24])
  assert.deepEqual([items[0].product_id, items[0].properties], ['p1', { sku: 's1' }])
  assert.equal(bySku.product_id, 's1')
  assert.deepEqual([other.event_type, other.product_id], ['video_played', undefined])
})

test('writes names without a meaning here in snake_case', async (context) => {
  const { post, records } = await runCollector(context)
  const names = ['Video Played', 'videoPlayed', 'video-played', ' Video  Played! ', 'Größe', '!?']
  await post('/v1/batch', { batch: names.map((event) => call({ event })) })
  assert.deepEqual(
    records().map(({ event_type }) => event_type),
    ['video_played', 'video_played', 'video_played', 'video_played', 'größe', '!?'],
  )
})

test('reads gzip under a form content type', async (context) => {
  const { post, records } = await runCollector(context)
  const body = gzipSync(JSON.stringify({ batch: [call()] }))
  const headers = {
    'content-encoding': 'gzip',
    'content-type': 'application/x-www-form-urlencoded',
  }
  assert.equal((await post('/v1/batch', body, headers)).status, 200)
  assert.equal(records()[0].event_id, 'm1')
})

test('leaves out what a retry changes', async (context) => {
  const { post, lines } = await runCollector(context)
  const retry = { sentAt: NOW, _metadata: { retryCount: 2 }, integrations: { All: true } }
  await post('/v1/t', call({ sentAt: '2026-03-01T11:59:59Z', _metadata: {} }))
  await post('/v1/t', call(retry))
  assert.equal(lines()[0], lines()[1])
})

test('finds the key in every place where clients put it', async (context) => {
  const { post, get, keys, records } = await runCollector(context, {
    settings: { host: '0.0.0.0' },
  })
  const key = keys.all[0]?.key ?? ''
  const basic = (text: string) => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  })
  const batch = [call()]
  const answers = [
    await post('/v1/batch', { batch }, basic(`${key}:`)),
    await post('/v1/batch', { batch }, basic(key)),
    await post('/v1/batch', { batch, writeKey: key }),
    await post('/v1/batch', { batch: [call({ writeKey: key })] }),
    await post('/v1/track', call({ writeKey: key })),
    await post('/v1/batch', { batch, writeKey: key }, { authorization: 'Bearer an-oauth-token' }),
    await post(`/beacon/v1/batch?writeKey=${key}`, { batch }),
    await get(`/pixel/v1/track?writeKey=${key}&event=Opened&anonymousId=a1`),
  ]
  for (const { status } of answers) assert.equal(status, 200)
  assert.equal(records().length, answers.length)
  for (const { source } of records()) assert.equal(source, 'web')
  const refused = [
    await post('/v1/batch', { batch }),
    await post('/v1/batch', { batch, writeKey: 'wrong' }),
    await post('/v1/batch', { batch }, { authorization: 'Bearer an-oauth-token' }),
    await post('/v1/batch', { batch, writeKey: key }, basic('wrong:')),
  ]
  for (const { status } of refused) assert.equal(status, 401)
  assert.equal(records().length, answers.length)
})
