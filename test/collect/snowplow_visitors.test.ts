/** Whom Snowplow's requests are from: sources by the program's name, visitors by the cookie. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCollector } from './running_collector.ts'

const TP2 = '/com.snowplowanalytics.snowplow/tp2'
const PIXEL = '/i?e=pv&p=web&tv=no-js-0.1.0&aid=shop&url=https%3A%2F%2Fshop.example%2F'
const KEYS = [
  { key: 'wk_shop', source: 'shop', kind: 'browser' },
  { key: 'wk_back', source: 'backend', kind: 'server' },
] as const

function payloads(...eids: readonly string[]): object {
  return { data: eids.map((eid) => ({ e: 'pv', p: 'web', tv: 'js-4', eid, aid: 'shop' })) }
}

function cookieOf(headers: Headers): string {
  return /^sp=([0-9a-f-]{36});/.exec(headers.get('set-cookie') ?? '')?.[1] ?? ''
}

test("knows the source by the name of the program where a browser's key has it", async (context) => {
  const settings = { host: '0.0.0.0' }
  const { get, post, records } = await runCollector(context, { settings, keys: KEYS })
  assert.equal((await get(PIXEL)).status, 200)
  assert.equal((await get(PIXEL.replace('aid=shop', 'aid=other'))).status, 401)
  assert.equal((await get(PIXEL.replace('aid=shop', 'aid=backend'))).status, 401)
  assert.equal((await post(`${TP2}?writeKey=wk_back`, payloads('e1'))).status, 200)
  assert.deepEqual(
    records().map(({ source, origin }) => [source, origin]),
    [
      ['shop', 'browser'],
      ['backend', 'server'],
    ],
  )
})

test('answers a pixel that must not be cached, to HEAD as well', async (context) => {
  const { url, records } = await runCollector(context)
  for (const method of ['GET', 'HEAD']) {
    for (const path of [PIXEL, PIXEL.replace('/i?', '/ice.png?')]) {
      const { status, headers } = await fetch(url + path, { method })
      assert.equal(status, 200)
      assert.equal(headers.get('content-type'), 'image/gif')
      assert.match(headers.get('cache-control') ?? '', /no-store/)
    }
  }
  assert.equal(records().length, 4)
})

test('knows a browser without a script again by its cookie', async (context) => {
  const { get, records } = await runCollector(context)
  const id = cookieOf((await get(PIXEL)).headers)
  assert.notEqual(id, '')
  assert.equal(cookieOf((await get(PIXEL, { cookie: `a=b; sp=${id}` })).headers), id)
  assert.notEqual(cookieOf((await get(PIXEL, { cookie: 'sp=<script>' })).headers), id)
  const [first, second, other] = records().map(({ anonymous_id }) => anonymous_id)
  assert.deepEqual([first, second], [id, id])
  assert.notEqual(other, id)
})

test('sets a cookie for other sites over https alone', async (context) => {
  const { get } = await runCollector(context)
  const plain = await get(PIXEL)
  assert.match(plain.headers.get('set-cookie') ?? '', /; HttpOnly; SameSite=Lax$/)
  const secure = await get(PIXEL, { 'x-forwarded-proto': 'https' })
  assert.match(secure.headers.get('set-cookie') ?? '', /; SameSite=None; Secure$/)
})

for (const header of ['sp-anonymous', 'sec-gpc', 'dnt']) {
  test(`neither sets nor reads a cookie where ${header} asks not to`, async (context) => {
    const settings = { privacy_signals: 'ignore' }
    const { post, records } = await runCollector(context, { settings })
    const value = header === 'sp-anonymous' ? '*' : '1'
    const cookie = 'sp=11111111-1111-4111-8111-111111111111'
    for (let sent = 0; sent < 2; sent++) {
      const { headers } = await post(TP2, payloads('e1', 'e2'), { [header]: value, cookie })
      assert.equal(headers.get('set-cookie'), null)
    }
    const [first, second, again] = records().map(({ anonymous_id }) => anonymous_id)
    assert.notEqual(first, second)
    assert.equal(again, first, 'a retry tells the same')
    assert.ok(!cookie.includes(first))
  })
}

test('keeps no address of a page that asks to be anonymous', async (context) => {
  const { post, records } = await runCollector(context)
  const page = { origin: 'https://shop.example', 'user-agent': 'Mozilla/5.0 (X11) Firefox/150.0' }
  await post(TP2, payloads('e1'), page)
  await post(TP2, payloads('e2'), { ...page, 'sp-anonymous': '*' })
  assert.deepEqual(
    records().map(({ ip }) => ip),
    ['127.0.0.0', undefined],
  )
})

test('lets a page of another site send with its cookies and headers', async (context) => {
  const { url } = await runCollector(context)
  const { headers } = await fetch(url + TP2, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,sp-anonymous',
    },
  })
  assert.equal(headers.get('access-control-allow-origin'), 'https://shop.example')
  assert.equal(headers.get('access-control-allow-credentials'), 'true')
  assert.equal(headers.get('access-control-allow-headers'), 'content-type,sp-anonymous')
})
