import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { events } from '../../src/model/events.ts'
import { count } from '../../src/model/measures/count.ts'
import { orders } from '../../src/model/orders.ts'
import { table } from '../../src/model/table.ts'
import { session } from '../../src/model/window.ts'
import { changesAfter, identityOf } from '../../src/present/changelog.ts'
import { readSettings } from '../../src/std/settings.ts'
import { eventRecord, Shop } from './shop.ts'
import { recordOf, type Seen, sessionise, shoppingHours, timeOf, visits } from './visits.ts'

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

test('sessions need no id of the client, and may be of orders', async (t) => {
  const measures = { n: count() }
  const window = session('30 minutes')
  const about = { answers: 'How many, one after the other?', lateness: '10 minutes' } as const
  const quiet = table('quiet_visits', { ...about, from: events, window, by: {}, measures })
  const by = { visitor_id: events.visitor_id }
  const visitors = table('visits_by_visitor', { ...about, from: events, window, by, measures })
  const sales = table('sales_in_a_row', { ...about, from: orders, window, by: {}, measures })
  const shop = await new Shop(t, {}, { tables: [quiet, visitors, sales] }).open()
  const times = ['10:00:00', '10:20:00', '11:30:00', '12:30:00', '12:45:00']
  const told = times.map((time, at) =>
    eventRecord(`e${at}`, time, {
      ...{ event_type: at % 2 === 0 ? 'purchase' : 'view', order_id: `o${at}` },
      ...{ session_id: null, user_id: `u${at % 2}` },
    }),
  )
  for (const one of [...told.slice(2), ...told.slice(0, 2)]) await shop.tell([one])
  const counted = async (name: string) => {
    const rows = await shop.rows(`SELECT n FROM ${name} ORDER BY ALL`)
    return rows.map(({ n }) => Number(n))
  }
  assert.deepEqual(await counted('quiet_visits'), [1, 2, 2])
  assert.deepEqual(await counted('visits_by_visitor'), [1, 1, 1, 1, 1])
  assert.deepEqual(await counted('sales_in_a_row'), [1, 1, 1])
  await shop.processor.engine.rebuild('quiet_visits')
  assert.deepEqual(await counted('quiet_visits'), [1, 2, 2])
})

test('sessions of any arrival order, and their changes, equal a batch sessionisation', async (t) => {
  const sizesOf = fc.infiniteStream(fc.integer({ min: 1, max: 9 }))
  // A quarter of it is joined at once.
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
