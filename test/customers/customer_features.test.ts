/** Every customer as of any moment, against a reducer over plain events. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { customerFeatures as columns } from '../../src/model/customer_features.ts'
import { customers } from '../../src/present/questions/customers.ts'
import { readSettings, type SettingValues } from '../../src/std/settings.ts'
import { Shop } from '../engine/shop.ts'
import { customerFeatures } from '../oracle/customer_features.ts'
import { type OracleEvent, recordOf } from '../oracle/event.ts'
import { isoTime, MINUTE_US, micros } from '../oracle/time.ts'
import { browsing, LINKS, linkRecords } from './browsing.ts'
import { rowTexts } from './rows.ts'

const RECEIVED = '2024-03-05T00:00:00.000Z'
const GAP_US = 30 * MINUTE_US
const BEGIN_US = micros('2024-02-28T23:53:00.000Z')
const NAMES = Object.keys(columns.columns)

const texts = (rows: readonly object[]) => rowTexts(rows, NAMES)

const openShop = async (
  t: TestContext,
  events: readonly OracleEvent[],
  settings: SettingValues,
): Promise<Shop> => {
  const shop = await new Shop(t, settings).open()
  await shop.tell([...events.map((event) => recordOf(event, RECEIVED)), ...linkRecords()])
  return shop
}

async function asked(shop: Shop, settings: SettingValues, as_of: string, page = {}) {
  const question = {
    ...{ as_of, search: undefined, person: undefined, columns: [] },
    ...{ group: [], lapsed_days: 90, where: [], seen_since: undefined },
    ...{ who: 'everybody', order: 'person_id', limit: 10_000, offset: 0 },
    ...page,
  }
  const context = { store: shop.processor.engine.store, settings: readSettings(settings), as_of }
  return (await customers.ask(question, context)).customers
}

const settingsOf = fc.record({
  time_zone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata'),
  currency: fc.constantFrom('', 'EUR'),
})

test('every feature equals the reducer, at any moment, in any time zone', async (t) => {
  const moments = fc.array(fc.integer({ min: 0, max: 2 * 24 * 60 }), { minLength: 2, maxLength: 2 })
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 10_000 }),
    settingsOf,
    moments,
    async (seed, settings, minutes) => {
      const events = browsing(seed, 250)
      const shop = await openShop(t, events, settings)
      const own = { ...settings, gap_us: GAP_US, links: LINKS }
      for (const minute of minutes) {
        const as_of = BEGIN_US + minute * MINUTE_US
        const rows = await asked(shop, settings, isoTime(as_of))
        assert.deepEqual(texts(rows), texts(customerFeatures(events, { ...own, as_of })))
      }
      await shop.close()
    },
  )
  await fc.assert(property, { numRuns: 4, endOnFailure: true })
})

test('the view is as of what every source has reached', async (t) => {
  const events = browsing(11)
  const shop = await openShop(t, events, {})
  const [mark] = await shop.rows('SELECT arg_max(horizon, batch) AS at FROM batches')
  const as_of = micros(String(mark?.at))
  const options = { as_of, gap_us: GAP_US, links: LINKS, time_zone: 'UTC', currency: '' }
  const rows = await shop.rows('SELECT * FROM customer_features')
  assert.deepEqual(texts(rows), texts(customerFeatures(events, options)))
  assert.ok(rows.some(({ person_id }) => person_id === 'ada'))
})

test('pages of the list are slices of the whole of it, whatever its order', async (t) => {
  const shop = await openShop(t, browsing(12), {})
  const as_of = isoTime(BEGIN_US + 24 * 60 * MINUTE_US)
  for (const order of ['-revenue', 'most_active_hour,-session_quality_avg']) {
    const whole = await asked(shop, {}, as_of, { order })
    const pages = []
    for (let offset = 0; offset < whole.length; offset += 11) {
      pages.push(...(await asked(shop, {}, as_of, { order, offset, limit: 11 })))
    }
    assert.deepEqual(pages, whole, order)
  }
})
