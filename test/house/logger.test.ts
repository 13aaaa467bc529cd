/** What processes tell of themselves, as a person at a terminal reads it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentenceOf } from '../../src/std/logger.ts'

const entry = { level: 30, time: '2026-01-31T12:34:56.789Z', pid: 7, role: 'up', msg: 'ready' }

test('a log entry is one line: when, who, what', () => {
  assert.equal(sentenceOf(entry), '12:34:56 up       ready')
})

test('a warning says so, and details follow in brackets', () => {
  const warning = { ...entry, level: 40, role: 'collect', lane: 'live', tries: 3 }
  assert.equal(sentenceOf(warning), '12:34:56 collect  warn: ready (lane=live tries=3)')
})

test('an error tells its message, not its stack', () => {
  const failed = { ...entry, level: 60, err: { message: 'disk gone', stack: 'Error: ...\n at' } }
  assert.equal(sentenceOf(failed), '12:34:56 up       fatal: ready: disk gone')
})
