/** What is kept of who a visitor is: addresses, and the wishes that a browser sends. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { addressOf, keptAddress, trustedNetworks } from '../../src/collect/addresses.ts'
import type { SettingValues } from '../../src/std/settings.ts'
import { event, runCollector } from './running_collector.ts'

const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0'
const PAGE = { origin: 'https://shop.example', 'user-agent': AGENT }
const GPC = { ...PAGE, 'sec-gpc': '1' }
const IDS = { anonymous_id: 'a1', session_id: 's1', user_id: 'u1' }

/** What stands in the log after one event. */
async function kept(
  context: TestContext,
  settings: SettingValues,
  headers: Record<string, string>,
  changes: object = {},
) {
  const { post, records } = await runCollector(context, { settings })
  assert.equal((await post('/v1/events', event(changes), headers)).status, 200)
  return records()[0]
}

test('keeps of an address what the setting says', () => {
  const cut = (address: string) => keptAddress(address, 'truncate')
  assert.equal(cut('192.168.17.23'), '192.168.17.0')
  assert.equal(cut('::ffff:192.168.17.23'), '192.168.17.0')
  assert.equal(cut('10.0.0.1:8080'), '10.0.0.0')
  assert.equal(cut('2001:0DB8:85a3:1234:5678:8a2e:0370:7334'), '2001:db8:85a3::')
  assert.equal(cut('[2001:db8::1]:443'), '2001:db8::')
  assert.equal(cut('fe80::1%eth0'), 'fe80::')
  assert.equal(cut('1::2:3:4:5:6:7'), '1:0:2::')
  assert.equal(cut('64:ff9b:1::192.0.2.33'), '64:ff9b:1::')
  assert.equal(cut('::1'), '::')
  for (const text of ['unknown', '', '1.2.3', '1.2.3.4.5', '<script>', '1.2.3.400']) {
    assert.equal(cut(text), undefined)
  }
  assert.equal(keptAddress('192.168.17.23', 'keep'), '192.168.17.23')
  assert.equal(keptAddress('192.168.17.23', 'drop'), undefined)
})

test('believes a forwarded address only of proxies that are trusted, from the right', () => {
  const trusted = trustedNetworks('10.0.0.0/8, ::1')
  const address = (connected: string, forwarded?: string) =>
    addressOf(connected, forwarded, trusted)
  assert.equal(address('203.0.113.9', '198.51.100.7'), '203.0.113.9')
  assert.equal(address('10.1.1.1', '198.51.100.7'), '198.51.100.7')
  assert.equal(address('::ffff:10.1.1.1', '6.6.6.6, 198.51.100.7, 10.2.2.2'), '198.51.100.7')
  assert.equal(address('::1', '2001:db8::7'), '2001:db8::7')
  assert.equal(address('10.1.1.1', '10.3.3.3'), '10.3.3.3')
  assert.equal(address('10.1.1.1', '198.51.100.7, unknown'), undefined)
  assert.equal(address('10.1.1.1'), '10.1.1.1')
  assert.equal(addressOf('127.0.0.1', '198.51.100.7', trustedNetworks('')), '127.0.0.1')
  assert.throws(() => trustedNetworks('10.0.0.0/99'), /trusted_proxies: 10.0.0.0\/99/)
})

test('writes the address of the page that sent an event, cut', async (context) => {
  const forwarded = { ...PAGE, 'x-forwarded-for': '198.51.100.7' }
  const trusted = { trusted_proxies: '127.0.0.1' }
  assert.equal((await kept(context, {}, PAGE)).ip, '127.0.0.0')
  assert.equal((await kept(context, {}, forwarded)).ip, '127.0.0.0')
  assert.equal((await kept(context, trusted, forwarded)).ip, '198.51.100.0')
  assert.equal((await kept(context, { ip_address: 'drop' }, PAGE)).ip, undefined)
  assert.equal((await kept(context, { ip_address: 'keep' }, PAGE)).ip, '127.0.0.1')
  assert.equal((await kept(context, {}, PAGE, { ip: '203.0.113.9' })).ip, '203.0.113.0')
})

test('keeps no address for a sender that asks for that alone', async (context) => {
  const asked = { ...PAGE, 'sp-anonymous': '*' }
  const record = await kept(context, { ip_address: 'keep' }, asked, { ...IDS, ip: '203.0.113.9' })
  assert.equal(record.ip, undefined)
  assert.deepEqual([record.anonymous_id, record.user_id], ['a1', 'u1'])
})

test('anonymises a browser that asks not to be tracked', async (context) => {
  for (const asked of [{ 'sec-gpc': '1' }, { dnt: '1' }]) {
    const record = await kept(context, {}, { ...PAGE, ...asked }, { ...IDS, ip: '203.0.113.9' })
    assert.deepEqual(
      [record.ip, record.user_agent, record.user_id],
      [undefined, undefined, undefined],
    )
    assert.match(record.anonymous_id, /^[0-9a-f]{32}$/)
    assert.match(record.session_id, /^[0-9a-f]{32}$/)
    assert.deepEqual([record.event_id, record.product_id, record.price], ['e1', 'p1', 299.99])
  }
})

test('knows an anonymous visitor for one day, and repeats it for a retry', async (context) => {
  const { post, records } = await runCollector(context)
  const at = (timestamp: string) => event({ ...IDS, event_id: timestamp, timestamp })
  const days = ['2026-02-27T23:59:00Z', '2026-02-28T00:01:00Z', '2026-02-28T23:59:00Z']
  await post('/v1/events', days.map(at), GPC)
  await post('/v1/events', days.map(at), GPC)
  const visitors = records().map(({ anonymous_id }) => anonymous_id)
  assert.deepEqual(visitors.slice(3), visitors.slice(0, 3))
  assert.notEqual(visitors[0], visitors[1])
  assert.equal(visitors[1], visitors[2])
})

test('follows nobody by a user_id that stands alone', async (context) => {
  const { post, records } = await runCollector(context)
  await post('/v1/events', [event(), event({ event_id: 'e2' })], GPC)
  const [first, second] = records()
  assert.notEqual(first.anonymous_id, second.anonymous_id)
  assert.ok(!JSON.stringify(records()).includes('u1'))
})

test('keeps nothing but the count where the setting is drop', async (context) => {
  const { post, records } = await runCollector(context, { settings: { privacy_signals: 'drop' } })
  const sent = [event({ ...IDS, ip: '203.0.113.9' }), event({ price: 'secret', product_id: 'p9' })]
  const { json } = await post('/v1/events', sent, GPC)
  assert.deepEqual([json.accepted, json.filtered, json.invalid], [0, 2, 0])
  for (const record of records()) {
    assert.deepEqual([record.record, record.reason], ['filtered', 'privacy_signal'])
    assert.equal(record.raw, '')
  }
  assert.ok(!/u1|a1|203\.0|p9|secret/.test(JSON.stringify(records())))
})

test('writes no customer for a browser that asks not to be tracked', async (context) => {
  const { post, records } = await runCollector(context)
  const customer = { user_id: 'u1', email: 'mary@shop.example' }
  assert.equal((await post('/v1/customers', customer, GPC)).json.filtered, 1)
  assert.equal((await post('/v1/customers', customer)).json.accepted, 1)
  const [dropped, written] = records()
  assert.deepEqual(
    [dropped.record, dropped.reason, dropped.raw],
    ['filtered', 'privacy_signal', ''],
  )
  assert.equal(written.row.email, 'mary@shop.example')
})

test('treats the signals as nothing where the setting is ignore', async (context) => {
  const record = await kept(context, { privacy_signals: 'ignore' }, GPC, IDS)
  assert.deepEqual([record.anonymous_id, record.user_id], ['a1', 'u1'])
  assert.equal(record.user_agent, AGENT)
})

test('cuts addresses in what is kept of an invalid event, too', async (context) => {
  const { post, records } = await runCollector(context)
  await post('/v1/events', '{"event_type":"view","user_id":"u1","ip": "203.0.113.9","price":"x"}')
  assert.equal(records()[0].reason, 'wrong_type')
  assert.ok(records()[0].raw.includes('"ip": "203.0.113.0"'), records()[0].raw)
})
