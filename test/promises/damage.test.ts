/** A byte that the disk gives back wrong, in a part of the log that was durable for long. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runHere } from '../cli/surroundings.ts'
import { eventRecord, Shop } from '../engine/shop.ts'
import { seededRandom } from '../oracle/random.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const GROUPS = 60
const GROUP_RECORDS = 10
const RECORDS = GROUPS * GROUP_RECORDS
/** Until the engine has come to the damage and gone on with the other lane. */
const WORK_MS_MAX = 20_000

const groupOf = (lane: string, group: number) =>
  Array.from({ length: GROUP_RECORDS }, (_, at) =>
    eventRecord(`${lane}-${group}-${at}`, `12:${String(group).padStart(2, '0')}:00`, {
      properties: { text: 'x'.repeat(300) },
    }),
  )

/** Changes one byte of the file to another one; answers where. */
function spoil(file: string, below: (count: number) => number): number {
  const bytes = readFileSync(file)
  const at = below(bytes.length)
  bytes[at] = (bytes[at] as number) ^ (1 << below(8))
  writeFileSync(file, bytes)
  return at
}

/** Lets the engine run until it has met the damage and holds so many events. */
async function runUntilTold(shop: Shop, stored: number): Promise<void> {
  const stopping = new AbortController()
  const running = shop.processor.engine.run(stopping.signal)
  const until_ms = performance.now() + WORK_MS_MAX
  const isDone = async () =>
    shop.processor.engine.progress().last_failure !== null &&
    Number((await shop.ledger()).stored) >= stored
  while (!(await isDone()) && performance.now() < until_ms) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  stopping.abort()
  await running
}

test(`a wrong byte in a sealed segment is told, and costs its own group alone (seed ${SEED})`, async (t) => {
  const random = seededRandom(SEED)
  const shop = new Shop(t, { segment_bytes_max: 100_000 })
  for (let group = 0; group < GROUPS; group++) await shop.append(groupOf('web', group), 'web')
  for (let group = 0; group < GROUPS; group++) await shop.append(groupOf('app', group), 'app')
  await shop.closeLanes()
  const lane = join(shop.directory, 'log', 'web')
  const segments = readdirSync(lane).filter((name) => name.endsWith('.ndjson'))
  const [sealed = ''] = segments
    .sort()
    .slice(0, -1)
    .toSorted(() => random.below(3) - 1)
  const first = Number(sealed.slice(0, 20))
  const byte = spoil(join(lane, sealed), random.below)

  await shop.open()
  await runUntilTold(shop, RECORDS + first)
  const { last_failure } = shop.processor.engine.progress()
  assert.match(String(last_failure?.message), new RegExp(`Lane web, segment ${sealed}`))
  const stored = Number((await shop.ledger()).stored)
  assert.ok(stored >= RECORDS + first, 'what lies before it, and all of the other lane, is there')
  await shop.close()

  const doctor = await runHere(['doctor', '--skip-damaged', '--data', shop.directory])
  assert.match(doctor.stdout, new RegExp(sealed))
  await shop.open()
  await shop.processor.engine.catchUp()
  const kept = Number((await shop.ledger()).stored)
  const lost = 2 * RECORDS - kept
  // A wrong commit line can hide where the next group begins.
  assert.ok(lost > 0 && lost <= 2 * GROUP_RECORDS, `${lost} of ${2 * RECORDS} records are lost`)
  t.diagnostic(`byte ${byte} of ${sealed}: ${lost} records given up, ${kept} read`)
})
