/** A shop to be fuzzed: what its collector says it did, and what its log holds. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openShopDoor, type ShopDoor } from '../sdk/shop_door.ts'

export interface Counted {
  readonly accepted: number
  readonly invalid: number
  readonly filtered: number
}

export interface FuzzedShop {
  readonly url: string
  /** What the collector counted since it started, by its own page of metrics. */
  counted(): Promise<Counted>
  heldBodyBytes(): Promise<number>
  /** How many records of each kind the log holds. */
  kinds(): ReadonlyMap<string, number>
  readonly rows: ShopDoor['rows']
  ledger(): Promise<Readonly<Record<string, number>>>
}

/** Opens it; it ends with the test. */
export async function openFuzzedShop(context: TestContext): Promise<FuzzedShop> {
  const { url, shop, rows } = await openShopDoor(context)
  const metric = async (name: string) => {
    const answer = await fetch(`${url}/collect/metrics`)
    assert.equal(answer.status, 200)
    const samples = (await answer.text()).matchAll(/^(\w+)(?:\{.*\})? (\d+)$/gm)
    return [...samples]
      .filter(([, sample]) => sample === `clickpath_collect_${name}`)
      .reduce((total, [, , value]) => total + Number(value), 0)
  }
  return {
    url,
    rows,
    counted: async () => ({
      accepted: await metric('accepted_total'),
      invalid: await metric('invalid_total'),
      filtered: await metric('filtered_total'),
    }),
    heldBodyBytes: () => metric('body_bytes'),
    kinds: () => kindsIn(join(shop.directory, 'log', 'web')),
    ledger: async () => {
      await rows('SELECT 1')
      const counts = Object.entries(await shop.ledger())
      return Object.fromEntries(counts.map(([outcome, count]) => [outcome, Number(count)]))
    },
  }
}

function kindsIn(lane: string): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>()
  for (const file of readdirSync(lane).filter((name) => name.endsWith('.ndjson'))) {
    for (const line of readFileSync(join(lane, file), 'utf8').split('\n')) {
      if (line === '' || line.startsWith('{"commit"')) continue
      const { record } = JSON.parse(line) as { readonly record: string }
      kinds.set(record, (kinds.get(record) ?? 0) + 1)
    }
  }
  return kinds
}
