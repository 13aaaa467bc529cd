import assert from 'node:assert/strict'
import { test } from 'node:test'
import { events } from '../../src/model/events.ts'
import { add } from '../../src/model/expressions/add.ts'
import { eq } from '../../src/model/expressions/eq.ts'
import { hourOf } from '../../src/model/expressions/hour_of.ts'
import { count } from '../../src/model/measures/count.ts'
import { overall } from '../../src/model/measures/derived.ts'
import { distinct } from '../../src/model/measures/distinct.ts'
import { pivot } from '../../src/model/measures/pivot.ts'
import { sum } from '../../src/model/measures/sum.ts'
import type { RowOf } from '../../src/model/table.ts'
import { table } from '../../src/model/table.ts'
import { allTime, durationMs, sliding, tumbling } from '../../src/model/window.ts'
import { planTables } from '../../src/plan/plan.ts'

const shape = {
  answers: 'A question?',
  from: events,
  window: tumbling('1 hour'),
  lateness: '1 minute',
  by: { category: events.category },
  measures: { events: count() },
} as const

test('a misspelt column, a wrong type or an unknown word does not compile', () => {
  // The compiler is the test: `npm test` checks types, and an error that is missing here is one.
  // @ts-expect-error: no such column.
  assert.equal(events.categry, undefined)
  // @ts-expect-error: text cannot be added up.
  sum(events.category)
  // @ts-expect-error: a number is no event type.
  eq(events.event_type, 3)
  // @ts-expect-error: a text has no hour.
  hourOf(events.category)
  // @ts-expect-error: text cannot be added.
  add(events.price, events.category)
  // @ts-expect-error: no such unit.
  assert.throws(() => tumbling('5 moons'))
  // @ts-expect-error: a pivot has the columns it was given.
  assert.equal(pivot(events.event_type, ['view'], { events: count }).cart_events, undefined)
})

test('rows are typed by the declaration', () => {
  const declared = table('typed', {
    ...shape,
    measures: { events: count(), value: sum(events.value) },
  })
  type Row = RowOf<typeof declared>
  const row: Row = {
    window_start: '2026-01-31T12:00:00.000Z',
    window_end: '2026-01-31T13:00:00.000Z',
    category: 'shoes',
    events: 3,
    value: '12.5000',
    final: true,
    version: 1,
  }
  // @ts-expect-error: no such column.
  assert.equal(row.visitors, undefined)
  assert.equal(declared.name, 'typed')
})

test('a declaration that cannot be meant is refused with the reason', () => {
  assert.throws(() => table('Bad Name', shape), /no table name/)
  assert.throws(() => table('taken', { ...shape, by: { final: events.category } }), /is taken/)
  const twice = { ...shape, measures: { category: count() } }
  assert.throws(() => table('twice', twice), /two columns are called category/)
  assert.throws(() => sliding('10 minutes', '3 minutes'), /no whole number of slides/)
  assert.throws(() => planTables([table('same', shape), table('same', shape)]), /Two tables/)
})

test('overall() refuses what cannot be pooled', () => {
  assert.throws(() => overall(distinct(events.visitor_id)), /overall\(\) takes counts/)
})

test('tables of the same shape share their states; a different key or filter does not', () => {
  const plan = planTables([
    table('a', shape),
    table('b', { ...shape, measures: { value: sum(events.value) } }),
    table('c', { ...shape, window: sliding('2 hours', '1 hour') }),
    table('d', { ...shape, window: allTime() }),
    table('e', { ...shape, where: eq(events.event_type, 'view') }),
  ])
  assert.deepEqual(
    plan.groups.map(({ tables }) => tables),
    [['a', 'b', 'c'], ['d'], ['e']],
  )
})

test('durations are read in words', () => {
  assert.equal(durationMs('5 minutes'), 300_000)
  assert.equal(durationMs('1 hour'), 3_600_000)
  assert.throws(() => durationMs('0 days'), /is no duration/)
})
