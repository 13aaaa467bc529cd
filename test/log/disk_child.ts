/**
 * What a writer does when the disk refuses: run on a small file system, or under a limit, by
 * full.test.ts. Prints what it saw as JSON. `disk_child.ts SCENARIO DIRECTORY`
 */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LaneWriter } from '../../src/log/contract.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { ClickpathError } from '../../src/std/errors.ts'
import { firstSegment, lines, readLane, SETTINGS } from './lanes.ts'

const SECOND_MS = 1_000

class HandClock {
  #now_ms = 1_000_000

  now_ms(): number {
    return this.#now_ms
  }

  advance(ms: number): void {
    this.#now_ms += ms
  }
}

async function answerOf(appending: Promise<unknown>): Promise<string> {
  try {
    await appending
    return 'durable'
  } catch (error) {
    return error instanceof ClickpathError ? error.code : String(error)
  }
}

function openOn(disk: string, clock: HandClock, log_reserve_mb: number): Promise<LaneWriter> {
  const settings = { ...SETTINGS, log_reserve_mb }
  return openLaneWriter({ directory: join(disk, 'log'), lane: 'web', settings, clock })
}

async function belowReserve(disk: string): Promise<unknown> {
  const clock = new HandClock()
  const ballast = join(disk, 'ballast')
  await writeFile(ballast, Buffer.alloc(3_500_000))
  const writer = await openOn(disk, clock, 1)
  const below = await answerOf(writer.append(lines('refused'), 1))
  const full_below = writer.refusal() !== null
  const bytes_written = await stat(firstSegment(disk, 'web')).then(
    ({ size }) => size,
    () => 0,
  )
  await rm(ballast)
  const within_the_second = await answerOf(writer.append(lines('refused'), 1))
  clock.advance(SECOND_MS)
  const full_after = writer.refusal() !== null
  const after = await answerOf(writer.append(lines('taken'), 1))
  await writer.close()
  return { below, full_below, bytes_written, within_the_second, full_after, after }
}

async function fullDisk(disk: string): Promise<unknown> {
  const clock = new HandClock()
  const ballast = join(disk, 'ballast')
  await writeFile(ballast, Buffer.alloc(2_200_000))
  const writer = await openOn(disk, clock, 0)
  const acknowledged: string[] = []
  const append = async (name: string): Promise<string> => {
    const answer = await answerOf(writer.append(lines(name), 1))
    if (answer === 'durable') acknowledged.push(name)
    return answer
  }
  let refused = ''
  let bytes_before = 0
  for (let number = 0; number < 100; number++) {
    bytes_before = await stat(firstSegment(disk, 'web')).then(
      ({ size }) => size,
      () => 0,
    )
    refused = await append(`${number}${'x'.repeat(99_999)}`)
    if (refused !== 'durable') break
  }
  const full = writer.refusal() !== null
  const { size } = await stat(firstSegment(disk, 'web'))
  await rm(ballast)
  clock.advance(SECOND_MS)
  const after = await append('after')
  await writer.close()
  const whole = (await readLane(disk, 'web')).join() === acknowledged.join()
  return {
    refused,
    full,
    bytes_after_refusal: size === bytes_before ? 'as before' : `${bytes_before}, then ${size}`,
    after,
    held: whole ? 'all acknowledged, in order, once' : 'other records than were acknowledged',
  }
}

async function fileLimit(data: string): Promise<unknown> {
  const writer = await openOn(data, new HandClock(), 0)
  const line = lines('x'.repeat(9_999))
  let acknowledged = 0
  for (;;) {
    // The second one waits while the first is written, and shares its fate.
    const first = answerOf(writer.append(line, 1))
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    const answers = [await first, await answerOf(writer.append(line, 1))]
    acknowledged += answers.filter((answer) => answer === 'durable').length
    if (answers.every((answer) => answer === 'durable')) continue
    const refusals = [...answers, await answerOf(writer.append(line, 1))].filter(
      (a) => a !== 'durable',
    )
    const full = writer.refusal() !== null
    await writer.close()
    return {
      acknowledged,
      refusals,
      full,
      bytes: (await readFile(firstSegment(data, 'web'))).length,
    }
  }
}

const [scenario = '', directory = ''] = process.argv.slice(2)
const scenarios: Record<string, (directory: string) => Promise<unknown>> = {
  reserve: belowReserve,
  'full-disk': fullDisk,
  'file-limit': fileLimit,
}
const seen = await scenarios[scenario]?.(directory)
process.stdout.write(JSON.stringify(seen))
