import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
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
