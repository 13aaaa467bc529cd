/** The two live modes put together: a shop that is open now, and a file played again. */
import { basename } from 'node:path'
import type { Clock } from '../std/clock.ts'
import type { Rhythm } from './day_rhythm.ts'
import { Rees46File } from './rees46/read.ts'
import { type ReplayPlan, replayTraffic } from './rees46/replay.ts'
import { runTraffic } from './send/run.ts'
import { Schedule } from './send/schedule.ts'
import { Sender } from './send/sender.ts'
import type { Tally } from './send/tally.ts'
import { B2Shop } from './shops/b2.ts'
import { RealisticShop } from './shops/realistic.ts'
import { StoreShop } from './shops/store.ts'
import { type Made, type Shop, shopTraffic } from './traffic.ts'

/** A delay of up to this is made up for; see `Schedule`. */
const CATCH_UP_MS = 1_000

export interface LiveOptions {
  /** Where the collector is: http://127.0.0.1:4000. */
  readonly url: string
  readonly key?: string | undefined
  /** The default is no end. */
  readonly duration_ms?: number | undefined
  readonly seed: string | number
  readonly clock: Clock
  /** Ends the run in good order. */
  readonly signal: AbortSignal
  /** The collector takes nothing (why), or does again (undefined). */
  onTrouble?(reason: string | undefined): void
  onProgress?(tally: Readonly<Tally>): void
}

export const SHOPS = {
  realistic: { users: 5_000, products: 1_000 },
  b2: { users: 500, products: 100 },
  store: { users: 5_000, products: 1_000 },
} as const satisfies Record<string, { users: number; products: number }>
export type ShopName = keyof typeof SHOPS

export interface ShopOptions extends LiveOptions {
  readonly shop: ShopName
  /** Events (and rows) a second; the bound, and the mean unless the rhythm is `day`. */
  readonly rate: number
  readonly rhythm?: Rhythm | undefined
  /** The defaults are the shop's own, see `SHOPS`. */
  readonly users?: number | undefined
  readonly products?: number | undefined
  /** Of the `b2` shop alone: the others' ids are unique by themselves. */
  readonly idPrefix?: string | undefined
}

/** Sends a shop's traffic until the duration or the signal ends it; answers the sum. */
export async function simulateShop(options: ShopOptions): Promise<Tally> {
  const schedule = new Schedule(options.clock, CATCH_UP_MS)
  const { rate, rhythm = 'flat' } = options
  const shop = openShop(options, schedule.start_ms)
  const traffic = shopTraffic(shop, { rate, rhythm, timeOf: schedule.timeOf })
  return send(traffic, options, schedule)
}

function openShop(options: ShopOptions, start_ms: number): Shop<Made> {
  const { users = SHOPS[options.shop].users, products = SHOPS[options.shop].products } = options
  const { seed, idPrefix = '' } = options
  switch (options.shop) {
    case 'b2':
      return new B2Shop({ seed, users, products, idPrefix })
    case 'realistic':
      return new RealisticShop({ seed, start_ms, users, products })
    case 'store':
      return new StoreShop({ seed, start_ms, users, products })
  }
}

export interface ReplayOptions extends LiveOptions {
  readonly file: string
  readonly pace: ReplayPlan['pace']
  readonly times: ReplayPlan['times']
  /** The default is the file's name (with the time of this run, where events happen when sent). */
  readonly idPrefix?: string | undefined
}

export interface ReplaySum {
  readonly tally: Tally
  /** What the file turned out to be. */
  readonly file: Rees46File
}

/** Sends a REES46 file as live traffic; answers the sum. Throws FILE_UNREADABLE. */
export async function simulateReplay(options: ReplayOptions): Promise<ReplaySum> {
  const schedule = new Schedule(options.clock, CATCH_UP_MS)
  const file = new Rees46File(options.file)
  const { pace, times } = options
  const idPrefix = options.idPrefix ?? prefixOf(options, schedule.start_ms)
  const traffic = replayTraffic(file, { pace, timeOf: schedule.timeOf, times, idPrefix })
  const tally = await send(traffic, options, schedule)
  return { tally, file }
}

/** Tricky: an event whose time is that of sending is another one in each run, so its id is too. */
function prefixOf({ file, times }: ReplayOptions, start_ms: number): string {
  const name = basename(file).replace(/(\.csv)?(\.gz)?$/i, '')
  return times === 'kept' ? `${name}-` : `${name}-${start_ms.toString(36)}-`
}

async function send(
  traffic: Parameters<typeof runTraffic>[0]['traffic'],
  options: LiveOptions,
  schedule: Schedule,
): Promise<Tally> {
  const { url, key, seed, clock, signal, onProgress, onTrouble } = options
  const sender = new Sender({ url, key, seed, ...(onTrouble ? { onTrouble } : {}) })
  const end_ms = schedule.start_ms + (options.duration_ms ?? Number.POSITIVE_INFINITY)
  return runTraffic({
    traffic,
    sender,
    clock,
    end_ms,
    signal,
    ...(onProgress ? { onProgress } : {}),
  })
}
