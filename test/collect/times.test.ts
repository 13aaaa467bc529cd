import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { epochMs, isoTime } from '../../src/collect/times.ts'
import { event, NOW, runCollector } from './running_collector.ts'

async function timesOf(context: Parameters<typeof runCollector>[0], sent: object) {
  const { post, records } = await runCollector(context)
  const { json } = await post('/v1/events', sent)
  assert.equal(json.accepted, 1, JSON.stringify(json))
  const [{ client_time, event_time, received_at }] = records()
  return { client_time, event_time, received_at }
}

test('takes the time of receipt where none is sent', async (context) => {
  const sent = event({ timestamp: undefined })
  assert.deepEqual(await timesOf(context, sent), {
    client_time: undefined,
    event_time: NOW,
    received_at: NOW,
  })
})

test('corrects a client clock that is wrong by more than a minute', async (context) => {
  const sent_at = '2026-03-01T10:00:00Z'
  const sent = { sent_at, events: [event({ timestamp: '2026-03-01T09:59:30.123456Z' })] }
  assert.deepEqual(await timesOf(context, sent), {
    client_time: '2026-03-01T09:59:30.123456Z',
    event_time: '2026-03-01T11:59:30.123456Z',
    received_at: NOW,
  })
})

test('believes a client clock that differs by a minute at most', async (context) => {
  const sent = { ...event({ timestamp: '2026-03-01T11:58:00Z' }), sent_at: '2026-03-01T11:59:00Z' }
  assert.equal((await timesOf(context, sent)).event_time, '2026-03-01T11:58:00Z')
})

test('corrects a clock of the year 9999 by when it says it sent', async (context) => {
  const sent = { ...event({ timestamp: '9999-01-01T00:00:00Z' }), sent_at: '9999-01-01T00:00:30Z' }
  assert.equal((await timesOf(context, sent)).event_time, '2026-03-01T11:59:30.000Z')
})

const READ: readonly (readonly [sent: string, canonical: string])[] = [
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31 10:20:30 UTC', '2026-01-31T10:20:30.000Z'],
  ['2026-01-31 10:20:30', '2026-01-31T10:20:30.000Z'],
  ['2026-01-31T10:20', '2026-01-31T10:20:00.000Z'],
  ['2026-01-31T10:20:30+02:00', '2026-01-31T08:20:30.000Z'],
  ['2026-01-31T10:20:30.5-0130', '2026-01-31T11:50:30.500Z'],
  ['2026-01-31t10:20:30,25z', '2026-01-31T10:20:30.250Z'],
  ['2026-01-31T10:20:30.123456789Z', '2026-01-31T10:20:30.123456Z'],
  ['2026-01-31T10:20:30.1234+05', '2026-01-31T05:20:30.1234Z'],
  ['2026-01-31T10:20:30.1234Z', '2026-01-31T10:20:30.1234Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
]

test('reads ISO 8601 in its usual forms and writes them as one', () => {
  for (const [sent, canonical] of READ) {
    assert.equal(isoTime(sent), canonical)
    assert.equal(epochMs(sent), Date.parse(canonical), sent)
  }
})

test('refuses what is no time', () => {
  const texts = [
    '',
    'now',
    '2026',
    '2026-1-1',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '20260131',
  ]
  const times = ['T24:00:00Z', 'T10:60:00Z', 'T10:20:61Z', 'T10:20:30.Z', 'T10:20:30ZZ', 'T1:2:3Z']
  const offsets = ['T10:20:30+', 'T10:20:30+1', 'T10:20:30+24:00', 'T10:20:30 CET', 'X10:20:30Z']
  const wrong = [...texts, '2100-02-29', '1970-01-01T00:00:00+01:00']
  for (const tail of [...times, ...offsets]) wrong.push(`2026-01-31${tail}`)
  for (const text of wrong) assert.equal(isoTime(text), undefined, text)
})

test('reads every millisecond of its years as the platform does', () => {
  const years = { min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }
  fc.assert(
    fc.property(fc.date(years), (date) => {
      assert.equal(epochMs(date.toISOString()), date.getTime())
      assert.equal(isoTime(date.toISOString()), date.toISOString())
    }),
  )
})

test('reads any text without failing', () => {
  const alphabet = fc.constantFrom(...'0123456789-:.,TZ+ UC')
  fc.assert(
    fc.property(fc.string({ unit: alphabet, maxLength: 30 }), (text) => {
      const canonical = isoTime(text)
      if (canonical === undefined) return
      assert.match(canonical, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
    }),
  )
})
