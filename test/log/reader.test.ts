import assert from 'node:assert/strict'
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Offsets } from '../../src/log/contract.ts'
import {
  after,
  firstSegment,
  lines,
  NO_LIMITS,
  namesIn,
  openReader,
  openWriter,
  readAll,
  temporaryDirectory,
} from './lanes.ts'

const TINY_LIMITS = { records_max: 1, bytes_max: 1 }

test('has no lanes where nothing was collected yet, and sees lanes that appear', async (t) => {
  const data = await temporaryDirectory(t)
  const log = openReader(data)
  assert.deepEqual(await log.lanes(), [])
  assert.deepEqual(await log.read(new Map(), NO_LIMITS), [])
  const writer = await openWriter(data, 'web')
  await writer.append(lines('one'), 1)
  assert.deepEqual(
    (await log.lanes()).map(({ lane, durable_position }) => [lane, durable_position]),
    [['web', 1]],
  )
  assert.deepEqual((await readAll(log)).get('web'), ['one'])
  await writer.close()
  await log.close()
})

test('never passes the durable mark, whatever the segment holds', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web')
  await writer.append(lines('durable'), 1)
  const group = await readFile(firstSegment(data, 'web'), 'utf8')
  await appendFile(firstSegment(data, 'web'), group.replace('"first":0', '"first":1'))
  const log = openReader(data)
  assert.equal((await log.lanes())[0]?.durable_position, 1)
  assert.deepEqual((await readAll(log)).get('web'), ['durable'])
  await log.close()
  await writer.close()
})

test('gives whole groups only, one at least, within its limits', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web', { segment_bytes_max: 500 })
  for (let group = 0; group < 10; group++) {
    await writer.append(lines(`${group}a`, `${group}b`, `${group}c`), 3)
  }
  await writer.close()
  const log = openReader(data)
  const counts = async (limits: typeof NO_LIMITS): Promise<readonly number[]> =>
    (await log.read(new Map(), limits)).map(({ count }) => count)
  assert.deepEqual(await counts(TINY_LIMITS), [3])
  assert.deepEqual(await counts({ ...NO_LIMITS, records_max: 5 }), [3])
  assert.deepEqual(await counts({ ...NO_LIMITS, records_max: 10 }), [9])
  assert.deepEqual(await counts({ ...NO_LIMITS, bytes_max: lines('0a').length * 7 }), [6])
  assert.deepEqual(await counts(NO_LIMITS), [9, 9, 9, 3])
  const small_steps = await readAll(log, TINY_LIMITS)
  assert.deepEqual(small_steps, await readAll(log))
  assert.equal(small_steps.get('web')?.length, 30)
  await log.close()
})

test('gives a group larger than its chunks whole', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web')
  const large = Array.from({ length: 200_000 }, (_, number) => number)
  await writer.append(Buffer.concat(large.map((number) => lines(number))), large.length)
  await writer.append(lines('small'), 1)
  await writer.close()
  const log = openReader(data)
  const [slice] = await log.read(new Map(), TINY_LIMITS)
  assert.equal(slice?.count, large.length)
  assert.equal((await readAll(log)).get('web')?.length, large.length + 1)
  await log.close()
})

test('goes on from any group after a restart, and refuses a position inside one', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web', { segment_bytes_max: 300 })
  for (let group = 0; group < 8; group++) await writer.append(lines(`${group}a`, `${group}b`), 2)
  await writer.close()
  for (let group = 0; group < 8; group++) {
    const log = openReader(data)
    const [slice] = await log.read(new Map([['web', group * 2]]), TINY_LIMITS)
    assert.deepEqual(slice && (await namesIn(slice)), [`${group}a`, `${group}b`])
    await assert.rejects(log.read(new Map([['web', group * 2 + 1]]), NO_LIMITS), {
      code: 'LOG_CORRUPT',
      message: /no group begins at this position/,
    })
    await log.close()
  }
})

test('gives every lane its turn, however small the limits', async (t) => {
  const data = await temporaryDirectory(t)
  const lanes = ['busy', 'calm', 'slow']
  for (const lane of lanes) {
    const writer = await openWriter(data, lane)
    const groups = lane === 'busy' ? 50 : 2
    for (let group = 0; group < groups; group++) await writer.append(lines(`${lane}${group}`), 1)
    await writer.close()
  }
  const log = openReader(data)
  const together = await log.read(new Map(), { ...NO_LIMITS, records_max: 10 })
  assert.deepEqual(
    together.map(({ lane, count }) => [lane, count]),
    [
      ['busy', 6],
      ['calm', 2],
      ['slow', 2],
    ],
  )
  const served = new Set<string>()
  let offsets: ReadonlyMap<string, number> = new Map()
  for (let turn = 0; turn < 3; turn++) {
    const slices = await log.read(offsets, TINY_LIMITS)
    for (const { lane } of slices) served.add(lane)
    offsets = after(offsets, slices)
  }
  assert.deepEqual([...served].sort(), lanes)
  await log.close()
})

test('notices any changed byte in a sealed segment and names its place', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web', { segment_bytes_max: 200 })
  for (const name of ['a', 'b', 'c', 'd']) await writer.append(lines(name), 1)
  await writer.close()
  const file = firstSegment(data, 'web')
  const good = await readFile(file)
  const groups = ['a', 'b', 'c'].map((name) => good.indexOf(lines(name)))
  const log = openReader(data)
  for (let byte = 0; byte < good.length; byte++) {
    const bad = Buffer.from(good)
    bad.writeUInt8(good.readUInt8(byte) ^ 1, byte)
    await writeFile(file, bad)
    const place = `position ${groups.findLastIndex((start) => start <= byte)}`
    await assert.rejects(
      readAll(log),
      { code: 'LOG_CORRUPT', message: new RegExp(`Lane web, segment 0{20}\\.ndjson .*${place}`) },
      `byte ${byte}`,
    )
  }
  await writeFile(file, good)
  assert.deepEqual((await readAll(log)).get('web'), ['a', 'b', 'c', 'd'])
  await log.close()
})

test('gives all that is not damaged, before and after it and in other lanes', async (t) => {
  const data = await temporaryDirectory(t)
  const groups = ['a', 'b', 'c', 'd', 'e', 'f']
  const writer = await openWriter(data, 'web', { segment_bytes_max: 300 })
  for (const name of groups) await writer.append(lines(name, `${name}2`), 2)
  const other = await openWriter(data, 'zebra')
  await other.append(lines('other'), 1)
  await Promise.all([writer.close(), other.close()])
  const file = firstSegment(data, 'web')
  const good = await readFile(file)
  const first_segment = groups.filter((name) => good.includes(lines(name)))
  assert.equal(first_segment.length, 3)
  const starts = first_segment.map((name) => good.indexOf(lines(name)))
  for (let byte = 0; byte < good.length; byte += 4) {
    const bad = Buffer.from(good)
    bad.writeUInt8(good.readUInt8(byte) ^ 1, byte)
    await writeFile(file, bad)
    const damaged = starts.findLastIndex((start) => start <= byte)
    const { given, told } = await readAround(data)
    const whole = groups.filter((_, group) => group !== damaged)
    assert.deepEqual(
      given.get('web'),
      whole.flatMap((name) => [name, `${name}2`]),
      `byte ${byte}`,
    )
    assert.deepEqual(given.get('zebra'), ['other'])
    assert.equal(told, `position ${damaged * 2}`)
  }
})

test('gives the segments before a damaged one in the same read as without it', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web', { segment_bytes_max: 1 })
  for (const name of ['a', 'b', 'c', 'd']) await writer.append(lines(name), 1)
  await writer.close()
  const third = join(data, 'log', 'web', '00000000000000000002.ndjson')
  const bad = await readFile(third)
  bad.writeUInt8(bad.readUInt8(3) ^ 1, 3)
  await writeFile(third, bad)
  const log = openReader(data)
  const slices = await log.read(new Map(), NO_LIMITS)
  assert.deepEqual(
    slices.map(({ first_position }) => first_position),
    [0, 1],
  )
  await assert.rejects(log.read(after(new Map(), slices), NO_LIMITS), {
    message: /position 2: .* from 3 on/,
  })
  assert.equal((await log.read(new Map([['web', 3]]), NO_LIMITS))[0]?.first_position, 3)
  await log.close()
})

/** Reads on where the message of the damage says that the log is whole again. */
async function readAround(data: string) {
  const log = openReader(data)
  const given = new Map<string, string[]>()
  let offsets: Offsets = new Map()
  let told = ''
  for (let reads = 0; ; reads++) {
    assert.ok(reads < 20, 'it never comes to an end')
    const slices = await log.read(offsets, NO_LIMITS).catch((error: Error) => {
      told = /position \d+/.exec(error.message)?.[0] ?? ''
      const on = / from (\d+) on/.exec(error.message)?.[1]
      // The damage is told at every other read as long as other lanes have something.
      if (given.size > 0) offsets = new Map([...offsets, ['web', Number(on)]])
      return null
    })
    if (slices?.length === 0) break
    for (const slice of slices ?? []) {
      const names = given.get(slice.lane) ?? []
      given.set(slice.lane, [...names, ...(await namesIn(slice))])
    }
    offsets = after(offsets, slices ?? [])
  }
  await log.close()
  return { given, told }
}

test('says which records are gone when a sealed segment is cut short or missing', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'web', { segment_bytes_max: 200 })
  for (const name of ['a', 'b', 'c', 'd']) await writer.append(lines(name), 1)
  await writer.close()
  const file = firstSegment(data, 'web')
  const good = await readFile(file)
  const second_group = good.indexOf(lines('b'))
  await writeFile(file, good.subarray(0, second_group))
  const log = openReader(data)
  await assert.rejects(readAll(log), { code: 'LOG_CORRUPT', message: /position 1: it ends before/ })
  await rm(file)
  await assert.rejects(readAll(log), { code: 'LOG_CORRUPT', message: /no segment holds/ })
  assert.equal((await log.lanes())[0]?.first_position, 3)
  await log.close()
})

test('empties its spool of what a killed reader left, and removes it at close', async (t) => {
  const data = await temporaryDirectory(t)
  const spool = join(data, 'run', 'spool')
  await mkdir(spool, { recursive: true })
  await writeFile(join(spool, 'left-by-a-kill.ndjson'), 'x')
  const writer = await openWriter(data, 'web')
  await writer.append(lines('one'), 1)
  const log = openReader(data)
  await log.read(new Map(), NO_LIMITS)
  assert.deepEqual(await readdir(spool), ['web-00000000000000000000.ndjson'])
  await log.read(new Map([['web', 1]]), NO_LIMITS)
  assert.deepEqual(await readdir(spool), [])
  await log.close()
  assert.deepEqual(await readdir(join(data, 'run')), [])
  await writer.close()
})
