/**
 * States form a commutative monoid: however rows are divided into partial states, and in whatever
 * order and grouping these merge, the same comes out. That is why neither batches nor arrival can
 * change an answer. `CLICKPATH_TEST_SEED=SEED` replays a run.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { partialQueries } from '../../src/engine/duckdb/render_partials.ts'
import { mergedPart, type Part, partsOf } from '../../src/engine/duckdb/render_states.ts'
import { events } from '../../src/model/events.ts'
import { eq } from '../../src/model/expressions/eq.ts'
import type { State } from '../../src/model/measure.ts'
import { approximateDistinct } from '../../src/model/measures/approximate_distinct.ts'
import { collectList, collectSet } from '../../src/model/measures/collect.ts'
import { corr } from '../../src/model/measures/corr.ts'
import { count } from '../../src/model/measures/count.ts'
import { distinct } from '../../src/model/measures/distinct.ts'
import { first } from '../../src/model/measures/first.ts'
import { last } from '../../src/model/measures/last.ts'
import { max } from '../../src/model/measures/max.ts'
import { min } from '../../src/model/measures/min.ts'
import { quantile } from '../../src/model/measures/quantile.ts'
import { sum } from '../../src/model/measures/sum.ts'
import { table } from '../../src/model/table.ts'
import { tumbling } from '../../src/model/window.ts'
import { type Group, planTables } from '../../src/plan/plan.ts'
import { DUCKDB_TYPES } from '../../src/std/duckdb.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const RUNS = 20

const everyState = table('every_state', {
  answers: 'Does every kind of state keep the laws?',
  from: events,
  window: tumbling('1 hour'),
  lateness: '10 minutes',
  by: { category: events.category },
  measures: {
    events: count(),
    views: count({ where: eq(events.event_type, 'view') }),
    value: sum(events.value),
    units: sum(events.quantity),
    price_min: min(events.price),
    user_max: max(events.user_id),
    first_product: first(events.product_id),
    last_product: last(events.product_id),
    visitors: distinct(events.visitor_id),
    visitors_approximate: approximateDistinct(events.visitor_id),
    brands: collectSet(events.brand, { limit: 2 }),
    products: collectList(events.product_id, { limit: 3 }),
    price_median: quantile(events.price, 0.5),
    price_units_corr: corr(events.price, events.quantity),
  },
})

/** Steps merge with their sessions: see sessions.test.ts. */
const KINDS: Readonly<Record<State['primitive'], number>> = {
  count: 2,
  sum: 2,
  min: 1,
  max: 1,
  first: 1,
  last: 1,
  values: 3,
  bins: 1,
  registers: 1,
}

const group = planTables([everyState]).groups[0] as Group

const COLUMNS = events.declaration.columns
const TYPES = Object.entries(COLUMNS).map(([name, { type }]) => [name, DUCKDB_TYPES[type]])
const MOMENTS = 4

const row = fc.record({
  part: fc.nat(2),
  minute: fc.nat(MOMENTS),
  event_type: fc.constantFrom('view', 'cart'),
  category: fc.constantFrom('shoes', 'bags', null),
  visitor_id: fc.constantFrom('a', 'b', 'c', null),
  user_id: fc.constantFrom('ﬀ', '😀', 'z', null),
  product_id: fc.constantFrom('p1', 'p2', 'p3', null),
  brand: fc.constantFrom('x', 'y', 'Z', 'ä', null),
  price: fc.option(fc.integer({ min: -30_000, max: 990_000 }).map((units) => units / 10_000)),
  quantity: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
})

type Told = Parameters<Parameters<typeof row.map>[0]>[0]

/** Half of the moments lie in each of two windows, and several events at each. */
const eventOf = ({ part, minute, ...told }: Told, at: number) => ({
  part,
  ...told,
  event_id: `e${at}`,
  source: at % 2 === 0 ? 'web' : 'app',
  event_time: new Date(Date.UTC(2026, 0, 31, 12, (minute * 60) / MOMENTS + 30)).toISOString(),
  value: told.price,
})

async function statesOf(rows: readonly Told[]) {
  const connection = await (await DuckDBInstance.create()).connect()
  const structure = JSON.stringify([Object.fromEntries([...TYPES, ['part', 'INTEGER']])])
  const all = JSON.stringify(rows.map(eventOf))
  await connection.run(
    `CREATE TABLE told AS SELECT unnest(from_json($1, '${structure}'), recursive := true)`,
    [all],
  )
  /** Keeps a relation under a name. */
  const keep = async (name: string, sql: string) => {
    await connection.run(`CREATE TABLE ${name} AS ${sql}`)
    return name
  }
  return {
    close: () => connection.closeSync(),
    partial: (name: string, part: Part, condition: string) => {
      const relation = `(SELECT * EXCLUDE (part) FROM told WHERE ${condition})`
      const queries = partialQueries(group, relation, 1, 'UTC')
      const own = queries.filter((query) => query.part === part).map(({ sql }) => sql)
      return keep(name, own.join(' UNION ALL BY NAME '))
    },
    merge: (part: Part, name: string, ...relations: readonly string[]) => {
      const together = relations.map((relation) => `FROM ${relation}`).join(' UNION ALL BY NAME ')
      return keep(name, mergedPart(group, part, `(${together})`))
    },
    rows: async (name: string) => {
      const reader = await connection.runAndReadAll(`SELECT * FROM ${name} ORDER BY ALL`)
      return reader.getRowObjectsJson()
    },
  }
}

test('every kind of state takes part', () => {
  for (const [primitive, least] of Object.entries(KINDS)) {
    const states = group.states.filter(({ state }) => state.primitive === primitive)
    assert.ok(states.length >= least, primitive)
  }
})

test(`merging is associative and commutative, and nothing is its identity (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (told) => {
      const { partial, merge, rows, close } = await statesOf(told)
      for (const part of partsOf(group)) {
        const [a, b, c] = [
          await partial(`${part}_a`, part, 'part = 0'),
          await partial(`${part}_b`, part, 'part = 1'),
          await partial(`${part}_c`, part, 'part = 2'),
        ]
        const nothing = await partial(`${part}_nothing`, part, 'FALSE')
        const whole = await partial(`${part}_whole`, part, 'TRUE')
        const named = (name: string, ...relations: readonly string[]) =>
          merge(part, `${part}_${name}`, ...relations)
        const together = await rows(await named('together', a, b, c))
        const left = await named('left', await named('a_b', a, b), c)
        assert.deepEqual(await rows(left), together, `${part}: (a b) c`)
        const right = await named('right', a, await named('b_c', b, c))
        assert.deepEqual(await rows(right), together, `${part}: a (b c)`)
        const turned = await named('turned', c, b, a)
        assert.deepEqual(await rows(turned), together, `${part}: c b a`)
        const once = await named('once', whole)
        assert.deepEqual(await rows(once), together, `${part}: all rows at once`)
        const padded = await named('padded', nothing, once, nothing)
        assert.deepEqual(await rows(padded), together, `${part}: with nothing`)
      }
      close()
    }),
    { numRuns: RUNS, seed: SEED },
  )
})
