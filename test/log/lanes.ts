/** What the tests of the file log share: a log in a temporary directory, and all that it gives. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { LaneWriter, Log, Offsets, ReadLimits, Slice } from '../../src/log/contract.ts'
import { type LaneWriterOptions, openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { openFileLog } from '../../src/log/files/reader.ts'
import { systemClock } from '../../src/std/clock.ts'

export const SETTINGS: LaneWriterOptions['settings'] = {
  segment_bytes_max: 64_000_000,
  append_queue_bytes_max: 32_000_000,
  sync_ms_max: 10_000,
  log_reserve_mb: 0,
}
export const NO_LIMITS: ReadLimits = { records_max: 1_000_000, bytes_max: 1_000_000_000 }

/** An empty directory that goes with the test. */
export async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'clickpath-log-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export function openWriter(
  data: string,
  lane: string,
  settings: Partial<LaneWriterOptions['settings']> = {},
): Promise<LaneWriter> {
  return openLaneWriter({
    directory: join(data, 'log'),
    lane,
    settings: { ...SETTINGS, ...settings },
    clock: systemClock,
  })
}

export function openReader(data: string): Log {
  return openFileLog({ directory: join(data, 'log'), spool: join(data, 'run', 'spool') })
}

/** Record lines `{"record":"event","event_id":NAME}`, one a name. */
export function lines(...names: readonly (string | number)[]): Buffer {
  return Buffer.from(names.map((name) => `{"record":"event","event_id":"${name}"}\n`).join(''))
}

/** The event ids of a live slice. */
export async function namesIn(slice: Slice): Promise<readonly string[]> {
  const text = await readFile(slice.file, 'utf8')
  const rows = text.split('\n').slice(0, -1)
  if (rows.length !== slice.count || text.length !== slice.bytes) {
    throw new Error(`the slice says ${slice.count} records; its file holds ${rows.length}`)
  }
  return rows.map((row) => JSON.parse(row).event_id)
}

export function after(offsets: Offsets, slices: readonly Slice[]): Offsets {
  const next = new Map(offsets)
  for (const slice of slices) next.set(slice.lane, slice.first_position + slice.count)
  return next
}

/** Reads live lanes to their end; per lane the event ids in order of position. */
export async function readAll(
  log: Log,
  limits: ReadLimits = NO_LIMITS,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, string[]>()
  let offsets: Offsets = new Map()
  for (;;) {
    const slices = await log.read(offsets, limits)
    if (slices.length === 0) return names
    for (const slice of slices) {
      const lane = names.get(slice.lane) ?? []
      names.set(slice.lane, lane)
      if (slice.first_position !== lane.length) throw new Error('a slice leaves records out')
      for (const name of await namesIn(slice)) lane.push(name)
    }
    offsets = after(offsets, slices)
  }
}

/** Opens a reader, reads one live lane to its end and closes it again. */
export async function readLane(data: string, lane: string): Promise<readonly string[]> {
  const log = openReader(data)
  try {
    return (await readAll(log)).get(lane) ?? []
  } finally {
    await log.close()
  }
}

/** Copies a data directory, as a kill at this moment would leave it. */
export async function copyOf(t: TestContext, data: string): Promise<string> {
  const copy = await temporaryDirectory(t)
  await cp(data, copy, { recursive: true })
  return copy
}

/** The files in a lane's directory, sorted, but for the names of who has it open and who had. */
export async function filesOf(data: string, lane: string): Promise<readonly string[]> {
  const names = await readdir(join(data, 'log', lane))
  return names.filter((name) => !/^(lock\.|writer-)/.test(name)).sort()
}

export function firstSegment(data: string, lane: string): string {
  return join(data, 'log', lane, '00000000000000000000.ndjson')
}
