import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import {
  filesOf,
  firstSegment,
  lines,
  openReader,
  openWriter,
  readAll,
  temporaryDirectory,
} from './lanes.ts'

async function commitsIn(file: string): Promise<readonly { first: number; count: number }[]> {
  const text = await readFile(file, 'utf8')
  const rows = text.split('\n').slice(0, -1)
  return rows.map((row) => JSON.parse(row).commit).filter((commit) => commit !== undefined)
}

test('gives back what was appended, by lane and in order', async (t) => {
  const data = await temporaryDirectory(t)
  const web = await openWriter(data, 'web')
  const app = await openWriter(data, 'app')
  assert.deepEqual(await web.append(lines('w0', 'w1'), 2), { first_position: 0, count: 2 })
  assert.deepEqual(await app.append(lines('a0'), 1), { first_position: 0, count: 1 })
  assert.deepEqual(await web.append(lines('w2'), 1), { first_position: 2, count: 1 })
  const log = openReader(data)
  assert.deepEqual(
    await readAll(log),
    new Map([
      ['app', ['a0']],
      ['web', ['w0', 'w1', 'w2']],
    ]),
  )
  await Promise.all([web.close(), app.close(), log.close()])
})

test('goes on where it ended when a lane is opened again', async (t) => {
  const data = await temporaryDirectory(t)
  for (const name of ['one', 'two', 'three']) {
    const writer = await openWriter(data, 'web')
    await writer.append(lines(name), 1)
    await writer.close()
  }
  const log = openReader(data)
  assert.deepEqual((await readAll(log)).get('web'), ['one', 'two', 'three'])
  await log.close()
})

test('writes the appends that wait together as one group', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web')
  const numbers = Array.from({ length: 50 }, (_, number) => number)
  const answers = await Promise.all(numbers.map((number) => writer.append(lines(number), 1)))
  assert.deepEqual(
    answers.map((answer) => answer.first_position),
    numbers,
  )
  const [commit, ...others] = await commitsIn(firstSegment(data, 'web'))
  assert.deepEqual([commit?.first, commit?.count, others.length], [0, 50, 0])
  await writer.close()
})

test('seals a segment at its bound and names the next by its first position', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web', { segment_bytes_max: 200 })
  for (let number = 0; number < 6; number++) await writer.append(lines(number, `${number}b`), 2)
  await writer.close()
  assert.deepEqual(await filesOf(data, 'web'), [
    '00000000000000000000.ndjson',
    '00000000000000000004.ndjson',
    '00000000000000000008.ndjson',
    'durable-mark.json',
  ])
  const log = openReader(data)
  const [lane] = await log.lanes()
  assert.deepEqual([lane?.first_position, lane?.durable_position, lane?.segments], [0, 12, 3])
  assert.equal((await readAll(log)).get('web')?.length, 12)
  await log.close()
})

test('begins a new segment when it opens a lane whose last one is full', async (t) => {
  const data = await temporaryDirectory(t)
  for (const name of ['one', 'two']) {
    const writer = await openWriter(data, 'web', { segment_bytes_max: 10 })
    await writer.append(lines(name), 1)
    await writer.close()
  }
  const log = openReader(data)
  assert.equal((await log.lanes())[0]?.segments, 2)
  assert.deepEqual((await readAll(log)).get('web'), ['one', 'two'])
  await log.close()
})

test('refuses lines that could not be read back', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web')
  const forged = Buffer.concat([lines('one'), Buffer.from('{"commit":{"first":0}}\n')])
  await assert.rejects(writer.append(forged, 2), TypeError)
  await assert.rejects(writer.append(Buffer.from('{"record":"event"}'), 1), TypeError)
  await assert.rejects(writer.append(Buffer.alloc(0), 1), TypeError)
  await assert.rejects(writer.append(lines('one'), 0), TypeError)
  assert.deepEqual(await writer.append(lines('good'), 1), { first_position: 0, count: 1 })
  await writer.close()
})

test('writes what already waits when it is closed, and refuses what comes later', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web')
  const waiting = writer.append(lines('waiting'), 1)
  const closed = writer.close()
  await assert.rejects(writer.append(lines('late'), 1), { code: 'LOG_FAILED' })
  assert.deepEqual(await waiting, { first_position: 0, count: 1 })
  await closed
})

test('refuses a lane name that leaves the directory of the log', async (t) => {
  const data = await temporaryDirectory(t)
  for (const name of ['../web', 'a/b', '', '.', '..', 'x'.repeat(101)]) {
    await assert.rejects(openWriter(data, name), { code: 'USAGE' })
  }
})
