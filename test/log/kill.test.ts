import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Offsets } from '../../src/log/contract.ts'
import { startAppending } from './appending_child.ts'
import {
  after,
  NO_LIMITS,
  namesIn,
  openReader,
  openWriter,
  readAll,
  temporaryDirectory,
} from './lanes.ts'

const KILLS = 5

test('holds every acknowledged record exactly once after any number of kills', async (t) => {
  const data = await temporaryDirectory(t)
  const acknowledged: string[] = []
  const read_meanwhile: string[] = []
  const log = openReader(data)
  let offsets: Offsets = new Map()
  for (let kill = 0; kill < KILLS; kill++) {
    const child = await startAppending(data, 'web', String(kill))
    await child.reached(200 + kill * 77)
    const slices = await log.read(offsets, NO_LIMITS)
    for (const slice of slices) read_meanwhile.push(...(await namesIn(slice)))
    offsets = after(offsets, slices)
    await child.kill()
    acknowledged.push(...child.acknowledged)
  }
  await (await openWriter(data, 'web')).close()
  const held = (await readAll(log)).get('web') ?? []
  const held_once = new Set(held)
  assert.equal(held_once.size, held.length, 'no record is held twice')
  assert.deepEqual(
    acknowledged.filter((id) => !held_once.has(id)),
    [],
    'no acknowledged record is lost',
  )
  assert.deepEqual(
    held.slice(0, read_meanwhile.length),
    read_meanwhile,
    'nothing read is taken back',
  )
  assert.ok(read_meanwhile.length > 0 && acknowledged.length >= KILLS * 200)
  await log.close()
})
