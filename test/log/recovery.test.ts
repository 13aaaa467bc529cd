import assert from 'node:assert/strict'
import { appendFile, copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { copyOf, firstSegment, lines, openWriter, readLane, temporaryDirectory } from './lanes.ts'

interface Interrupted {
  readonly data: string
  /**
   * The bytes of the segment, and where its last group begins, which the mark does not cover yet.
   */
  readonly bytes: Buffer
  readonly last_group: number
}

function markOf(data: string): string {
  return join(data, 'log', 'web', 'durable-mark.json')
}

/** A lane of three groups whose writer was killed between the third one's sync and its mark. */
async function interruptedLane(t: TestContext): Promise<Interrupted> {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web')
  await writer.append(lines('a', 'b'), 2)
  await writer.append(lines('c'), 1)
  const last_group = (await readFile(firstSegment(data, 'web'))).length
  await copyFile(markOf(data), join(data, 'mark'))
  await writer.append(lines('d', 'e'), 2)
  await writer.close()
  await copyFile(join(data, 'mark'), markOf(data))
  return { data, last_group, bytes: await readFile(firstSegment(data, 'web')) }
}

async function appendOne(data: string, name: string): Promise<number> {
  const writer = await openWriter(data, 'web')
  const { first_position } = await writer.append(lines(name), 1)
  await writer.close()
  return first_position
}

test('cuts a tail torn at any byte of the last group and keeps all before it', async (t) => {
  const { data, bytes, last_group } = await interruptedLane(t)
  for (let cut = last_group; cut < bytes.length; cut++) {
    await copyFile(join(data, 'mark'), markOf(data))
    await writeFile(firstSegment(data, 'web'), bytes.subarray(0, cut))
    assert.equal(await appendOne(data, 'next'), 3, `torn at byte ${cut}`)
    assert.deepEqual(await readLane(data, 'web'), ['a', 'b', 'c', 'next'], `torn at byte ${cut}`)
  }
})

test('cuts a last group of which the end reached the disk and the middle did not', async (t) => {
  const { data, bytes, last_group } = await interruptedLane(t)
  bytes.fill(0, last_group + 5, last_group + 30)
  await writeFile(firstSegment(data, 'web'), bytes)
  assert.equal(await appendOne(data, 'next'), 3)
  assert.deepEqual(await readLane(data, 'web'), ['a', 'b', 'c', 'next'])
})

test('keeps a whole group that the mark does not cover yet', async (t) => {
  const { data } = await interruptedLane(t)
  assert.deepEqual(await readLane(data, 'web'), ['a', 'b', 'c'])
  assert.equal(await appendOne(data, 'next'), 5)
  assert.deepEqual(await readLane(data, 'web'), ['a', 'b', 'c', 'd', 'e', 'next'])
})

test('recovers without a mark, or with a broken one, by reading the segment', async (t) => {
  const { data, bytes } = await interruptedLane(t)
  const broken = await copyOf(t, data)
  await rm(markOf(data))
  await truncate(firstSegment(data, 'web'), bytes.length - 1)
  assert.equal(await appendOne(data, 'next'), 3)
  await writeFile(markOf(broken), (await readFile(markOf(broken), 'utf8')).replace('3', '4'))
  assert.equal(await appendOne(broken, 'next'), 5)
})

test('opens a lane whose new segment never got a byte', async (t) => {
  const { data } = await interruptedLane(t)
  await appendOne(data, 'next')
  await writeFile(join(data, 'log', 'web', '00000000000000000006.ndjson'), '')
  assert.equal(await appendOne(data, 'last'), 6)
  assert.deepEqual(await readLane(data, 'web'), ['a', 'b', 'c', 'd', 'e', 'next', 'last'])
})

test('cuts nothing and says what is damaged when a marked group is gone', async (t) => {
  const { data, last_group } = await interruptedLane(t)
  await truncate(firstSegment(data, 'web'), last_group - 1)
  await assert.rejects(openWriter(data, 'web'), {
    code: 'LOG_CORRUPT',
    message: /Lane web, segment 00000000000000000000\.ndjson is damaged at position 3/,
  })
  assert.equal((await readFile(firstSegment(data, 'web'))).length, last_group - 1)
})

test('cuts nothing when whole groups follow the bad one', async (t) => {
  const { data, bytes } = await interruptedLane(t)
  await rm(markOf(data))
  bytes.write('X', 3)
  await writeFile(firstSegment(data, 'web'), bytes)
  await assert.rejects(openWriter(data, 'web'), { code: 'LOG_CORRUPT', message: /position 0/ })
  assert.deepEqual(await readFile(firstSegment(data, 'web')), bytes)
})

test('cuts bytes that no writer of the log wrote', async (t) => {
  const { data } = await interruptedLane(t)
  await appendFile(firstSegment(data, 'web'), Buffer.alloc(5_000_000, 0))
  assert.equal(await appendOne(data, 'next'), 5)
})
