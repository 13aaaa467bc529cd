/** What does not fit into memory: all of it is stored, in smaller batches. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { eventRecord, Shop } from './shop.ts'

const EVENTS = 60_000
const MEMORY_LIMIT_MB = 200
const APPENDED = 10_000
/** With a text as long, they need several times what ordinary events need. */
const LONG = 'x'.repeat(1_500)

const timeOf = (second: number) => new Date(Date.UTC(2026, 0, 31) + second * 1_000).toISOString()

/** A shop with events that come in any order, one a second, and `visitors` in turn. */
async function shopWith(t: TestContext, visitors: number): Promise<Shop> {
  const shop = await new Shop(t, { memory_limit_mb: MEMORY_LIMIT_MB }).open()
  for (let at = 0; at < EVENTS; at += APPENDED) {
    const records = Array.from({ length: APPENDED }, (_, place) => {
      // A step that has no factor in common with their number meets each of them once.
      const second = ((at + place) * 7_919) % EVENTS
      const user_id = `v${second % visitors}`
      const rest = { user_id, session_id: user_id, page_url: `/${second}/${LONG}` }
      return eventRecord(`e${second}`, timeOf(second), rest)
    })
    await shop.append(records)
  }
  return shop
}

async function assertAllStored(shop: Shop): Promise<void> {
  const [row] = await shop.rows(
    'SELECT count(*) AS events, count(DISTINCT event_id) AS ids FROM events',
  )
  assert.deepEqual([Number(row?.events), Number(row?.ids)], [EVENTS, EVENTS])
  const { received, stored, invalid } = await shop.ledger()
  assert.deepEqual([received, stored, invalid].map(Number), [EVENTS, EVENTS, 0])
}

test('a batch that does not fit is taken in smaller ones, and no record is blamed', async (t) => {
  const shop = await shopWith(t, 12_000)
  await shop.processor.engine.catchUp()
  await assertAllStored(shop)
  const [row] = await shop.rows('SELECT count(*) AS sessions, sum(events) AS events FROM sessions')
  assert.deepEqual([Number(row?.sessions), Number(row?.events)], [12_000, EVENTS])
  const split = shop.said.filter((sentence) =>
    sentence.includes('A batch was rolled back: Out of Memory'),
  )
  assert.ok(split.length > 0, 'nothing was too large')
})

test('a program that reads the whole shop makes one session of bounded steps', async (t) => {
  const shop = await shopWith(t, 1)
  await shop.processor.engine.catchUp()
  await assertAllStored(shop)
  const [row] = await shop.rows(`SELECT events, steps_truncated, len(step_times) AS steps,
    epoch_ms(step_times[1]) AS first_ms, epoch_ms(step_times[200]) AS last_ms FROM sessions`)
  assert.deepEqual(
    { ...row, first_ms: Number(row?.first_ms), last_ms: Number(row?.last_ms) },
    {
      ...{ events: EVENTS, steps_truncated: true, steps: 200 },
      ...{ first_ms: Date.parse(timeOf(0)), last_ms: Date.parse(timeOf(199)) },
    },
  )
})
