/**
 * Writers, readers and the change of segments against each other: a scheduler decides in which
 * order their file operations are done, on real files. A counterexample says its seed and path.
 */
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc, { type Scheduler } from 'fast-check'
import type { LaneWriter, Offsets } from '../../src/log/contract.ts'
import { type FileSystem, type OpenFile, realFiles } from '../../src/log/files/file_system.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { type Machine, thisMachine } from '../../src/log/files/machine.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import { systemClock } from '../../src/std/clock.ts'
import { after, lines, NO_LIMITS, namesIn, SETTINGS, temporaryDirectory } from './lanes.ts'

const RUNS = Number(process.env.CLICKPATH_TEST_RUNS ?? 25)
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))
/** One or two groups a segment. */
const SEGMENT_BYTES = 150

/** Does each operation when the scheduler says so. */
function scheduledMachine(scheduler: Scheduler): Machine {
  const inTurn = <A extends unknown[], R>(name: string, work: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      await scheduler.schedule(Promise.resolve(), name)
      return work(...args)
    }
  }
  const fileOf = (file: OpenFile): OpenFile => ({
    read: inTurn('read', (into, byte) => file.read(into, byte)),
    write: inTurn('write', (bytes, byte) => file.write(bytes, byte)),
    writeNow: (bytes, byte) => file.writeNow(bytes, byte),
    truncate: inTurn('truncate', (bytes) => file.truncate(bytes)),
    sync: inTurn('sync', () => file.sync()),
    size: inTurn('size', () => file.size()),
    close: inTurn('close', () => file.close()),
  })
  const files: FileSystem = {
    open: inTurn('open', async (path, mode) => fileOf(await realFiles.open(path, mode))),
    makeDirectory: inTurn('make directory', (path) => realFiles.makeDirectory(path)),
    syncDirectory: inTurn('sync directory', (path) => realFiles.syncDirectory(path)),
    list: inTurn('list', (path) => realFiles.list(path)),
    rename: inTurn('rename', (from, to) => realFiles.rename(from, to)),
    remove: inTurn('remove', (path) => realFiles.remove(path)),
    size: inTurn('size of', (path) => realFiles.size(path)),
    freeBytes: (path) => realFiles.freeBytes(path),
  }
  return { ...thisMachine, files }
}

interface Lane {
  readonly name: string
  /** Numbers of records in each append. */
  readonly appends: readonly number[]
  /** How many are under way at once. */
  readonly senders: number
  /** After so many appends the lane is closed and opened again. */
  readonly reopen_after: number
}

const laneOf = (name: string): fc.Arbitrary<Lane> =>
  fc.record({
    name: fc.constant(name),
    appends: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
    senders: fc.integer({ min: 1, max: 3 }),
    reopen_after: fc.integer({ min: 1, max: 14 }),
  })

/** Appends everything; answers what was acknowledged at which position. */
async function append(
  directory: string,
  { name, appends, senders, reopen_after }: Lane,
  machine: Machine,
): Promise<ReadonlyMap<number, string>> {
  const settings = { ...SETTINGS, segment_bytes_max: SEGMENT_BYTES }
  const held = new Map<number, string>()
  const queue = appends.map((count, at) => ({ count, at }))
  const open = () =>
    openLaneWriter({ directory, lane: name, settings, clock: systemClock, machine })
  const send = async (writer: LaneWriter, most: number): Promise<void> => {
    for (let sent = 0; sent < most; sent++) {
      const next = queue.shift()
      if (!next) return
      const names = Array.from({ length: next.count }, (_, row) => `${name}-${next.at}-${row}`)
      const { first_position } = await writer.append(lines(...names), next.count)
      for (const [row, one] of names.entries()) held.set(first_position + row, one)
    }
  }
  while (queue.length > 0) {
    const writer = await open()
    await Promise.all(Array.from({ length: senders }, () => send(writer, reopen_after)))
    await writer.close()
  }
  return held
}

/** Reads again and again while others write; what was given, per lane, in order. */
async function follow(
  directory: string,
  spool: string,
  machine: Machine,
  records_max: number,
  isWriting: () => boolean = () => false,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const log = openFileLog({ directory, spool, machine })
  const given = new Map<string, string[]>()
  let offsets: Offsets = new Map()
  for (let more = true; more; ) {
    more = isWriting()
    const slices = await log.read(offsets, { ...NO_LIMITS, records_max })
    for (const slice of slices) {
      const before = given.get(slice.lane) ?? []
      assert.equal(slice.first_position, before.length, 'nothing is passed over or given twice')
      given.set(slice.lane, [...before, ...(await namesIn(slice))])
      more = true
    }
    offsets = after(offsets, slices)
  }
  await log.close()
  return given
}

test(`readers see what is acknowledged, in order and once, whatever overlaps (seed ${SEED})`, async (t) => {
  const directory = await temporaryDirectory(t)
  let run = 0
  let reads_meanwhile = 0
  const property = fc.asyncProperty(
    fc.scheduler(),
    laneOf('web'),
    laneOf('app'),
    fc.integer({ min: 1, max: 30 }),
    async (scheduler, web, app, records_max) => {
      run += 1
      const log = join(directory, String(run))
      const machine = scheduledMachine(scheduler)
      let writing = true
      const appended = Promise.all([append(log, web, machine), append(log, app, machine)])
      const written = appended.finally(() => {
        writing = false
      })
      const spool = (number: number) => join(directory, `spool-${run}-${number}`)
      const isWriting = () => {
        if (writing) reads_meanwhile += 1
        return writing
      }
      const followed = [
        follow(log, spool(1), machine, records_max, isWriting),
        follow(log, spool(2), machine, 1_000, isWriting),
      ]
      await scheduler.waitFor(Promise.all([written, ...followed]))
      const [inWeb, inApp] = await written
      const held = { web: textOf(inWeb), app: textOf(inApp) }
      for (const given of await Promise.all(followed)) {
        assert.deepEqual({ web: given.get('web'), app: given.get('app') }, held)
      }
      const still = await follow(log, spool(3), thisMachine, 1_000)
      assert.deepEqual({ web: still.get('web'), app: still.get('app') }, held)
      await rm(log, { recursive: true })
    },
  )
  await fc.assert(property, { numRuns: RUNS, seed: SEED })
  assert.ok(reads_meanwhile > RUNS, 'nothing was read while it was written')
  t.diagnostic(`${RUNS} schedules, ${reads_meanwhile} reads while others wrote`)
})

/** In order of position; every position must be there. */
function textOf(held: ReadonlyMap<number, string>): readonly string[] {
  return Array.from({ length: held.size }, (_, position) => {
    const name = held.get(position)
    assert.ok(name !== undefined, `position ${position} was acknowledged to nobody`)
    return name
  })
}
