/** Shops in which one person is everywhere, for tests that take that person out again. */
import assert from 'node:assert/strict'
import type { Row } from '../../src/engine/contract.ts'
import type { LogRecord, Shop } from '../engine/shop.ts'
import type { OracleTable } from '../oracle/columns.ts'
import { compareTable } from '../oracle/compare.ts'
import { type OracleEvent, recordOf } from '../oracle/event.ts'
import { oracleTables } from '../oracle/tables.ts'

export const RECEIVED_AT = '2026-01-31T23:10:20.300Z'

/** The events with ids that stand nowhere else by chance. */
export function withLongIds(events: readonly OracleEvent[]): readonly OracleEvent[] {
  const named = (id: string | null | undefined) => (id ? `visitor-${id}-0001` : null)
  return events.map((event) => ({
    ...event,
    user_id: named(event.user_id),
    anonymous_id: named(event.anonymous_id),
  }))
}

export const isOf = (ids: readonly string[]) => (event: OracleEvent) =>
  ids.includes(event.user_id ?? '') || ids.includes(event.anonymous_id ?? '')

export const recordsOf = (events: readonly OracleEvent[]): readonly LogRecord[] =>
  events.map((event) => recordOf(event, RECEIVED_AT))

/** Every table is what an independent reducer makes of these events alone. */
export async function checkTables(shop: Shop, events: readonly OracleEvent[]): Promise<void> {
  const expected = oracleTables(events)
  for (const name of Object.keys(expected) as OracleTable[]) {
    compareTable(name, await shop.rows(`SELECT * FROM ${name}`), expected[name])
  }
}

export const OUTCOMES = 'stored + duplicate + invalid + filtered + erased + lost_to_damage'

/** Balanced, and what it says of a source. */
export async function ledgerOf(shop: Shop, source: string): Promise<Row> {
  const [all] = await shop.rows(`SELECT sum(received) AS received, sum(${OUTCOMES}) AS told,
    (SELECT sum(received) FROM ledger) AS counted FROM ledger`)
  const lanes = await shop.processor.log.lanes()
  const records = lanes.reduce((sum, { durable_position }) => sum + durable_position, 0)
  assert.deepEqual([all?.told, all?.received], [records, records], 'the ledger does not balance')
  const [row = {}] = await shop.rows(`SELECT sum(received) AS received, sum(stored) AS stored,
    sum(duplicate) AS duplicate, sum(invalid) AS invalid, sum(erased) AS erased
    FROM ledger WHERE source = '${source}'`)
  return row
}

/** Erases whom the ids mean, and waits until the tables are full again. */
export async function erased(shop: Shop, ...ids: readonly string[]) {
  const { erasures, engine } = shop.processor
  const begun = await erasures.begin(ids)
  await erasures.finish()
  await engine.catchUp()
  const receipt = erasures.receipts().find(({ erasure }) => erasure === begun.erasure)
  assert.ok(receipt?.completed_at, 'there is no receipt')
  return { ...begun, receipt }
}

export async function foundOf(shop: Shop, ...ids: readonly string[]) {
  const { found, places } = await shop.processor.erasures.search(ids)
  return { found, places }
}

export const NOTHING = { found: 0, places: [] }
