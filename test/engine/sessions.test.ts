import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { events } from '../../src/model/events.ts'
import { count } from '../../src/model/measures/count.ts'
import { distinct } from '../../src/model/measures/distinct.ts'
import { last } from '../../src/model/measures/last.ts'
import { steps } from '../../src/model/measures/steps.ts'
import { sum } from '../../src/model/measures/sum.ts'
import { table } from '../../src/model/table.ts'
import { session } from '../../src/model/window.ts'
import { changesAfter, identityOf } from '../../src/present/changelog.ts'
import { readSettings } from '../../src/std/settings.ts'
import { seededRandom } from '../oracle/random.ts'
import { eventRecord, Shop } from './shop.ts'

const GAP_MINUTES = 30

const visits = table('visits', {
  answers: 'How long does each visit last, and what is seen in it?',
  from: events,
  window: session('30 minutes', { id: 'session_id' }),
  lateness: '10 minutes',
  by: { visitor_id: events.visitor_id, session_id: events.session_id },
  measures: {
    path: steps(events.product_id),
    events: count(),
    products: distinct(events.product_id),
    total: sum(events.price),
    last_product: last(events.product_id),
  },
})

interface Seen {
  readonly id: number
  readonly visitor: string
  readonly minute: number
  readonly product: string
  /** The client's own session, which no silence ends. */
  readonly session: string | null
}

const timeOf = (minute: number) => new Date(1_769_817_600_000 + minute * 60_000).toISOString()

/** The sessions of all events at once: one pass in order of time. */
function sessionise(seen: readonly Seen[]): readonly string[] {
  const open = new Map<string, Seen[][]>()
  const order = [...seen].sort((a, b) => a.minute - b.minute || a.id - b.id)
  for (const event of order) {
    const key = `${event.visitor} ${event.session}`
    const sessions = open.get(key) ?? []
    open.set(key, sessions)
    const current = sessions.at(-1)
    const silence = event.minute - (current?.at(-1)?.minute ?? Number.NEGATIVE_INFINITY)
    if (current && (event.session !== null || silence <= GAP_MINUTES)) current.push(event)
    else sessions.push([event])
  }
  const rows = [...open.values()].flatMap((sessions) =>
    sessions.map((events) => ({
      window_start: timeOf(events[0]?.minute ?? 0),
      window_end: timeOf((events.at(-1)?.minute ?? 0) + GAP_MINUTES),
      visitor_id: events[0]?.visitor,
      session_id: events[0]?.session,
      path: events.map(({ product }) => product),
      events: events.length,
      products: new Set(events.map(({ product }) => product)).size,
      total: events.length * 10,
      last_product: events.at(-1)?.product,
    })),
  )
  return rows.map((row) => JSON.stringify(row)).sort()
}

const stream = fc
  .array(
    fc.record({
      visitor: fc.constantFrom('a', 'b'),
      minute: fc.integer({ min: 0, max: 400 }),
      product: fc.constantFrom('p1', 'p2', 'p3'),
      session: fc.constantFrom(null, null, 's1', 's2'),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) => all.map((event, id) => ({ ...event, id: id + 100 })))

test('sessions of any arrival order, and their changes, equal a batch sessionisation', async (t) => {
  const sizesOf = fc.infiniteStream(fc.integer({ min: 1, max: 9 }))
  // Batches of more than a 25th of it are taken for imports.
  const fullBatches = fc.constantFrom(100, 500_000)
  await fc.assert(
    fc.asyncProperty(
      stream,
      sizesOf,
      fc.nat(),
      fullBatches,
      async (seen, sizes, turn, batch_records_max) => {
        const shop = await new Shop(t, { batch_records_max }, { tables: [visits] }).open()
        const planned = shop.processor.plan.tables.get('visits')
        assert.ok(planned)
        const followed = new Map<string, unknown>()
        let cursor = 0
        // Rotated and cut at random: parts come late, and what comes late bridges sessions.
        const arrived = seen.map((_, at) => seen[(at * 7 + turn) % seen.length] as Seen)
        const queue = [...new Set([...arrived, ...seen])]
        while (queue.length > 0) {
          const some = queue.splice(0, sizes.next().value)
          await shop.tell(
            some.map(({ id, visitor, minute, product, session }) =>
              eventRecord(`e${id}`, timeOf(minute), {
                user_id: visitor,
                product_id: product,
                session_id: session,
              }),
            ),
          )
          const { store } = shop.processor.engine
          const answer = await changesAfter(store, planned, readSettings({}), cursor, 1_000)
          assert.equal(answer.kind, 'changes')
          for (const { op, row } of answer.kind === 'changes' ? answer.changes : []) {
            if (op === 'upsert') followed.set(identityOf(planned, row), row)
            else followed.delete(identityOf(planned, row))
          }
          cursor = answer.cursor
        }
        const strip = (row: object) => {
          const { final: _, version: __, ...rest } = row as Record<string, unknown>
          return JSON.stringify(rest)
        }
        const rows = await shop.rows('SELECT * FROM visits')
        assert.deepEqual(rows.map(strip).sort(), sessionise(seen))
        assert.deepEqual(
          [...followed.values()].map((row) => strip(row as object)).sort(),
          sessionise(seen),
        )
        await shop.close()
      },
    ),
    { numRuns: 12 },
  )
})

/** Visits whose events lie minutes apart, in order of time: nothing in it is ever late. */
function* shoppingHours(seed: number, count: number): Generator<Seen> {
  const random = seededRandom(seed)
  const clients = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  for (let id = 0; id < count; id += 1) {
    const visitor = random.pick(clients)
    const session = visitor < 'd' ? `${visitor}${Math.floor(id / 700)}` : null
    // Every now and then the shop is closed for long enough to end visits.
    const minute = Math.floor(id / 4) + Math.floor(id / 600) * 60
    yield { id: id + 10_000, visitor, minute, product: `p${id % 5}`, session }
  }
}

const recordOf = ({ id, visitor, minute, product, session }: Seen) =>
  eventRecord(`e${id}`, timeOf(minute), {
    user_id: visitor,
    product_id: product,
    session_id: session,
  })

test('sessions that waited under load are those joined with each batch, and none is final too early', async (t) => {
  const seen = [...shoppingHours(7, 6_000)]
  const settings = { batch_records_max: 500, session_delay_ms: 60_000 }
  const shop = await new Shop(t, settings, { tables: [visits] }).open()
  await shop.tell(seen.slice(0, 500).map(recordOf))
  // In groups: a batch takes whole ones.
  for (let at = 500; at < seen.length; at += 250) {
    await shop.append(seen.slice(at, at + 250).map(recordOf))
  }
  const finals = new Map<string, unknown>()
  const counts: number[] = []
  const look = async () => {
    const rows = await shop.rows('SELECT * EXCLUDE (version) FROM visits')
    counts.push(rows.reduce((sum, { events }) => sum + Number(events), 0))
    for (const row of rows.filter(({ final }) => final)) {
      const name = `${row.window_start} ${row.visitor_id} ${row.session_id}`
      assert.deepEqual(row, finals.get(name) ?? row, 'a final row changed')
      finals.set(name, row)
    }
  }
  /** Goes on for so many batches, as if the process ended then. */
  const goOn = async (batches: number) => {
    const stop = new AbortController()
    let left = batches
    const stopLooking = shop.processor.engine.onCommit(() => --left === 0 && stop.abort())
    await shop.processor.engine.catchUp(stop.signal)
    stopLooking()
    await look()
  }
  await goOn(4)
  await goOn(3)
  await shop.close() // What sessions wait for is in no memory.
  await shop.open()
  await look()
  await goOn(Number.POSITIVE_INFINITY)
  const [early, waited, level, all] = counts
  assert.deepEqual([early, waited, level], [500, 500, 4_000])
  assert.equal(all, seen.length)
  const rows = await shop.rows('SELECT * EXCLUDE (final, version) FROM visits')
  assert.deepEqual(rows.map((row) => JSON.stringify(row)).sort(), sessionise(seen))
})
