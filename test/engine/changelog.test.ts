import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row } from '../../src/engine/contract.ts'
import type { PlannedTable } from '../../src/plan/plan.ts'
import { changesAfter, identityOf } from '../../src/present/changelog.ts'
import { readSettings } from '../../src/std/settings.ts'
import { eventRecord, Shop } from './shop.ts'

const settings = readSettings({})

/** A follower that knows a table only through its changes. */
class Follower {
  readonly rows = new Map<string, Row>()
  readonly #shop: Shop
  readonly #planned: PlannedTable
  #cursor = 0

  constructor(shop: Shop, name: string) {
    this.#shop = shop
    const planned = shop.processor.plan.tables.get(name)
    assert.ok(planned)
    this.#planned = planned
  }

  async follow(): Promise<number> {
    const { store } = this.#shop.processor.engine
    const answer = await changesAfter(store, this.#planned, settings, this.#cursor, 1_000)
    assert.equal(answer.kind, 'changes')
    if (answer.kind !== 'changes') return 0
    for (const { op, row } of answer.changes) {
      if (op === 'upsert') this.rows.set(identityOf(this.#planned, row), row)
      else this.rows.delete(identityOf(this.#planned, row))
    }
    this.#cursor = answer.cursor
    return answer.changes.length
  }

  async assertCurrent(): Promise<void> {
    const { table } = this.#planned
    const strip = ({ version: _, ...row }: Row) => JSON.stringify(row)
    const rows = await this.#shop.rows(`SELECT * FROM ${table.name}`)
    assert.deepEqual([...this.rows.values()].map(strip).sort(), rows.map(strip).sort(), table.name)
  }
}

test('a follower of the changes holds every table as it is, after each step', async (t) => {
  const shop = await new Shop(t).open()
  const order = { event_type: 'purchase', order_id: 'o1', session_id: 's1' }
  const steps = [
    [eventRecord('a', '12:00:00'), eventRecord('b', '12:03:00', { event_type: 'cart' })],
    // A browser's copy of an order, then the server's, an hour earlier and cheaper: it wins.
    [eventRecord('c', '14:05:00', { ...order, price: 30, origin: 'browser' })],
    [eventRecord('d', '13:05:00', { ...order, price: 25, origin: 'server', product_id: 'p2' })],
    [eventRecord('e', '15:00:00', { event_type: 'refund', order_id: 'o1', revenue: 5 })],
    [eventRecord('f', '18:00:00', { product_id: 'p9' })], // Closes the earlier windows.
  ]
  const followers = [...shop.processor.plan.tables.keys()].map((name) => new Follower(shop, name))
  for (const step of steps) {
    await shop.tell(step)
    for (const follower of followers) {
      await follower.follow()
      await follower.assertCurrent()
    }
  }
  for (const follower of followers) assert.equal(await follower.follow(), 0)
})

test('asks for a snapshot when more changed than was asked for', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell(Array.from({ length: 50 }, (_, at) => eventRecord(`e${at}`, `12:${10 + at}:00`)))
  const planned = shop.processor.plan.tables.get('event_windows_5m')
  assert.ok(planned)
  const { store } = shop.processor.engine
  const answer = await changesAfter(store, planned, settings, 0, 5)
  assert.equal(answer.kind, 'snapshot_needed')
})
