/** Tables over known customers, against reducers: on tricky events, and on those of a store. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { StoreShop } from '../../src/simulate/shops/store.ts'
import { type LogRecord, Shop } from '../engine/shop.ts'
import {
  activeCustomers,
  customerEngagement,
  customerInteractions,
  type Known,
  type Profile,
} from '../oracle/customer_views.ts'
import { type OracleEvent, recordOf } from '../oracle/event.ts'
import { micros } from '../oracle/time.ts'
import { browsing, customerRecord, LINKS, linkRecords } from './browsing.ts'
import { rowTexts } from './rows.ts'

const RECEIVED = '2024-03-05T00:00:00.000Z'

async function checkTables(
  t: TestContext,
  events: readonly OracleEvent[],
  rows: readonly LogRecord[],
  known: Known,
): Promise<Shop> {
  const shop = await new Shop(t).open()
  await shop.tell([...events.map((event) => recordOf(event, RECEIVED)), ...rows])
  const [mark] = await shop.rows('SELECT arg_max(horizon, batch) AS at FROM batches')
  const expected = {
    active_customers: activeCustomers(events, known, micros(String(mark?.at))),
    customer_engagement: customerEngagement(events, known),
    customer_interactions: customerInteractions(events, known),
  }
  for (const [name, wanted] of Object.entries(expected)) {
    const names = Object.keys(wanted[0] ?? {})
    const told = await shop.rows(`SELECT ${names.join(', ')} FROM ${name}`)
    assert.ok(wanted.length > 1, name)
    assert.deepEqual(rowTexts(told, names), rowTexts(wanted, names), name)
  }
  return shop
}

test('known customers by login, category and interaction equal the reducers', async (t) => {
  const profiles = new Map<string, Profile>([
    ['u3', { gender: 'female', last_login: micros('2024-02-28T23:59:59.000Z') }],
    ['u9', { gender: 'other' }],
    ['ada', { gender: 'female' }],
    ['nobody', { gender: 'male', last_login: micros('2023-12-31T08:00:00.000Z') }],
  ])
  const logins = ['u3', 'u6', 'u12'].flatMap((user_id, index) =>
    ['login', 'signup'].map((event_type, day) => ({
      ...{ event_type, user_id, event_id: `${event_type}-${index}`, source: 'web' },
      event_time: `2024-02-2${8 + day}T0${index}:30:00.000Z`,
    })),
  )
  const rows = [...profiles].map(([user_id, { gender, last_login }]) =>
    customerRecord(user_id, {
      ...(gender === null ? {} : { gender }),
      ...(last_login === undefined
        ? {}
        : { properties: { last_login: new Date(last_login / 1_000).toISOString() } }),
    }),
  )
  const known = { profiles, links: LINKS }
  await checkTables(t, [...browsing(3), ...logins], [...rows, ...linkRecords()], known)
})

/** What a simulated store tells in so many steps: its events and its customers' rows. */
function storeTraffic(steps: number) {
  const start_ms = Date.parse('2026-03-02T09:00:00.000Z')
  const shop = new StoreShop({ seed: 'customers', start_ms, users: 120, products: 60 })
  const events = new Map<string, OracleEvent>()
  const rows: LogRecord[] = []
  const profiles = new Map<string, Profile>()
  for (let step = 0; step < steps; step++) {
    const made = shop.next(start_ms + step * 4_000)
    if ('event' in made) {
      const { timestamp, ...event } = made.event
      const told = { ...event, source: 'store', event_time: String(timestamp) }
      events.set(event.event_id, told as unknown as OracleEvent)
    } else if (made.stream === 'customers') {
      const { user_id, gender, properties, updated_at } = made.row
      const login = (properties as { last_login?: string }).last_login
      const before = profiles.get(String(user_id))
      profiles.set(String(user_id), {
        gender: String(gender),
        ...(login ? { last_login: micros(login) } : before),
      })
      rows.push({ ...customerRecord(String(user_id), made.row), updated_at })
    }
  }
  return { events: [...events.values()], rows, profiles }
}

test('so they do for a day of a simulated store', async (t) => {
  const { events, rows, profiles } = storeTraffic(6_000)
  const shop = await checkTables(t, events, rows, { profiles, links: new Map() })
  const [rated] = await shop.rows(`SELECT sum(ratings) > 0 AS rated, sum(wishlists) > 0 AS wished
    FROM customer_interactions`)
  assert.deepEqual(rated, { rated: true, wished: true })
})
