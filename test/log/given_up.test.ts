/** Damage that somebody gives up: what is lost is named exactly, and all else goes on. */
import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Offsets } from '../../src/log/contract.ts'
import { examineLane } from '../../src/log/files/examine.ts'
import { realFiles } from '../../src/log/files/file_system.ts'
import { giveUp } from '../../src/log/files/given_up.ts'
import {
  after,
  lines,
  NO_LIMITS,
  namesIn,
  openReader,
  openWriter,
  temporaryDirectory,
} from './lanes.ts'

const LANE = 'web'
const GROUPS = 12
const RECORDS = 2 * GROUPS

/** Three groups of two records a segment: segments begin at positions 0, 6, 12 and 18. */
async function damagedLane(
  data: string,
  harm: (segments: readonly string[]) => Promise<void>,
): Promise<void> {
  const writer = await openWriter(data, LANE, { segment_bytes_max: 300 })
  for (let at = 0; at < RECORDS; at += 2) {
    await writer.append(lines(nameOf(at), nameOf(at + 1)), 2)
  }
  await writer.close()
  const folder = join(data, 'log', LANE)
  const segments = (await readdir(folder)).filter((name) => name.endsWith('.ndjson')).sort()
  assert.equal(segments.length, 4)
  await harm(segments.map((name) => join(folder, name)))
}

const nameOf = (position: number) => 100 + position

const examine = (data: string) => examineLane(realFiles, join(data, 'log'), LANE)

async function giveUpAll(data: string): Promise<readonly (readonly [number, number])[]> {
  const { damages } = await examine(data)
  for (const damage of damages) {
    const at = '2026-01-31T12:00:00.000Z'
    await giveUp(realFiles, join(data, 'log', LANE), { ...damage, at })
  }
  return damages.map(({ from, to }) => [from, to])
}

/** Every record that is left, by its position, and where a reader ends up. */
async function readOn(data: string, records_max: number) {
  const log = openReader(data)
  const found: string[] = []
  let offsets: Offsets = new Map()
  for (;;) {
    const slices = await log.read(offsets, { ...NO_LIMITS, records_max })
    if (slices.length === 0) break
    for (const slice of slices) found.push(...(await namesIn(slice)))
    offsets = after(offsets, slices)
  }
  await log.close()
  return { found, end: offsets.get(LANE) }
}

async function flip(file: string, text: string): Promise<void> {
  const content = await readFile(file, 'latin1')
  const at = content.indexOf(text) + text.length - 1
  assert.ok(at > 0, `${text} stands in the segment`)
  const changed = content[at] === '9' ? '8' : '9'
  await writeFile(file, content.slice(0, at) + changed + content.slice(at + 1), 'latin1')
}

const first = (segments: readonly string[], at: number) => segments[at] ?? assert.fail('no segment')

const HARMS: Readonly<
  Record<string, readonly [(segments: readonly string[]) => Promise<void>, [number, number][]]>
> = {
  'a changed byte in a sealed segment': [
    (segments) => flip(first(segments, 1), '"event_id":"108'),
    [[8, 10]],
  ],
  'a changed byte in the first group of all': [
    (segments) => flip(first(segments, 0), '"event_id":"100'),
    [[0, 2]],
  ],
  'a changed number in a commit line': [
    (segments) => flip(first(segments, 2), '"commit":{"first":14'),
    [[14, 16]],
  ],
  'damage in two segments': [
    async (segments) => {
      await flip(first(segments, 0), '"event_id":"105')
      await flip(first(segments, 2), '"event_id":"112')
    },
    [
      [4, 6],
      [12, 14],
    ],
  ],
  'a sealed segment cut in half': [(segments) => truncate(first(segments, 1), 180), [[8, 12]]],
  'a sealed segment that is gone': [(segments) => rm(first(segments, 1)), [[6, 12]]],
  'the open segment cut below its durable bytes': [
    (segments) => truncate(first(segments, 3), 180),
    [[20, 24]],
  ],
  'the open segment emptied': [(segments) => truncate(first(segments, 3), 0), [[18, 24]]],
  'the open segment gone': [(segments) => rm(first(segments, 3)), [[18, 24]]],
  'a changed byte in the open segment': [
    (segments) => flip(first(segments, 3), '"event_id":"120'),
    [[20, 22]],
  ],
  'a changed byte in the open segment, and the mark gone': [
    async (segments) => {
      await flip(first(segments, 3), '"event_id":"120')
      await rm(join(first(segments, 3), '..', 'durable-mark.json'))
    },
    [[20, 22]],
  ],
  'the last two groups changed, and the mark gone': [
    async (segments) => {
      await flip(first(segments, 3), '"event_id":"120')
      await flip(first(segments, 3), '"event_id":"122')
      await rm(join(first(segments, 3), '..', 'durable-mark.json'))
    },
    [[20, 24]],
  ],
}

for (const [name, [harm, lost]] of Object.entries(HARMS)) {
  test(`${name}: found exactly, given up, and the lane goes on`, async (t) => {
    const data = await temporaryDirectory(t)
    await damagedLane(data, harm)
    assert.deepEqual(await giveUpAll(data), lost)
    const isLost = (at: number) => lost.some(([from, to]) => from <= at && at < to)
    const kept = Array.from({ length: RECORDS }, (_, at) => at).filter((at) => !isLost(at))
    const writer = await openWriter(data, LANE, { segment_bytes_max: 300 })
    for (const records_max of [1, 3, NO_LIMITS.records_max]) {
      assert.deepEqual(await readOn(data, records_max), {
        found: kept.map((at) => String(nameOf(at))),
        end: RECORDS,
      })
    }
    assert.deepEqual(await writer.append(lines('more'), 1), { first_position: RECORDS, count: 1 })
    await writer.close()
    const again = await openWriter(data, LANE, { segment_bytes_max: 300 })
    await again.append(lines('again'), 1)
    await again.close()
    const { found, end } = await readOn(data, NO_LIMITS.records_max)
    assert.deepEqual([found.slice(-2), end], [['more', 'again'], RECORDS + 2])
    const { damages, records } = await examine(data)
    assert.deepEqual([damages, records], [[], kept.length + 2])
  })
}

test('a lane whose open segment lost durable bytes takes nothing before that is given up', async (t) => {
  const data = await temporaryDirectory(t)
  await damagedLane(data, (segments) => truncate(first(segments, 3), 180))
  await assert.rejects(openWriter(data, LANE), { code: 'LOG_CORRUPT', message: /doctor/ })
})

test('a torn end is no damage: it is told as such and nothing is to be given up', async (t) => {
  const data = await temporaryDirectory(t)
  await damagedLane(data, async (segments) => {
    const torn = (await readFile(first(segments, 3), 'utf8')).slice(0, 90)
    await writeFile(first(segments, 3), torn, { flag: 'a' })
  })
  const { damages, tail_bytes, records } = await examine(data)
  assert.deepEqual([damages, tail_bytes, records], [[], 90, RECORDS])
})

test('a segment that is whole again is read again once its note is taken away', async (t) => {
  const data = await temporaryDirectory(t)
  const folder = join(data, 'log', LANE)
  await damagedLane(data, async (segments) => {
    await copyFile(first(segments, 1), join(data, 'backup'))
    await flip(first(segments, 1), '"event_id":"108')
  })
  await giveUpAll(data)
  const names = await readdir(folder)
  const note = names.find((name) => name.startsWith('given-up-')) ?? assert.fail('no note')
  const told = JSON.parse(await readFile(join(folder, note), 'utf8'))
  assert.deepEqual([told.lane, told.from, told.to, told.records], [LANE, 8, 10, 2])
  await copyFile(join(data, 'backup'), join(folder, told.segment))
  const still = await readOn(data, NO_LIMITS.records_max)
  assert.deepEqual([still.found.length, still.end], [RECORDS - 2, RECORDS])
  await rm(join(folder, note))
  assert.equal((await readOn(data, NO_LIMITS.records_max)).found.length, RECORDS)
})

test('a segment that is put back while a reader is at work is read on', async (t) => {
  const data = await temporaryDirectory(t)
  await damagedLane(data, async (segments) => {
    await copyFile(first(segments, 1), join(data, 'backup'))
    await truncate(first(segments, 1), 180)
  })
  const log = openReader(data)
  const offsets = new Map([[LANE, 8]])
  await assert.rejects(log.read(offsets, NO_LIMITS), { code: 'LOG_CORRUPT' })
  await copyFile(join(data, 'backup'), join(data, 'log', LANE, '00000000000000000006.ndjson'))
  const slices = await log.read(offsets, NO_LIMITS)
  assert.equal(after(offsets, slices).get(LANE), RECORDS)
  await log.close()
})
