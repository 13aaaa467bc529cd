import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayStarts, isoTime, MINUTE_US, micros, windowStart } from './time.ts'

const startOf = (time: string, minutes: number) =>
  isoTime(windowStart(micros(time), minutes * MINUTE_US))

test('keeps six digits of a second and writes three where three suffice', () => {
  assert.equal(isoTime(micros('2019-10-01T00:00:00Z')), '2019-10-01T00:00:00.000Z')
  assert.equal(isoTime(micros('2019-10-01 00:00:00.5')), '2019-10-01T00:00:00.500Z')
  assert.equal(isoTime(micros('2019-10-01T00:00:00.000001Z')), '2019-10-01T00:00:00.000001Z')
  assert.throws(() => micros('1.10.2019'), /no time/)
  assert.throws(() => micros('2019-10-01T00:00:00+02:00'), /no time/)
})

test('puts the edge into the window that begins there', () => {
  assert.equal(startOf('2019-10-01T07:10:00Z', 5), '2019-10-01T07:10:00.000Z')
  assert.equal(startOf('2019-10-01T07:09:59.999999Z', 5), '2019-10-01T07:05:00.000Z')
  assert.equal(startOf('2019-10-01T07:10:56Z', 15), '2019-10-01T07:00:00.000Z')
})

test("begins a day at the zone's midnight, summer time or not", () => {
  const dayOf = (zone: string, time: string) => isoTime(dayStarts(zone)(micros(time)))
  assert.equal(dayOf('UTC', '2024-02-29T23:59:59.999999Z'), '2024-02-29T00:00:00.000Z')
  assert.equal(dayOf('Europe/Berlin', '2024-03-31T21:59:59Z'), '2024-03-30T23:00:00.000Z')
  assert.equal(dayOf('Europe/Berlin', '2024-03-31T22:00:00Z'), '2024-03-31T22:00:00.000Z')
  assert.equal(dayOf('Asia/Kathmandu', '2024-01-01T18:20:00Z'), '2024-01-01T18:15:00.000Z')
})
