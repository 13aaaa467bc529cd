import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateShop } from '../../src/simulate/live.ts'
import { runTraffic } from '../../src/simulate/send/run.ts'
import { Schedule } from '../../src/simulate/send/schedule.ts'
import { Sender, type SenderOptions } from '../../src/simulate/send/sender.ts'
import type { Delivery } from '../../src/simulate/traffic.ts'
import { systemClock } from '../../src/std/clock.ts'
import { TestCollector, type Treatment } from './collector.ts'

/** Events of `users` people in turn, all due at once; `step` counts each person's own. */
function deliveries(count: number, users: number): Delivery[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `u${index % users}`,
    send_ms: 0,
    event: {
      event_id: `e${index}`,
      event_type: 'view',
      user_id: `u${index % users}`,
      step: Math.floor(index / users),
    },
  }))
}

async function send(
  collector: TestCollector,
  traffic: readonly Delivery[],
  options: Partial<SenderOptions> = {},
) {
  return runTraffic({
    traffic,
    sender: new Sender({ url: collector.url, seed: 1, ...options }),
    clock: systemClock,
    end_ms: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  })
}

const collecting = (treat?: Treatment): Promise<TestCollector> => new TestCollector(treat).listen()

function assertWhole(collector: TestCollector, count: number): void {
  const ids = collector.kept.map((event) => event.event_id)
  assert.equal(new Set(ids).size, count)
  assert.equal(ids.length, count)
}

function assertOrdered(collector: TestCollector): void {
  for (const [user, events] of Map.groupBy(collector.kept, (event) => event.user_id)) {
    const steps = events.map((event) => event.step)
    assert.deepEqual(
      steps,
      steps.map((_, index) => index),
      `order of ${user}`,
    )
  }
}

test('sends everything once, in batches, with the key, each person in order', async () => {
  await using collector = await collecting()
  const tally = await send(collector, deliveries(5_000, 40), { key: 'K1', batchEventsMax: 100 })
  assertWhole(collector, 5_000)
  assertOrdered(collector)
  assert.ok(collector.requests.every((request) => request.path === '/v1/events'))
  assert.ok(collector.requests.every((request) => request.authorization === 'Bearer K1'))
  assert.ok(collector.requests.every((request) => request.events.length <= 100))
  assert.ok(collector.requests.length <= 60, `${collector.requests.length} requests`)
  const { sent, accepted, invalid, retried, unsent } = tally
  assert.deepEqual(
    { sent, accepted, invalid, retried, unsent },
    { sent: 5_000, accepted: 5_000, invalid: 0, retried: 0, unsent: 0 },
  )
})

test('sends the same ids again after 503, 429 and a reset, and loses nothing', async () => {
  await using collector = await collecting((number) => {
    if (number === 0 || number === 1) return { status: 503 }
    if (number === 2) return { status: 429, retryAfter: '0' }
    return number === 3 ? 'reset' : undefined
  })
  const news: (string | undefined)[] = []
  const tally = await send(collector, deliveries(300, 7), {
    connections: 1,
    batchEventsMax: 100,
    onTrouble: (reason) => news.push(reason),
  })
  assertWhole(collector, 300)
  assertOrdered(collector)
  const [first, ...others] = collector.requests.slice(0, 5)
  for (const again of others) assert.deepEqual(again.events, first?.events)
  assert.equal(tally.retried, 400)
  assert.equal(tally.accepted, 300)
  assert.equal(news.length, 2)
  assert.match(String(news[0]), /503/)
  assert.equal(news[1], undefined)
})

test('waits at least as long as Retry-After asks', async () => {
  await using collector = await collecting((number) =>
    number === 0 ? { status: 503, retryAfter: '1' } : undefined,
  )
  await send(collector, deliveries(3, 1))
  const [first, second] = collector.requests
  const waited_ms = (second?.at_ms ?? 0) - (first?.at_ms ?? 0)
  assert.ok(waited_ms >= 950, `${waited_ms} ms`)
})

test('keeps no more in memory than its bound, and waits instead', async () => {
  let most = 0
  const sender: { current?: Sender } = {}
  await using collector = await collecting(() => {
    most = Math.max(most, sender.current?.waiting ?? 0)
    return undefined
  })
  sender.current = new Sender({
    url: collector.url,
    seed: 1,
    queueEventsMax: 200,
    batchEventsMax: 50,
  })
  await runTraffic({
    traffic: deliveries(3_000, 30),
    sender: sender.current,
    clock: systemClock,
    end_ms: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  })
  assertWhole(collector, 3_000)
  assertOrdered(collector)
  assert.ok(most <= 200, `${most}`)
})

test('counts what the collector puts aside as invalid or leaves out', async () => {
  await using collector = await collecting((_, { events }) => ({
    status: 200,
    body: { accepted: events.length - 2, invalid: 1, filtered: 1, errors: [] },
  }))
  const tally = await send(collector, deliveries(10, 1), { connections: 1 })
  assert.equal(tally.invalid, 1)
  assert.equal(tally.filtered, 1)
  assert.equal(tally.accepted, 8)
})

test('finds the one event for which a batch is refused and delivers the others', async () => {
  await using collector = await collecting((_, { events }) =>
    events.some((event) => event.event_id === 'e13')
      ? { status: 400, body: { error: { message: 'too odd' } } }
      : undefined,
  )
  const tally = await send(collector, deliveries(40, 3), { connections: 1 })
  assertWhole(collector, 39)
  assert.equal(tally.accepted, 39)
  assert.equal(tally.refused, 1)
  assert.match(String(tally.firstRefusal), /400 .*too odd/)
})

test('gives up at once where the key is wrong', async () => {
  await using collector = await collecting(() => ({ status: 401, body: 'unknown key' }))
  await assert.rejects(send(collector, deliveries(100, 3)), { code: 'COLLECTOR_REFUSED' })
  await assert.rejects(send(collector, [], { url: 'localhost' }), { code: 'USAGE' })
})

test('answers what was not taken when it is ended while the collector is away', async () => {
  await using collector = await collecting(() => ({ status: 503, retryAfter: '60' }))
  const stop = new AbortController()
  const sender = new Sender({ url: collector.url, seed: 1, onTrouble: () => stop.abort() })
  const tally = await runTraffic({
    traffic: [
      ...deliveries(9, 1),
      { key: 'x', send_ms: Date.now() + 60_000, event: { event_id: 'x' } },
    ],
    sender,
    clock: systemClock,
    end_ms: Number.POSITIVE_INFINITY,
    signal: stop.signal,
  })
  assert.equal(tally.unsent, 9)
  assert.equal(tally.accepted, 0)
})

test('never sends more than the rate, at real times, and stops by itself', async () => {
  await using collector = await collecting()
  const from_ms = systemClock.now_ms()
  const tally = await simulateShop({
    shop: 'realistic',
    url: collector.url,
    rate: 500,
    users: 200,
    products: 50,
    seed: 5,
    duration_ms: 1_000,
    clock: systemClock,
    signal: new AbortController().signal,
  })
  const to_ms = systemClock.now_ms()
  assert.ok(tally.accepted <= 501 && tally.accepted > 0, `${tally.accepted}`)
  for (const { timestamp } of collector.kept) {
    assert.ok(Date.parse(timestamp) >= from_ms && Date.parse(timestamp) <= to_ms)
  }
})

test('moves a plan that fell behind instead of making up for it in a burst', () => {
  const clock = { time: 1_000, now_ms: () => clock.time }
  const schedule = new Schedule(clock, 500)
  assert.equal(schedule.timeOf(100), 1_100)
  clock.time = 1_400
  assert.equal(schedule.timeOf(200), 1_200)
  clock.time = 9_000
  assert.equal(schedule.timeOf(300), 9_000)
  assert.equal(schedule.timeOf(400), 9_100)
})
