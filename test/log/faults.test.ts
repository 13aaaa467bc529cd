/** What the torture has found, each with the case that shows it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LaneWriter, Log } from '../../src/log/contract.ts'
import { type LaneImport, openLaneImport } from '../../src/log/files/lane_import.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import { lines, NO_LIMITS, SETTINGS } from './lanes.ts'
import { Computer, type Process } from './torture/computer.ts'
import type { Fault, Operation } from './torture/faults.ts'

const LOG = '/data/log'
const SEED = 1

function openWriter({ machine, computer: { clock } }: Process): Promise<LaneWriter> {
  return openLaneWriter({ directory: LOG, lane: 'web', settings: SETTINGS, clock, machine })
}

function openImport({ machine }: Process): Promise<LaneImport> {
  return openLaneImport({ directory: LOG, lane: 'last-year', machine })
}

function openReader({ machine }: Process): Log {
  return openFileLog({ directory: LOG, spool: '/data/run/spool', machine })
}

async function durablePositions(computer: Computer): Promise<Record<string, number>> {
  const lanes = await openReader(computer.start()).lanes()
  return Object.fromEntries(lanes.map(({ lane, durable_position }) => [lane, durable_position]))
}

/** The number of the first such operation of what is done, counted on a computer without faults. */
async function numberOf(
  operation: Operation,
  work: (computer: Computer) => Promise<unknown>,
  skipped = 0,
): Promise<number> {
  const computer = new Computer(SEED, null)
  await work(computer)
  const numbers = computer.operations.flatMap((one, index) =>
    one === operation ? [index + 1] : [],
  )
  return numbers[skipped] ?? assert.fail(`there is no ${operation}`)
}

async function cutPower(computer: Computer): Promise<void> {
  computer.losePower('nothing')
  computer.restorePower()
}

/** Adds a draft that nobody has synced. */
async function addDraft(lane: LaneImport, computer: Computer, draft = lane.draft()) {
  const change = { kind: 'write', byte: 0, bytes: Buffer.from('a\nb\n') } as const
  computer.disk.create(draft).change(change)
  return lane.add(draft, 2)
}

const EIO: Fault = { kind: 'error', code: 'EIO', part: 0 }

test('keeps a lane whose directory was made by a process that was killed before it synced', async () => {
  const makes = await numberOf('make directory', (computer) => openWriter(computer.start()))
  const computer = new Computer(SEED, { at: makes, fault: { kind: 'kill', when: 'after' } })
  const killed = computer.start()
  await Promise.race([openWriter(killed), killed.ended])
  const writer = await openWriter(computer.start())
  await writer.append(lines('acknowledged'), 1)
  await cutPower(computer)
  await openWriter(computer.start())
  assert.deepEqual(await durablePositions(computer), { web: 1 })
})

test('never calls a draft durable whose sync found the disk full', async () => {
  const work = async (computer: Computer): Promise<unknown> =>
    addDraft(await openImport(computer.start()), computer)
  // The first sync is the mark's.
  const at = await numberOf('sync', work, 1)
  const fault: Fault = { kind: 'failed sync', code: 'ENOSPC', reached: 'nothing' }
  const computer = new Computer(SEED, { at, fault })
  const process = computer.start()
  const lane = await openImport(process)
  const draft = lane.draft()
  await assert.rejects(addDraft(lane, computer, draft), { code: 'LOG_FAILED' })
  await assert.rejects(lane.add(draft, 2), { code: 'LOG_FAILED' })
  await lane.close()
  const again = await openImport(process)
  assert.equal(again.next_position, 0)
  assert.deepEqual(await addDraft(again, computer), { first_position: 0, count: 2 })
  await cutPower(computer)
  assert.equal((await openImport(computer.start())).next_position, 2)
})

test('does not ask for a draft again that may be in the log already', async () => {
  const work = async (computer: Computer): Promise<unknown> =>
    addDraft(await openImport(computer.start()), computer)
  // The syncs are: the mark at the opening, the draft, the mark.
  const at = await numberOf('sync', work, 2)
  const fault: Fault = { kind: 'failed sync', code: 'ENOSPC', reached: 'nothing' }
  const computer = new Computer(SEED, { at, fault })
  const process = computer.start()
  const lane = await openImport(process)
  await assert.rejects(addDraft(lane, computer), { code: 'LOG_FAILED' })
  await lane.close()
  assert.equal((await openImport(process)).next_position, 2)
})

test('answers 503 while the disk hangs, and goes on when it answers', async () => {
  const work = async (computer: Computer): Promise<unknown> =>
    (await openWriter(computer.start())).append(lines('one'), 1)
  const at = await numberOf('durable write', work)
  const computer = new Computer(SEED, { at, fault: { kind: 'hang' } })
  const process = computer.start()
  const writer = await openWriter(process)
  const hangs = process.hangs()
  const written = writer.append(lines('one'), 1)
  await hangs
  const waiting = writer.append(lines('two'), 1)
  assert.equal(writer.refusal(), null)
  process.letTimePass()
  await assert.rejects(written, { code: 'LOG_SLOW', status: 503 })
  await assert.rejects(waiting, { code: 'LOG_FULL', status: 503 })
  await assert.rejects(writer.append(lines('three'), 1), { code: 'LOG_FULL', status: 503 })
  assert.notEqual(writer.refusal(), null)
  process.release()
  await new Promise(setImmediate)
  assert.equal(writer.refusal(), null)
  // What was being written when the disk fell silent is kept; its sender may send it again.
  assert.deepEqual(await writer.append(lines('four'), 1), { first_position: 1, count: 1 })
  await writer.close()
})

test('leaves neither an open file nor a lock when a lane cannot be opened', async () => {
  const work = (computer: Computer): Promise<unknown> => openWriter(computer.start())
  const plain = new Computer(SEED, null)
  await work(plain)
  for (const [index, operation] of plain.operations.entries()) {
    if (operation === 'remove') continue
    const computer = new Computer(SEED, { at: index + 1, fault: EIO })
    const process = computer.start()
    await assert.rejects(openWriter(process), /EIO/, `${operation} ${index + 1}`)
    assert.equal(process.open_files, 0, `${operation} ${index + 1}`)
    await (await openWriter(process)).close()
  }
})

test('gives up on a disk that takes nothing, and is right after the next start', async () => {
  const work = async (computer: Computer): Promise<unknown> =>
    (await openWriter(computer.start())).append(lines('one'), 1)
  const at = await numberOf('durable write', work)
  const computer = new Computer(SEED, { at, fault: { kind: 'short', part: 0 } })
  const process = computer.start()
  await assert.rejects((await openWriter(process)).append(lines('one'), 1), { code: 'LOG_FAILED' })
  process.end('kill')
  const writer = await openWriter(computer.start())
  assert.deepEqual(await writer.append(lines('two'), 1), { first_position: 0, count: 1 })
  assert.equal((await openReader(computer.start()).read(new Map(), NO_LIMITS)).length, 1)
})
