import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type ReplayOptions, simulateReplay } from '../../src/simulate/live.ts'
import { systemClock } from '../../src/std/clock.ts'
import { rees46 } from '../real_data.ts'
import { TestCollector } from './collector.ts'

const { file: REAL, skip } = rees46
const directory = await mkdtemp(join(tmpdir(), 'clickpath-replay-'))
after(() => rm(directory, { recursive: true, force: true }))
const FIRST_500 = join(directory, 'first_500.csv.gz')
const lines = skip ? [] : gunzipSync(readFileSync(REAL)).toString().split('\n').slice(0, 501)
await writeFile(FIRST_500, gzipSync(`${lines.join('\n')}\n`))

const optionsFor = (
  collector: TestCollector,
  more: Partial<ReplayOptions> = {},
): ReplayOptions => ({
  url: collector.url,
  file: FIRST_500,
  pace: { speed: 10_000 },
  times: 'kept',
  seed: 1,
  clock: systemClock,
  signal: new AbortController().signal,
  ...more,
})

/** The event that a line of the file stands for, put together by hand. */
function expected(line: string, index: number): Record<string, unknown> {
  const [, time = '', type, product, categoryId, category, brand, price, user, session] =
    line.split(',')
  return {
    event_id: `first_500-${String(index + 1).padStart(10, '0')}`,
    event_type: type,
    timestamp: time.replace(/^(.*) (.*) UTC$/, '$1T$2.000Z'),
    user_id: user,
    session_id: session,
    product_id: product,
    ...(category ? { category } : {}),
    ...(brand ? { brand } : {}),
    price: Number(price),
    properties: { category_id: categoryId },
  }
}

test('sends exactly the rows of the file, each person in order', { skip }, async () => {
  await using collector = await new TestCollector().listen()
  const { tally, file } = await simulateReplay(optionsFor(collector))
  assert.equal(tally.accepted, 500)
  assert.equal(file.end, 'whole')
  const rows = lines.slice(1).map(expected)
  const sent = collector.kept.toSorted((left, right) => (left.event_id < right.event_id ? -1 : 1))
  assert.deepEqual(sent, rows)
  for (const events of Map.groupBy(collector.kept, (event) => event.user_id).values()) {
    const ids = events.map((event) => event.event_id)
    assert.deepEqual(ids, ids.toSorted())
  }
})

test('takes the time that the file took, divided by the speed', { skip }, async () => {
  await using collector = await new TestCollector().listen()
  const from_ms = systemClock.now_ms()
  await simulateReplay(optionsFor(collector, { pace: { speed: 1_000 } }))
  const took_ms = systemClock.now_ms() - from_ms
  const timeOf = (line = ''): number => Date.parse(line.split(',')[1]?.replace(' UTC', 'Z') ?? '')
  const span_ms = (timeOf(lines.at(-1)) - timeOf(lines[1])) / 1_000
  assert.ok(took_ms >= span_ms, `${took_ms} ms for ${span_ms} ms`)
})

test('lets events happen when they are sent, with ids of this run', { skip }, async () => {
  await using collector = await new TestCollector().listen()
  const from_ms = systemClock.now_ms()
  await simulateReplay(optionsFor(collector, { times: 'sent', pace: { rate: 1_000 } }))
  const to_ms = systemClock.now_ms()
  assert.equal(new Set(collector.kept.map((event) => event.event_id)).size, 500)
  for (const { event_id, timestamp } of collector.kept) {
    assert.match(event_id, /^first_500-[0-9a-z]+-\d{10}$/)
    assert.ok(Date.parse(timestamp) >= from_ms && Date.parse(timestamp) <= to_ms)
  }
})

test('stops when it is told to, in the middle of the file', { skip }, async () => {
  await using collector = await new TestCollector().listen()
  const stop = new AbortController()
  const { tally, file } = await simulateReplay(
    optionsFor(collector, {
      pace: { rate: 200 },
      signal: stop.signal,
      onProgress: ({ accepted }) => {
        if (accepted >= 20) stop.abort()
      },
    }),
  )
  assert.ok(tally.accepted >= 20 && tally.accepted < 500)
  assert.equal(tally.unsent, 0)
  assert.equal(collector.kept.length, tally.accepted)
  assert.equal(file.end, 'not reached')
})
