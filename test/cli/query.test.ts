import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataFolder, runToEnd } from './up_process.ts'

const ask = (directory: string, sql: string) =>
  runToEnd(['query', sql, '--data', directory, '--format', 'json'])

test('query without a server takes a closing comment, and names a mistake in one sentence', async (t) => {
  const directory = dataFolder(t)
  const answered = await ask(directory, 'SELECT 1 AS one -- a comment')
  assert.deepEqual(JSON.parse(answered.stdout), [{ one: 1 }])
  const mistaken = await ask(directory, 'SELECT nope FROM events')
  assert.equal(mistaken.code, 1)
  assert.match(mistaken.stderr, /^SQL_REFUSED: .*nope/)
})
