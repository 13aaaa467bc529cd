/** Groups of customers: everybody in exactly one, and the list, the counts and the people agree. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { event, type Json, openShop, type Shop } from '../serve/shop.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.parse('2026-01-31T12:00:00Z')

/** Who did what how many days ago; every act is a session of its own. */
const SHOPPERS: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  lapsed: [
    ['purchase', 120],
    ['purchase', 119],
    ['purchase', 118],
    ['view', 1],
  ],
  loyal: [
    ['purchase', 40],
    ['purchase', 20],
    ['purchase', 3],
  ],
  returning: [
    ['purchase', 120],
    ['purchase', 5],
  ],
  first_order: [
    ['view', 9],
    ['purchase', 8],
  ],
  left_cart: [['cart', 4]],
  came_back: [
    ['view', 30],
    ['view', 2],
  ],
  one_visit: [['view', 50]],
}

async function shopOf(t: TestContext): Promise<Shop> {
  const shop = await openShop(t)
  const records = Object.entries(SHOPPERS).flatMap(([visitor_id, done]) =>
    done.map(([event_type, days], at) => {
      const time = new Date(NOW_MS - days * DAY_MS).toISOString()
      return event(`${visitor_id}-${at}`, 0, {
        ...{ event_time: time, client_time: time, received_at: time, event_type },
        ...{
          anonymous_id: visitor_id,
          user_id: null,
          session_id: `${visitor_id}-${at}`,
          currency: 'EUR',
          quantity: 1,
        },
        ...(event_type === 'purchase' ? { order_id: `${visitor_id}-${at}` } : {}),
        ...(visitor_id.startsWith('l') ? { utm_medium: 'email' } : {}),
      })
    }),
  )
  const clock = new Date(NOW_MS).toISOString()
  const times = { event_time: clock, client_time: clock, received_at: clock, event_type: 'page' }
  await shop.append([
    ...records,
    event('clock', 0, { ...times, anonymous_id: 'clock', user_id: null }),
  ])
  await shop.catchUp()
  return shop
}

const AS_OF = `as_of=${new Date(NOW_MS).toISOString()}`
const rowsOf = (answer: Json, name: string) => answer[name] as readonly Json[]
const idsOf = (rows: readonly Json[]) => rows.map(({ person_id }) => person_id).sort()

test('everybody is in exactly one group, the one that is named like them', async (t) => {
  const shop = await shopOf(t)
  const answer = await shop.get(`/api/customer_groups?${AS_OF}`)
  const groups = rowsOf(answer, 'groups')
  assert.deepEqual([answer.customers, answer.buyers], [8, 4])
  for (const { group, customers, people } of groups) {
    const expected = group === 'one_visit' ? ['clock', 'one_visit'] : [group]
    assert.equal(customers, expected.length, String(group))
    assert.deepEqual(idsOf(rowsOf(await shop.get(String(people)), 'people')), expected)
    const list = await shop.get(`/api/customers?${AS_OF}&group=${group}`)
    assert.deepEqual(idsOf(rowsOf(list, 'customers')), expected)
    assert.equal(rowsOf(list, 'customers')[0]?.customer_group, group)
  }
  const loyal = groups.find(({ group }) => group === 'loyal')
  assert.deepEqual(loyal?.money, [{ currency: 'EUR', revenue: 30 }])
  assert.match(String(loyal?.about), /90 days/)
})

test('the pace of the shop moves who has lapsed', async (t) => {
  const shop = await shopOf(t)
  const countOf = async (days: number) => {
    const answer = await shop.get(`/api/customer_groups?${AS_OF}&lapsed_days=${days}`)
    return rowsOf(answer, 'groups').find(({ group }) => group === 'lapsed')?.customers
  }
  assert.deepEqual([await countOf(4), await countOf(7), await countOf(365)], [3, 2, 0])
})

test('conditions hold for counts and list alike', async (t) => {
  const shop = await shopOf(t)
  const since = `seen_since=${new Date(NOW_MS - 7 * DAY_MS).toISOString()}`
  for (const query of [since, 'where=first_channel=email', 'where=orders>=2&where=sessions<4']) {
    const { customers } = await shop.get(`/api/customer_groups?${AS_OF}&${query}`)
    const list = await shop.get(`/api/customers?${AS_OF}&${query}`)
    assert.equal(customers, rowsOf(list, 'customers').length, query)
    assert.ok(Number(customers) > 0 && Number(customers) < 8, query)
  }
  for (const query of ['where=colour=red', 'where=orders=many', 'where=orders', 'group=strange']) {
    await assert.rejects(shop.get(`/api/customers?${query}`), /400/, query)
  }
})

test('a breakdown adds up to its group', async (t) => {
  const shop = await shopOf(t)
  const answer = await shop.get(`/api/customer_groups?${AS_OF}&by=first_channel`)
  for (const { customers, parts, group } of rowsOf(answer, 'groups')) {
    const sum = (parts as Json[]).reduce((total, part) => total + Number(part.customers), 0)
    assert.equal(sum, customers, String(group))
  }
  const lapsed = rowsOf(answer, 'groups').find(({ group }) => group === 'lapsed')
  assert.deepEqual(lapsed?.parts, [{ value: 'email', is_other: false, customers: 1 }])
})

test('as of an earlier moment nothing later is known', async (t) => {
  const shop = await shopOf(t)
  const early = new Date(NOW_MS - 100 * DAY_MS).toISOString()
  const answer = await shop.get(`/api/customer_groups?as_of=${early}`)
  const counts = rowsOf(answer, 'groups').filter(({ customers }) => customers !== 0)
  assert.deepEqual(
    counts.map(({ group, customers }) => [group, customers]),
    [
      ['loyal', 1],
      ['first_order', 1],
    ],
  )
})
