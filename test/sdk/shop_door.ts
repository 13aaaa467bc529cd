/** A collector with an engine behind it: what a real SDK sends to the one is asked of the other. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startCollector } from '../../src/collect/collector.ts'
import { openKeys } from '../../src/collect/keys.ts'
import type { Row } from '../../src/engine/contract.ts'
import { openLaneWriter } from '../../src/log/files/lane_writer.ts'
import { systemClock } from '../../src/std/clock.ts'
import { readSettings, type SettingValues } from '../../src/std/settings.ts'
import { Shop } from '../engine/shop.ts'

export interface ShopDoor {
  readonly url: string
  /** A write key that the collector knows. */
  readonly key: string
  readonly shop: Shop
  /** The rows of an SQL query once everything that was acknowledged is in the tables. */
  rows(sql: string): Promise<readonly Row[]>
}

/** Opens it on a free port; it ends with the test. */
export async function openShopDoor(t: TestContext, values: SettingValues = {}): Promise<ShopDoor> {
  // Hooks run in the order in which they were made: this one before the shop's folder goes.
  let close = async () => {}
  t.after(() => close())
  const shop = await new Shop(t).open()
  const settings = readSettings({ log_reserve_mb: 0, ...values })
  const keys = openKeys(shop.directory, randomBytes)
  const log = join(shop.directory, 'log')
  const lane = await openLaneWriter({ directory: log, lane: 'web', settings, clock: systemClock })
  const collector = startCollector({
    say: () => {},
    settings,
    lane,
    keys,
    steps: [],
    clock: systemClock,
    random: randomBytes,
    proxy: { target: () => undefined },
  })
  close = async () => {
    await collector.close()
    await lane.close()
  }
  return {
    url: await collector.listen(0, '127.0.0.1'),
    key: keys.all[0]?.key ?? '',
    shop,
    rows: async (sql) => {
      await shop.processor.engine.catchUp()
      return shop.rows(sql)
    },
  }
}
