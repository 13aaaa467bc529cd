/** What is given as text becomes checked values, the same for API and command line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peoplePath, readAsked } from '../../src/present/questions/parameters.ts'
import type { Parameters } from '../../src/present/questions/question.ts'

const parameters = {
  words: { type: 'list', about: 'words', positional: true },
  steps: { type: 'list', words: 'whole', about: 'words with commas' },
  at: { type: 'time', about: 'a time' },
  gap: { type: 'duration', about: 'a length of time' },
  limit: { type: 'integer', about: 'a number', min: 1, max: 5, default: '3' },
  unit: { type: 'choice', about: 'a unit', choices: ['day', 'week'], default: 'day' },
  cell: { type: 'text', about: 'a cell', cell: true },
} as const satisfies Parameters

test('reads each type, and takes the default where nothing is given', () => {
  const asked = readAsked(parameters, {
    words: ['a,b', 'c'],
    steps: 'x:y=1,z=2',
    at: '',
    gap: '15m',
  })
  assert.deepEqual(asked, {
    words: ['a', 'b', 'c'],
    steps: ['x:y=1,z=2'],
    ...{ at: undefined, gap: '15 minutes', limit: 3, unit: 'day', cell: undefined },
  })
})

test('a time without a zone is UTC, whatever the zone of the machine', () => {
  const timeOf = (at: string) => readAsked(parameters, { at }).at
  assert.equal(timeOf('2026-01-31'), '2026-01-31T00:00:00.000Z')
  assert.equal(timeOf('2026-01-31T12:30'), '2026-01-31T12:30:00.000Z')
  assert.equal(timeOf('2026-01-31 12:30:05'), '2026-01-31T12:30:05.000Z')
  assert.equal(timeOf('2026-01-31T12:30:00+02:00'), '2026-01-31T10:30:00.000Z')
})

test('a length of time may be short or long', () => {
  const gapOf = (gap: string) => readAsked(parameters, { gap }).gap
  assert.deepEqual(['90s', '2h', '7d', '1w', '1 hour', '30 minutes'].map(gapOf), [
    ...['90 seconds', '2 hours', '7 days', '1 weeks', '1 hours', '30 minutes'],
  ])
})

test('all mistakes are named at once, with the nearest word', () => {
  const given = { limt: 3, at: 'soon', gap: 'long', limit: '6', unit: 'weak', cell: ['a', 'b'] }
  assert.throws(
    () => readAsked(parameters, given),
    (thrown: Error) => {
      const told = thrown.message.split('\n').map((line) => line.split(':')[0])
      assert.deepEqual(told, ['limt', 'at', 'gap', 'limit', 'unit', 'cell'])
      assert.match(thrown.message, /did you mean limit\?/)
      assert.match(thrown.message, /Did you mean week\?/)
      return true
    },
  )
})

test('the path to the people asks what was asked, for one cell', () => {
  const asked = readAsked(parameters, { words: 'a,b', steps: ['x&y=1,z'], unit: 'week' })
  const path = peoplePath({ name: 'some', parameters }, asked, { cell: 'c d' })
  assert.equal(path, '/api/some/people?words=a&words=b&steps=x%26y%3D1%2Cz&unit=week&cell=c+d')
  const { searchParams } = new URL(path, 'http://shop')
  const given = Object.fromEntries(
    [...searchParams.keys()].map((key) => [key, searchParams.getAll(key)]),
  )
  assert.deepEqual(readAsked(parameters, given), { ...asked, cell: 'c d' })
})
