/** Funnels of the real file and of small random shops, against the reducer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FunnelAnswer } from '../../src/present/funnel/answer_shape.ts'
import { eventRecord, Shop } from '../engine/shop.ts'
import { imported } from '../import/importing.ts'
import { rees46 } from '../real_data.ts'
import {
  askFunnel,
  compare,
  follow,
  givenOf,
  sessionsOf,
  type Variant,
  WORDS,
} from './funnel_shop.ts'

const { file: REAL_FILE, skip } = rees46
const STEPS = ['view', 'cart', 'purchase']
const HEAD = { from: '2019-10-01', to: '2019-10-20' }

const VARIANTS: readonly Variant[] = [
  { steps: STEPS },
  { steps: STEPS, scope: 'person' },
  { steps: STEPS, order: 'strict' },
  { steps: STEPS, order: 'strict', scope: 'person' },
  { steps: STEPS, order: 'any' },
  { steps: ['view', 'view', 'cart'], order: 'any' },
  { steps: STEPS, order: 'any', within_s: 120 },
  { steps: STEPS, exclude: ['remove_from_cart'] },
  { steps: STEPS, exclude: ['remove_from_cart'], scope: 'person' },
  { steps: STEPS, order: 'any', exclude: ['remove_from_cart'] },
  { steps: STEPS, within_s: 300 },
  { steps: STEPS, within_s: 60, exclude: ['remove_from_cart'], scope: 'person' },
  { steps: ['view', 'optional:remove_from_cart', 'purchase'] },
  { steps: ['view', 'optional:cart', 'optional:any', 'purchase', 'optional:view'] },
  { steps: ['cart', 'optional:remove_from_cart', 'purchase'], within_s: 600 },
  { steps: ['view:price=2..6', 'cart:product!=p1', 'any', 'purchase'] },
]

/** Whatever it is broken down by, all of it is the same. */
function sameTotals(one: FunnelAnswer, other: FunnelAnswer): void {
  const totals = ({
    units,
    units_truncated,
    steps,
    time_to_convert,
    biggest_drop,
  }: FunnelAnswer) => ({
    ...{ units, units_truncated, time_to_convert },
    drop: biggest_drop?.lost,
    steps: steps.map(({ people, people_dropped, ...counts }) => counts),
  })
  assert.deepEqual(totals(one), totals(other))
}

test('the real file has the figures that its description names, by time range', {
  skip,
}, async (t) => {
  const shop = new Shop(t)
  await imported(shop.directory, REAL_FILE)
  await shop.open()
  const counts = async (given: object) =>
    (await askFunnel(shop, { steps: STEPS, ...given })).steps.map(({ count }) => count)

  const head = await askFunnel(shop, { steps: STEPS, scope: 'session', ...HEAD })
  assert.deepEqual(
    head.steps.map(({ event_type, count, with_step }) => [event_type, count, with_step]),
    [
      ['view', 3_912, 3_912],
      ['cart', 696, 951],
      ['purchase', 100, 172],
    ],
  )
  assert.equal(head.units, 4_194)
  assert.deepEqual(
    [head.biggest_drop?.from, head.biggest_drop?.to, head.biggest_drop?.lost],
    ['view', 'cart', 3_912 - 696],
  )
  assert.deepEqual(await counts({ from: '2019-10-31T22:00:00Z' }), [325, 71, 11])
  assert.deepEqual(await counts({}), [3_912 + 325, 696 + 71, 100 + 11])

  const sessions = await sessionsOf(shop)
  for (const variant of VARIANTS) {
    await t.test(JSON.stringify(variant), async () => {
      const answer = await askFunnel(shop, { ...givenOf(variant), by: 'category', top: 100 })
      compare(answer, sessions, variant)
      sameTotals(await askFunnel(shop, givenOf(variant)), answer)
    })
  }

  const { people, truncated } = await follow(shop, head.steps[2]?.people ?? '')
  assert.deepEqual([people.length, truncated], [100, false])
  const left = await follow(shop, head.biggest_drop?.people ?? '')
  assert.deepEqual([left.people.length, left.truncated], [1_000, true])
})

const events = fc.array(
  fc.record({
    visitor: fc.constantFrom('ann', 'bob', 'cat', 'dan', 'eve'),
    session: fc.constantFrom(null, 's1', 's2'),
    second: fc.integer({ min: 0, max: 40 }),
    event_type: fc.constantFrom('view', 'view', 'cart', 'purchase', 'remove_from_cart', 'page'),
    category: fc.constantFrom('shoes', 'hats', null),
    product: fc.constantFrom('p1', 'p2', null),
    price: fc.constantFrom(1, 2, 4, 7, null),
  }),
  { minLength: 20, maxLength: 120 },
)

const word = fc.constantFrom(...Object.keys(WORDS))
const variant: fc.Arbitrary<Variant> = fc
  .record({
    first: word,
    others: fc.array(fc.tuple(word, fc.boolean()), { maxLength: 4 }),
    exclude: fc.oneof(fc.constant([]), fc.array(word, { maxLength: 2 })),
    within_s: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    order: fc.constantFrom('loose' as const, 'loose' as const, 'strict' as const, 'any' as const),
    scope: fc.constantFrom('session' as const, 'person' as const),
  })
  .map(({ first, others, within_s, ...rest }) => ({
    ...rest,
    ...(within_s === undefined ? {} : { within_s }),
    steps: [
      first,
      ...others.map(([each, optional]) =>
        optional && rest.order !== 'any' ? `optional:${each}` : each,
      ),
    ],
  }))

test('every funnel of a random shop is what its contract says, event by event', async (t) => {
  const asked = fc.tuple(events, fc.array(variant, { minLength: 12, maxLength: 12 }))
  await fc.assert(
    fc.asyncProperty(asked, async ([happened, variants]) => {
      const shop = await new Shop(t).open()
      const records = happened.map(({ visitor, session, second, ...columns }, id) =>
        eventRecord(`e${id}`, new Date(1_769_860_800_000 + second * 1_000).toISOString(), {
          ...{
            anonymous_id: visitor,
            user_id: null,
            session_id: session,
            product_id: columns.product,
          },
          ...{ event_type: columns.event_type, category: columns.category, price: columns.price },
        }),
      )
      await shop.tell(records)
      const sessions = await sessionsOf(shop)
      assert.ok(sessions.length > 0)
      for (const each of variants) {
        const told = await askFunnel(shop, { ...givenOf(each), by: 'category' })
        compare(told, sessions, each)
        // Asked like this, sessions are told by their counters where these suffice.
        sameTotals(await askFunnel(shop, givenOf(each)), told)
      }
      await shop.close()
    }),
    { numRuns: 5 },
  )
})
