/** Crawlers and other programs: left out of the tables, counted, and there to be looked at. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShopDoor } from '../sdk/shop_door.ts'
import { event, runCollector } from './running_collector.ts'

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
const HEADLESS =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36'
const CHROME = HEADLESS.replace('Headless', '')
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
const PAGE = { origin: 'https://shop.example' }

test('leaves out events of crawlers, says so, and keeps what they sent', async (context) => {
  const { post, records } = await runCollector(context)
  const agents = [GOOGLEBOT, HEADLESS, 'python-requests/2.32', 'curl/8.5.0']
  const sent = agents.map((user_agent, index) => event({ event_id: `e${index}`, user_agent }))
  const { json } = await post('/v1/events', sent)
  assert.deepEqual(json, { accepted: 0, invalid: 0, filtered: 4, errors: [] })
  for (const [index, record] of records().entries()) {
    assert.deepEqual([record.record, record.reason], ['filtered', 'bot'])
    assert.ok(record.detail.includes(agents[index]))
    assert.deepEqual(JSON.parse(record.raw), sent[index])
  }
})

test("takes people for people, and a shop's own app for what it is", async (context) => {
  const { post } = await runCollector(context)
  const agents = [CHROME, IPHONE, 'ShopApp/3.1', 'Mozilla/5.0', '...', 'Dalvik/2.1.0 (Linux; U)']
  const sent = agents.map((user_agent, index) => event({ event_id: `e${index}`, user_agent }))
  assert.equal((await post('/v1/events', sent)).json.accepted, agents.length)
})

test('knows a crawler that runs the scripts of a page by its request', async (context) => {
  const { post, records } = await runCollector(context)
  await post('/v1/events', event(), { ...PAGE, 'user-agent': GOOGLEBOT })
  await post('/v1/events', event({ event_id: 'e2' }), { ...PAGE, 'user-agent': CHROME })
  const [bot, person] = records()
  assert.equal(bot.reason, 'bot')
  assert.equal(person.user_agent, CHROME)
})

test('says nothing about visitors by the program of a server or of a first try', async (context) => {
  const { post, records, keys } = await runCollector(context)
  const server = keys.all.find(({ kind }) => kind === 'server')?.key
  const headers = { ...PAGE, 'user-agent': 'curl/8.5.0' }
  await post('/v1/events', event(), { 'user-agent': 'curl/8.5.0' })
  await post('/v1/events', event(), { ...headers, authorization: `Bearer ${server}` })
  for (const record of records()) {
    assert.equal(record.record, 'event')
    assert.deepEqual([record.user_agent, record.ip], [undefined, undefined])
  }
})

test('keeps them where the setting says so', async (context) => {
  const { post } = await runCollector(context, { settings: { bots: 'keep' } })
  const { json } = await post('/v1/events', event({ user_agent: GOOGLEBOT }))
  assert.deepEqual([json.accepted, json.filtered], [1, undefined])
})

test('the ledger counts them, and a view shows them', async (context) => {
  const door = await openShopDoor(context)
  const body = JSON.stringify([event({ event_id: 'b', user_agent: GOOGLEBOT }), event()])
  assert.equal((await fetch(`${door.url}/v1/events`, { method: 'POST', body })).status, 200)
  const ledger = 'sum(received)::INT AS received, sum(stored)::INT AS stored'
  const [counts] = await door.rows(`SELECT ${ledger}, sum(filtered)::INT AS filtered FROM ledger`)
  assert.deepEqual(counts, { received: 2, stored: 1, filtered: 1 })
  const [shown] = await door.rows('SELECT reason, detail FROM filtered_events')
  assert.deepEqual(shown, { reason: 'bot', detail: `the user agent is "${GOOGLEBOT}"` })
})
