import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Slice } from '../../src/log/contract.ts'
import { type LaneImport, openLaneImport } from '../../src/log/files/lane_import.ts'
import {
  after,
  filesOf,
  lines,
  NO_LIMITS,
  openReader,
  openWriter,
  temporaryDirectory,
} from './lanes.ts'

const duckdb = await (await DuckDBInstance.create()).connect()

function openImport(data: string): Promise<LaneImport> {
  return openLaneImport({ directory: join(data, 'log'), lane: 'last-year' })
}

/** Writes a Parquet draft whose rows carry the positions they will get. */
async function writeDraft(lane: LaneImport, count: number): Promise<string> {
  const file = lane.draft()
  const first = lane.next_position
  await duckdb.run(`COPY (SELECT range AS place FROM range(${first}, ${first + count}))
    TO '${file}' (FORMAT parquet)`)
  return file
}

function withoutChecksum(name: string): string {
  return name.replace(/-\d{10}\.parquet$/, '-CRC.parquet')
}

async function placesIn(slice: Slice): Promise<readonly number[]> {
  const reader = await duckdb.runAndReadAll(
    `SELECT place::INTEGER FROM read_parquet('${slice.file}', file_row_number = true)
     WHERE file_row_number >= ${slice.row_first}
       AND file_row_number < ${slice.row_first + slice.count} ORDER BY file_row_number`,
  )
  return reader.getRows().map(([place]) => Number(place))
}

test('makes drafts into segments and continues where an earlier run ended', async (t) => {
  const data = await temporaryDirectory(t)
  for (const [run, count] of [10, 7, 25].entries()) {
    const lane = await openImport(data)
    const first_position = [0, 10, 17][run]
    assert.equal(lane.next_position, first_position)
    const added = await lane.add(await writeDraft(lane, count), count)
    assert.deepEqual(added, { first_position, count })
    await lane.close()
  }
  assert.deepEqual((await filesOf(data, 'last-year')).map(withoutChecksum), [
    '00000000000000000000-00000000000000000010-CRC.parquet',
    '00000000000000000010-00000000000000000017-CRC.parquet',
    '00000000000000000017-00000000000000000042-CRC.parquet',
    'durable-mark.json',
  ])
})

test('gives imported rows by position, across segments and within limits', async (t) => {
  const data = await temporaryDirectory(t)
  const lane = await openImport(data)
  for (const count of [10, 7, 25]) await lane.add(await writeDraft(lane, count), count)
  await lane.close()
  const log = openReader(data)
  assert.equal((await log.lanes())[0]?.durable_position, 42)
  for (const records_max of [1, 4, 11, 100]) {
    const places: number[] = []
    let offsets: ReadonlyMap<string, number> = new Map()
    for (;;) {
      const slices = await log.read(offsets, { ...NO_LIMITS, records_max })
      if (slices.length === 0) break
      assert.ok(slices.reduce((sum, { count }) => sum + count, 0) <= records_max)
      for (const slice of slices) places.push(...(await placesIn(slice)))
      offsets = after(offsets, slices)
    }
    assert.deepEqual(
      places,
      Array.from({ length: 42 }, (_, place) => place),
    )
  }
  await log.close()
})

test('removes drafts that a kill left, and keeps their rows out of every position', async (t) => {
  const data = await temporaryDirectory(t)
  const killed = await openImport(data)
  await killed.add(await writeDraft(killed, 3), 3)
  const draft = await writeDraft(killed, 5)
  await writeFile(draft.replace('draft-', 'tmp_draft-'), 'half')
  await killed.close()
  const lane = await openImport(data)
  assert.equal(lane.next_position, 3)
  assert.deepEqual((await filesOf(data, 'last-year')).map(withoutChecksum), [
    '00000000000000000000-00000000000000000003-CRC.parquet',
    'durable-mark.json',
  ])
  await lane.close()
})

test('shows a segment only once it is marked, and marks it at the next open', async (t) => {
  const data = await temporaryDirectory(t)
  const mark = join(data, 'log', 'last-year', 'durable-mark.json')
  const killed = await openImport(data)
  await killed.add(await writeDraft(killed, 3), 3)
  await copyFile(mark, join(data, 'mark'))
  await killed.add(await writeDraft(killed, 5), 5)
  await killed.close()
  await copyFile(join(data, 'mark'), mark)
  const log = openReader(data)
  assert.equal((await log.lanes())[0]?.durable_position, 3)
  const lane = await openImport(data)
  assert.equal(lane.next_position, 8)
  assert.equal((await log.lanes())[0]?.durable_position, 8)
  await Promise.all([lane.close(), log.close()])
})

test('leaves a live lane its share beside a big import', async (t) => {
  const data = await temporaryDirectory(t)
  const lane = await openImport(data)
  await lane.add(await writeDraft(lane, 5_000), 5_000)
  const writer = await openWriter(data, 'web')
  await writer.append(lines('live'), 1)
  const log = openReader(data)
  const slices = await log.read(new Map(), { ...NO_LIMITS, records_max: 100 })
  assert.deepEqual(
    slices.map(({ lane: name, count, format }) => [name, count, format]),
    [
      ['last-year', 99, 'parquet'],
      ['web', 1, 'ndjson'],
    ],
  )
  await Promise.all([lane.close(), writer.close(), log.close()])
})

test('refuses what is no finished draft of the lane, and goes on', async (t) => {
  const data = await temporaryDirectory(t)
  const lane = await openImport(data)
  await assert.rejects(lane.add(join(data, 'elsewhere.parquet'), 1), TypeError)
  await assert.rejects(lane.add(lane.draft(), 0), TypeError)
  await assert.rejects(openImport(data), { code: 'LANE_LOCKED' })
  await lane.add(await writeDraft(lane, 2), 2)
  assert.equal(lane.next_position, 2)
  await lane.close()
})

test('notices any changed byte in an imported segment, names it, and gives the rest', async (t) => {
  const data = await temporaryDirectory(t)
  const lane = await openImport(data)
  for (const count of [10, 7]) await lane.add(await writeDraft(lane, count), count)
  await lane.close()
  const writer = await openWriter(data, 'web')
  await writer.append(lines('live'), 1)
  await writer.close()
  const directory = join(data, 'log', 'last-year')
  const [name = ''] = (await readdir(directory)).sort()
  const good = await readFile(join(directory, name))
  for (let byte = 0; byte < good.length; byte += 7) {
    const bad = Buffer.from(good)
    bad.writeUInt8(good.readUInt8(byte) ^ 1, byte)
    await writeFile(join(directory, name), bad)
    const log = openReader(data)
    await assert.rejects(log.read(new Map(), NO_LIMITS), {
      code: 'LOG_CORRUPT',
      message: /Lane last-year, segment 0{20}-0{18}10-\d{10}\.parquet .* position 0: .* from 10 on/,
    })
    const others = await log.read(new Map(), NO_LIMITS)
    assert.deepEqual(
      others.map(({ lane: given, count }) => [given, count]),
      [['web', 1]],
    )
    const [rest] = await log.read(
      new Map([
        ['last-year', 10],
        ['web', 1],
      ]),
      NO_LIMITS,
    )
    assert.deepEqual(rest && (await placesIn(rest)), [10, 11, 12, 13, 14, 15, 16])
    await log.close()
  }
})

test('reads imported segments from before names had a checksum', async (t) => {
  const data = await temporaryDirectory(t)
  const lane = await openImport(data)
  await lane.add(await writeDraft(lane, 4), 4)
  await lane.close()
  const directory = join(data, 'log', 'last-year')
  const [name = ''] = (await readdir(directory)).sort()
  await rename(join(directory, name), join(directory, name.replace(/-\d{10}\./, '.')))
  const again = await openImport(data)
  assert.equal(again.next_position, 4)
  await again.close()
  const log = openReader(data)
  const [slice] = await log.read(new Map(), NO_LIMITS)
  assert.deepEqual(slice && (await placesIn(slice)), [0, 1, 2, 3])
  await log.close()
})

test('keeps its bounds in bytes after it was opened again', async (t) => {
  const data = await temporaryDirectory(t)
  const lane = await openImport(data)
  await lane.add(await writeDraft(lane, 1_000), 1_000)
  await lane.close()
  await (await openImport(data)).close()
  const log = openReader(data)
  const bytes = (await log.lanes())[0]?.bytes ?? 0
  assert.ok(bytes > 0)
  const [slice] = await log.read(new Map(), { ...NO_LIMITS, bytes_max: bytes / 2 })
  assert.equal(slice?.count, 500)
  await log.close()
})
