/**
 * A shop's traffic at a steady rate against everything `clickpath up` starts: front door, engine,
 * and how long it takes until an answer counts what was acknowledged.
 */
import type { Children } from './children.ts'
import type { LoadPlan, LoadResult } from './load/plan.ts'
import { startLoad } from './load/start_load.ts'
import { LagSampler, untilCaughtUp } from './measure/lag.ts'
import { type MarkerResult, Markers } from './measure/markers.ts'
import { Sampler, type Use } from './measure/sampler.ts'
import { startUp, type Words } from './product.ts'
import { type Check, check, type Figures } from './run.ts'

/** Of people and products as many as a shop with 10,000 events a second has. */
export const SHOP = { users: 200_000, products: 10_000 }
export const MARKERS_PER_SECOND = 10

export interface Traffic {
  /** Events a second. */
  readonly rate: number
  readonly seconds: number
  readonly warmup: number
  /** Events of one request. */
  readonly batch: number
  readonly connections: number
  /** Settings for `clickpath up`. */
  readonly words?: Words
  /** Processes that work for it and that it did not start. */
  readonly pids?: readonly number[]
}

export interface TrafficOutcome {
  readonly load: LoadResult
  readonly markers: MarkerResult
  /** Of the engine; `caught_up_after_ms` is null when it took too long. */
  readonly engine: Figures
  readonly use: Use
  readonly checks: readonly Check[]
}

/** On a fresh data folder. Whatever fails first is told, and ends the bench. */
export async function runTraffic(
  children: Children,
  folder: string,
  { rate, seconds, warmup, batch, connections, words = [], pids = [] }: Traffic,
): Promise<TrafficOutcome> {
  const up = await startUp(children, folder, words)
  const sampler = new Sampler(up.pid, ...pids)
  const plan: LoadPlan = {
    ...{ kind: 'paced', url: up.url, events_per_second: rate, batch, connections, ...SHOP },
    ...{ warmup_s: warmup, measured_s: seconds },
  }
  const running = startLoad(children, plan)
  await running.measuring
  const lag = new LagSampler(up.url)
  const looking = new Markers(up.url, MARKERS_PER_SECOND)
  const loaded = running.result.finally(() => looking.stop())
  const caughtUp = loaded.then(() => untilCaughtUp(up.url))
  const [load, caught_up_after_ms, markers] = await Promise.all([loaded, caughtUp, looking.run()])
  const engine = { ...(await lag.stop()), caught_up_after_ms }
  const use = await sampler.stop()
  const checks = await checksOf(up.url, load, markers)
  const stopped = await children.stop(up.process)
  return {
    ...{ load, markers, engine, use },
    checks: [...checks, check('it stops in good order', stopped === 'stopped')],
  }
}

async function checksOf(
  url: string,
  load: LoadResult,
  seen: MarkerResult,
): Promise<readonly Check[]> {
  const sql = `SELECT sum(received) AS received, sum(stored) AS stored,
    sum(duplicate) AS duplicate, (SELECT count(*) FROM events) AS silver FROM ledger`
  const response = await fetch(new URL('/api/query', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
  })
  const { rows } = (await response.json()) as { rows: readonly Record<string, unknown>[] }
  const [received, stored, duplicate, silver] = ['received', 'stored', 'duplicate', 'silver'].map(
    (name) => Number(rows[0]?.[name]),
  ) as [number, number, number, number]
  const sent = load.events_in_all + seen.sent
  return [
    check(`every marker became visible: ${seen.seen} of ${seen.sent}`, seen.seen === seen.sent),
    check(`the ledger has what was acknowledged: ${received} of ${sent}`, received === sent),
    check(`all of it is stored or a duplicate: ${silver}`, stored + duplicate === received),
    check('the stored events are there', silver === stored),
  ]
}
