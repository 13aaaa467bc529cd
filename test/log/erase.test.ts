/**
 * Records are taken out of live segments in place, also of the one that is being written. Whatever
 * ends the process at whichever file operation: all other records stay, and doing it again ends it.
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ArchiveFolder } from '../../src/log/files/archive_folder.ts'
import { eraseLog } from '../../src/log/files/erase_log.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { type Machine, thisMachine } from '../../src/log/files/machine.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import {
  firstSegment,
  lines,
  namesIn,
  openReader,
  openWriter,
  readAll,
  temporaryDirectory,
} from './lanes.ts'
import { Computer } from './torture/computer.ts'

const DIRECTORY = '/data/log'
const SETTINGS = {
  segment_bytes_max: 400,
  append_queue_bytes_max: 1_000_000,
  log_reserve_mb: 0,
  sync_ms_max: 10_000,
}
const TORN = ['one byte', 'all but the middle'] as const
const GONE = '{"record":"erased"}'

const isTheirs = (line: string) => line.includes('"theirs')
const erasing = (machine: Machine) => ({
  directory: DIRECTORY,
  archive: new ArchiveFolder('/data/archive/log', machine.files),
  machine,
  replace: (line: string) => (isTheirs(line) ? GONE : null),
  rewrite: async () => 0,
  how: 'erase' as const,
})

/** Five groups over three segments; the last segment stays open. */
async function write(computer: Computer) {
  const { machine } = computer.start()
  const { clock } = computer
  const options = { directory: DIRECTORY, lane: 'live', settings: SETTINGS, clock, machine }
  const writer = await openLaneWriter(options)
  for (let group = 0; group < 5; group++) {
    await writer.append(lines(`a${group}`, `theirs${group}`, `b${group}`), 3)
  }
  return writer
}

/** All lines of the lane in order, checksums verified. */
async function linesOf(machine: Machine): Promise<readonly string[]> {
  const log = openFileLog({ directory: DIRECTORY, spool: '/data/run/spool', machine })
  const told: string[] = []
  for (let position = 0; ; position = told.length) {
    const limits = { records_max: 1_000, bytes_max: 1_000_000 }
    const slices = await log.read(new Map([['live', position]]), limits)
    if (slices.length === 0) break
    for (const { file, bytes } of slices) {
      const opened = await machine.files.open(file, 'read')
      const buffer = Buffer.alloc(bytes)
      await opened.read(buffer, 0)
      await opened.close()
      told.push(...buffer.toString().split('\n').slice(0, -1))
    }
  }
  await log.close()
  return told
}

const names = (told: readonly string[]) =>
  told.map((line) => {
    if (line.trimEnd() === GONE) return 'gone'
    return (JSON.parse(line) as { event_id: string }).event_id
  })
const EXPECTED = [0, 1, 2, 3, 4].flatMap((group) => [`a${group}`, 'gone', `b${group}`])

test('takes records out of every segment, and the writer goes on in the open one', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'live', { segment_bytes_max: 400 })
  t.after(() => writer.close())
  const read = openReader(data)
  for (let group = 0; group < 5; group++) {
    await writer.append(lines(`a${group}`, `theirs${group}`, `b${group}`), 3)
  }
  const before = await readAll(read)
  assert.equal(before.get('live')?.length, 15)
  const erased = await eraseLog({
    ...erasing(thisMachine),
    directory: `${data}/log`,
    archive: new ArchiveFolder(`${data}/archive/log`),
    replace: (line) => (isTheirs(line) ? '{"record":"erased","event_id":"-"}' : null),
  })
  const records = erased.segments.reduce((sum, segment) => sum + segment.records, 0)
  assert.deepEqual([records, erased.unreadable], [5, []])
  await writer.append(lines('new'), 1)
  // The same reader, which knows places in the segments from before.
  const after = (await readAll(read)).get('live')
  assert.deepEqual(after, [...EXPECTED.map((name) => (name === 'gone' ? '-' : name)), 'new'])
  await read.close()
})

test('only looks where it is told to, and only counts where it is told so', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'live')
  await writer.append(lines('theirs1', 'a'), 2)
  await writer.append(lines('theirs2', 'b'), 2)
  await writer.close()
  const parts = {
    ...erasing(thisMachine),
    directory: `${data}/log`,
    archive: new ArchiveFolder(`${data}/archive/log`),
    replace: (line: string) => (isTheirs(line) ? '{"event_id":"-"}' : null),
  }
  const counted = await eraseLog({ ...parts, how: 'count' })
  assert.equal(counted.segments[0]?.records, 2)
  const places = [{ lane: 'live', first_position: 2, count: 2 }]
  assert.equal((await eraseLog({ ...parts, places })).segments[0]?.records, 1)
  const log = openReader(data)
  const [slice] = await log.read(new Map(), { records_max: 100, bytes_max: 10_000 })
  assert.deepEqual(slice && (await namesIn(slice)), ['theirs1', 'a', '-', 'b'])
  await log.close()
})

test('says what it cannot read, and takes out the rest', async (t) => {
  const data = await temporaryDirectory(t)
  const writer = await openWriter(data, 'live')
  for (const name of ['1', '2', '3']) await writer.append(lines(`theirs${name}`, `a${name}`), 2)
  await writer.close()
  const file = firstSegment(data, 'live')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('"a2"', '"a7"'))
  const { unreadable, segments } = await eraseLog({
    ...erasing(thisMachine),
    directory: `${data}/log`,
    archive: new ArchiveFolder(`${data}/archive/log`),
  })
  assert.deepEqual(
    unreadable.map(({ from, to }) => [from, to]),
    [[2, 4]],
  )
  assert.equal(segments[0]?.records, 2)
  assert.equal(
    readFileSync(file, 'utf8')
      .match(/theirs\d/g)
      ?.join(),
    'theirs2',
  )
})

for (const kind of ['kill', 'power'] as const) {
  test(`a ${kind} at any file operation of it loses nobody else's records`, async (t) => {
    const whole = new Computer(1, null)
    await write(whole)
    const from = whole.operations.length
    await eraseLog(erasing(whole.start().machine))
    const to = whole.operations.length
    assert.ok(to - from > 40, 'there are too few operations to prove anything')
    let cases = 0
    for (let at = from + 1; at <= to; at++) {
      const torn = whole.operations[at - 1] === 'write' ? TORN : []
      for (const when of ['before', 'after', ...torn] as const) {
        const survivals =
          kind === 'kill' ? (['everything'] as const) : (['nothing', 'some'] as const)
        for (const survival of survivals) {
          const fault = kind === 'kill' ? { kind, when } : { kind, when, survival }
          await interrupted(new Computer(at, { at, fault }))
          cases += 1
        }
      }
    }
    t.diagnostic(`${cases} cases over ${to - from} operations`)
  })
}

async function interrupted(computer: Computer): Promise<void> {
  const writer = await write(computer)
  const eraser = computer.start()
  await Promise.race([eraseLog(erasing(eraser.machine)), eraser.ended])
  const isPowerLost = computer.power === 'lost'
  if (isPowerLost) computer.restorePower()
  else if (eraser.state === 'ended') {
    // The collector lives on, and what it adds stands behind what was changed.
    await writer.append(lines('a5', 'theirs5', 'b5'), 3)
    await writer.close()
  } else await writer.close()
  const { machine } = computer.start()
  const { clock } = computer
  const options = { directory: DIRECTORY, lane: 'live', settings: SETTINGS, clock, machine }
  const again = await openLaneWriter(options)
  const found = names(await linesOf(machine))
  assert.deepEqual(
    found.filter((name) => name !== 'gone' && !name.startsWith('theirs')),
    found.length === 15
      ? EXPECTED.filter((name) => name !== 'gone')
      : [...EXPECTED.filter((name) => name !== 'gone'), 'a5', 'b5'],
  )
  await eraseLog(erasing(machine))
  const expected = found.length === 15 ? EXPECTED : [...EXPECTED, 'a5', 'gone', 'b5']
  assert.deepEqual(names(await linesOf(machine)), expected)
  await again.close()
}
