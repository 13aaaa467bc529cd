/**
 * The live figures: what the shop does now, in one answer. Now is the latest event's time, so that
 * a shop that was imported shows its last hour. Everybody who asks within a moment gets the same
 * answer, and computing rests ten times as long as it took.
 */
import type { Row } from '../engine/contract.ts'
import type { Clock } from '../std/clock.ts'
import { beginOf, type Zone } from '../std/local_time.ts'
import type { Settings } from '../std/settings.ts'
import type { LimitedStore, ServedEngine } from './served_engine.ts'

const FRESH_MS_MIN = 1_000
const FRESH_MS_MAX = 120_000
const RATE_MS = 10_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export interface Figures {
  /** The latest event's time; null before the first. */
  readonly as_of: string | null
  /** Records taken into the tables in the last ten seconds, by the machine's clock. */
  readonly records_per_second: number
  readonly visitors_5m: number
  readonly visitors_1h: number
  readonly buyers_1h: number
  /** Buyers per visitor of the last hour; null without visitors. */
  readonly conversion_1h: number | null
  /** The hour before the last one, to compare with. */
  readonly before: { readonly events: number; readonly visitors: number; readonly buyers: number }
  /** Per currency; refunds netted at their own time. Never mixed. */
  readonly revenue: readonly Row[]
  /** The last hour, minute by minute; minutes without events are left out. */
  readonly minutes: readonly Row[]
  /** The last hour's orders and revenue by minute and currency; minutes without are left out. */
  readonly order_minutes: readonly Row[]
}

const RATE = `SELECT coalesce(sum(records), 0) AS records FROM batches
  WHERE committed_at > make_timestamp(?::BIGINT * 1000)`

const VISITORS = `WITH hours AS (
    SELECT visitor_id, event_type, event_time, event_time > ?::TIMESTAMP AS last
    FROM events WHERE event_time > ?::TIMESTAMP AND event_time <= ?::TIMESTAMP)
  SELECT count(DISTINCT visitor_id) FILTER (WHERE event_time > ?::TIMESTAMP) AS visitors_5m,
    count(DISTINCT visitor_id) FILTER (WHERE last) AS visitors_1h,
    count(DISTINCT visitor_id) FILTER (WHERE last AND event_type = 'purchase') AS buyers_1h,
    count(*) FILTER (WHERE NOT last) AS events_before,
    count(DISTINCT visitor_id) FILTER (WHERE NOT last) AS visitors_before,
    count(DISTINCT visitor_id) FILTER (WHERE NOT last AND event_type = 'purchase') AS buyers_before
  FROM hours`

const MINUTES = `SELECT date_trunc('minute', event_time) AS minute, count(*) AS events,
    count(DISTINCT visitor_id) AS visitors,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases,
    count(DISTINCT visitor_id) FILTER (WHERE event_type = 'purchase') AS buyers
  FROM events WHERE event_time > ?::TIMESTAMP AND event_time <= ?::TIMESTAMP
  GROUP BY ALL ORDER BY minute`

const ORDER_MINUTES = `SELECT date_trunc('minute', event_time) AS minute, currency,
    count(*) FILTER (WHERE movement = 'order') AS orders, coalesce(sum(amount), 0) AS revenue
  FROM order_movements WHERE event_time > ?::TIMESTAMP AND event_time <= ?::TIMESTAMP
  GROUP BY ALL ORDER BY minute, currency`

/** The day is the shop's: it begins at midnight in its time zone. */
const revenueSql = (zone: Zone) => `WITH day AS (
    SELECT ${beginOf('day', '?::TIMESTAMP', zone)} AS began)
  SELECT currency, coalesce(sum(amount) FILTER (WHERE event_time >= began), 0) AS today,
    coalesce(sum(amount) FILTER (WHERE event_time > ?::TIMESTAMP), 0) AS last_hour,
    count(*) FILTER (WHERE movement = 'order' AND event_time >= began) AS orders_today,
    count(*) FILTER (WHERE movement = 'order' AND event_time > ?::TIMESTAMP) AS orders_1h,
    coalesce(sum(amount) FILTER (WHERE event_time > ?::TIMESTAMP AND event_time <= ?::TIMESTAMP),
      0) AS hour_before,
    count(*) FILTER (WHERE movement = 'order' AND event_time > ?::TIMESTAMP
      AND event_time <= ?::TIMESTAMP) AS orders_hour_before
  FROM order_movements, day WHERE event_time >= least(began, ?::TIMESTAMP)
  GROUP BY currency ORDER BY today DESC NULLS LAST, currency`

async function latestEvent(store: LimitedStore): Promise<number | null> {
  const [row] = await store.rows('SELECT sources FROM batches ORDER BY batch DESC LIMIT 1')
  const times_us = Object.values((row?.sources ?? {}) as Record<string, number>).map(Number)
  return times_us.length === 0 ? null : Math.max(...times_us) / 1_000
}

export class FigureBoard {
  readonly #engine: ServedEngine
  readonly #settings: Settings
  readonly #clock: Clock
  #latest: Promise<Figures> | undefined
  #computed_ms = 0
  #fresh_ms = 0

  constructor(engine: ServedEngine, settings: Settings, clock: Clock) {
    this.#engine = engine
    this.#settings = settings
    this.#clock = clock
  }

  read(): Promise<Figures> {
    const began_ms = this.#clock.now_ms()
    // The absolute value: a clock that was set back keeps nothing fresh for hours.
    const age_ms = Math.abs(began_ms - this.#computed_ms)
    if (this.#latest && age_ms < this.#fresh_ms) return this.#latest
    // While one is being computed, whoever asks waits for that one.
    this.#fresh_ms = Number.POSITIVE_INFINITY
    this.#latest = this.#compute().finally(() => {
      this.#computed_ms = this.#clock.now_ms()
      const took_ms = this.#computed_ms - began_ms
      this.#fresh_ms = Math.min(Math.max(FRESH_MS_MIN, took_ms * 10), FRESH_MS_MAX)
    })
    return this.#latest
  }

  async #compute(): Promise<Figures> {
    const { store } = this.#engine
    const limits = { query_ms: this.#settings.query_ms_max }
    const now_ms = this.#clock.now_ms()
    const [rate] = await store.rows(RATE, [now_ms - RATE_MS], limits)
    const records_per_second = Number(rate?.records ?? 0) / (RATE_MS / 1_000)
    const latest_ms = await latestEvent(store)
    if (latest_ms === null) return { ...NOTHING, records_per_second }
    const ago = (ms: number) => new Date(Math.ceil(latest_ms) - ms).toISOString()
    const [now, minutes5] = [ago(0), ago(5 * MINUTE_MS)]
    const [hour, hours2] = [ago(HOUR_MS), ago(2 * HOUR_MS)]
    const [visitors] = await store.rows(VISITORS, [hour, hours2, now, minutes5], limits)
    const [visitors_1h, buyers_1h] = [Number(visitors?.visitors_1h), Number(visitors?.buyers_1h)]
    const ofRevenue = [now, hour, hour, hours2, hour, hours2, hour, hours2]
    return {
      as_of: now,
      records_per_second,
      visitors_5m: Number(visitors?.visitors_5m),
      visitors_1h,
      buyers_1h,
      conversion_1h: visitors_1h === 0 ? null : buyers_1h / visitors_1h,
      before: {
        events: Number(visitors?.events_before),
        visitors: Number(visitors?.visitors_before),
        buyers: Number(visitors?.buyers_before),
      },
      revenue: await store.rows(revenueSql(this.#settings), ofRevenue, limits),
      minutes: await store.rows(MINUTES, [hour, now], limits),
      order_minutes: await store.rows(ORDER_MINUTES, [hour, now], limits),
    }
  }
}

const NOTHING: Figures = {
  as_of: null,
  records_per_second: 0,
  visitors_5m: 0,
  visitors_1h: 0,
  buyers_1h: 0,
  conversion_1h: null,
  before: { events: 0, visitors: 0, buyers: 0 },
  revenue: [],
  minutes: [],
  order_minutes: [],
}
