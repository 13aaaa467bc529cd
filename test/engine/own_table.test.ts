import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '../../src/cli/config.ts'
import { eventRecord, Shop } from './shop.ts'

const EXAMPLE = fileURLToPath(
  new URL('../../examples/own-table/clickpath.config.ts', import.meta.url),
)

test("a user's own table, expression and measure work from their config file alone", async (t) => {
  const config = await loadConfig(EXAMPLE)
  const shop = await new Shop(t, config.settings, config).open()
  await shop.tell([
    eventRecord('a', '12:00:00', { category: 'home.kitchen', price: 19.99 }),
    eventRecord('b', '12:01:00', { category: 'home.garden', price: 5, user_id: 'u2' }),
    eventRecord('c', '12:02:00', { category: 'home.garden', price: 99.99 }),
    eventRecord('d', '12:03:00', { category: 'home', price: 100, event_type: 'purchase' }),
    eventRecord('e', '12:04:00', { category: 'home', price: 300 }),
  ])
  const rows = await shop.rows(
    `SELECT department, tier, events, visitors, value, round(quality, 6) AS quality
      FROM price_tiers_1h ORDER BY tier`,
  )
  assert.deepEqual(rows, [
    // (events x 0.3 + purchases x 0.5 + average price x 0.2) x 100
    { department: 'home', tier: 'Budget', events: 2, visitors: 2, value: null, quality: 309.9 },
    { department: 'home', tier: 'Mid-Range', events: 1, visitors: 1, value: null, quality: 2029.8 },
    { department: 'home', tier: 'Premium', events: 2, visitors: 1, value: 100, quality: 4110 },
  ])
})
