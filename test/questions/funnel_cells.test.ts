/** What stands beside a funnel's counts: people, breakdowns, trend, funnels asked by name. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { funnel } from '../../src/model/funnel.ts'
import type { FunnelStepAnswer } from '../../src/present/funnel/answer_shape.ts'
import { eventRecord, type LogRecord, Shop } from '../engine/shop.ts'
import { askFunnel, follow, type Given } from './funnel_shop.ts'

const STEPS = ['view', 'cart', 'purchase']

/** A visit of so many steps of the way, in one category; a visit a minute. */
function visit(
  number: number,
  depth: number,
  category: string | null,
  time = '12:00',
): LogRecord[] {
  return STEPS.slice(0, depth).map((event_type, at) =>
    eventRecord(`v${number}-${at}`, `${time}:${String(10 + at * 5)}`, {
      ...{ event_type, category, user_id: null, anonymous_id: `visitor-${number}` },
      session_id: `session-${number}`,
    }),
  )
}

async function smallShop(t: TestContext) {
  const shop = await new Shop(t).open()
  await shop.tell([
    ...visit(1, 3, 'shoes'),
    ...visit(2, 2, 'shoes'),
    ...visit(3, 1, 'shoes', '22:45'),
    ...visit(4, 3, 'hats', '23:30'),
    ...visit(5, 1, 'hats'),
    ...visit(6, 2, 'belts'),
    ...visit(7, 1, null),
    eventRecord('p1', '12:01:00', {
      ...{ event_type: 'page', user_id: null, anonymous_id: 'visitor-8', session_id: 'session-8' },
    }),
  ])
  return shop
}

const counts = (steps: readonly FunnelStepAnswer[]) => steps.map(({ count }) => count)

test('every cell opens: as many people stand behind it as it says', async (t) => {
  const shop = await smallShop(t)
  const answer = await askFunnel(shop, { steps: STEPS, by: 'category', top: 2, interval: '15m' })
  const parts = [{ steps: answer.steps }, ...(answer.breakdown?.values ?? []), ...answer.trend.rows]
  assert.ok(parts.length > 6)
  for (const { steps } of parts) {
    for (const { count, dropped, people, people_dropped } of steps) {
      assert.equal((await follow(shop, people)).people.length, count, people)
      assert.equal((await follow(shop, people_dropped)).people.length, dropped, people_dropped)
    }
  }
})

test('a breakdown names the largest values, and all others together', async (t) => {
  const shop = await smallShop(t)
  const { breakdown, units, steps } = await askFunnel(shop, {
    steps: STEPS,
    by: 'category',
    top: 2,
  })
  assert.deepEqual(
    breakdown?.values.map((part) => [part.value, part.is_other, ...counts(part.steps)]),
    [
      ['shoes', false, 3, 2, 1],
      ['hats', false, 2, 1, 1],
      [null, true, 2, 1, 0],
    ],
  )
  assert.deepEqual([units, ...counts(steps)], [8, 7, 4, 2])
  const whole = await askFunnel(shop, { steps: STEPS, by: 'category' })
  const none = whole.breakdown?.values.find(({ value, is_other }) => value === null && !is_other)
  assert.deepEqual(counts(none?.steps ?? []), [1, 0, 0])
})

test('the trend counts by the begin of a session, days by the time zone of the shop', async (t) => {
  const shop = await smallShop(t)
  const trend = async (given: object, time_zone = 'UTC') =>
    (await askFunnel(shop, { steps: STEPS, ...given }, [], { time_zone })).trend.rows.map(
      ({ start, steps }) => [start, ...counts(steps)],
    )
  assert.deepEqual(await trend({}), [['2026-01-31T00:00:00.000Z', 7, 4, 2]])
  assert.deepEqual(await trend({}, 'Europe/Berlin'), [
    ['2026-01-30T23:00:00.000Z', 6, 3, 1],
    ['2026-01-31T23:00:00.000Z', 1, 1, 1],
  ])
  assert.deepEqual(await trend({ interval: '15m' }), [
    ['2026-01-31T12:00:00.000Z', 5, 3, 1],
    ['2026-01-31T22:45:00.000Z', 1, 0, 0],
    ['2026-01-31T23:30:00.000Z', 1, 1, 1],
  ])
  assert.deepEqual(await trend({ from: '2026-01-31T22:45', to: '2026-01-31T23:30:10Z' }), [
    ['2026-01-31T00:00:00.000Z', 1, 0, 0],
  ])
})

test('a funnel is asked by its name; without one it is conversion_funnel', async (t) => {
  const shop = await smallShop(t)
  const declared = [
    funnel('shoe_carts', {
      steps: ['view:category=shoes', 'cart'],
      within: '5 minutes',
      by: 'channel',
    }),
  ]
  const own = await askFunnel(shop, { name: 'shoe_carts' }, declared)
  assert.deepEqual([own.name, own.within_s, ...counts(own.steps)], ['shoe_carts', 300, 3, 2])
  assert.equal(own.breakdown?.by, 'channel')
  assert.equal((await follow(shop, own.steps[1]?.people ?? '', declared)).people.length, 2)
  const ours = await askFunnel(shop, {})
  assert.deepEqual([ours.name, ...counts(ours.steps)], ['conversion_funnel', 7, 4, 2])
})

test('what cannot be asked is refused with a reason', async (t) => {
  const shop = await smallShop(t)
  const cases: readonly (readonly [Given, RegExp])[] = [
    [{ name: 'nope' }, /no funnel nope. Declared: conversion_funnel/],
    [{ name: 'nope', steps: STEPS }, /either steps or the name/],
    [{ within: '1 hour' }, /asked as it stands/],
    [{ steps: ['optional:view', 'cart'] }, /first step cannot be optional/],
    [{ steps: ['view', 'cart?'], order: 'any' }, /no step can be optional/],
    [{ steps: ['view:colour=red'] }, /is no step/],
    [{ steps: ['view:price=dear'] }, /is no price/],
    [{ steps: STEPS, by: 'chanel' }, /Did you mean channel/],
    [{ steps: STEPS, where: ['channel'] }, /is no filter/],
    [{ steps: STEPS, optional: ['page'] }, /none of the steps/],
    [{ steps: STEPS, from: '2026-02-01', to: '2026-01-01' }, /must lie before/],
    [{ steps: STEPS, scope: 'visitor', top: 0, frm: 'x' }, /frm: [^\0]*scope: [^\0]*top: /],
  ]
  for (const [given, reason] of cases) await assert.rejects(askFunnel(shop, given), reason)
  const sly = "x' OR 1=1 --"
  const answer = await askFunnel(shop, {
    steps: [`view:category=${sly}`],
    where: [`channel=${sly}`],
  })
  assert.deepEqual([answer.units, ...counts(answer.steps)], [0, 0])
})

/** What was told of a customer, or of who a visitor is. */
const told = (record: string, key: string, row: object): LogRecord => ({
  ...{ record, source: 'web', received_at: '2026-01-31T23:00:00Z' },
  ...{ key, updated_at: '2026-01-31T22:00:00Z', row },
})

test('sessions are chosen and broken down by their own columns and by those of the customer', async (t) => {
  const shop = await smallShop(t)
  await shop.tell([
    ...visit(9, 2, 'shoes').map((event) => ({ ...event, utm_source: 'news', utm_medium: 'email' })),
    told('identity', 'visitor-1', { person_id: 'ann' }),
    told('identity', 'visitor-2', { person_id: 'ann' }),
    told('customers', 'ann', { gender: 'f', country: 'DE' }),
    told('customers', 'visitor-4', { gender: 'm' }),
  ])
  const where = async (...conditions: readonly string[]) =>
    counts((await askFunnel(shop, { steps: STEPS, where: conditions })).steps)
  assert.deepEqual(await where('gender=f'), [2, 2, 1])
  assert.deepEqual(await where('gender!=f'), [6, 3, 1])
  assert.deepEqual(await where('country=', 'gender!='), [1, 1, 1])
  assert.deepEqual(await where('utm_source=news'), [1, 1, 0])
  assert.deepEqual(await where('channel!=direct'), [1, 1, 0])
  const persons = await askFunnel(shop, { steps: STEPS, scope: 'person', by: 'gender' })
  assert.deepEqual(
    persons.breakdown?.values.map((part) => [part.value, ...counts(part.steps)]),
    [
      [null, 5, 2, 0],
      ['f', 1, 1, 1],
      ['m', 1, 1, 1],
    ],
  )
  const [first] = persons.breakdown?.values[1]?.steps ?? []
  const { people } = await follow(shop, first?.people ?? '')
  assert.deepEqual(
    people.map(({ person_id }) => person_id),
    ['ann'],
  )
})
