/**
 * From chains to counts: one statement for totals, breakdown, trend and times. Counts are first
 * made per interval and value; totals, values and intervals are sums of these.
 */
import { beginOf, type Zone } from '../../std/local_time.ts'
import { chainsSql } from './chains_sql.ts'
import type { FunnelInterval, FunnelRequest } from './request.ts'

/** Rows of the trend; more are cut, the oldest first, and the answer says so. */
export const TREND_ROWS_MAX = 5_000

/** Upper ends of the bins of times, in seconds; the last bin has none. */
export const TIME_BINS_S = Object.freeze([
  ...[10, 30, 60, 120, 300, 600, 1_800],
  ...[3_600, 7_200, 21_600, 86_400, 259_200, 604_800, 2_592_000],
])

/** The begin of the interval that a time lies in; days and longer by the shop's clocks. */
export function intervalSql(time: string, interval: FunnelInterval, zone: Zone): string {
  if (interval === '15m') return `time_bucket(INTERVAL 15 MINUTES, ${time})`
  return interval === 'hour' ? `date_trunc('hour', ${time})` : beginOf(interval, time, zone)
}

/** The place of a required step among the required ones, from 1; how deep a chain must be. */
export function depthOf({ funnel, required }: FunnelRequest, step: number): number {
  const before = funnel.steps.slice(0, step).filter(({ need }) => need === 'required')
  return Math.min(before.length, required.length)
}

/** Whether a chain reached a step, the number of it from 1. */
export function reachedSql(request: FunnelRequest, step: number): string {
  const { need } = request.funnel.steps[step - 1] ?? {}
  return need === 'optional' ? `is_met_${step}` : `depth >= ${depthOf(request, step)}`
}

/** WITH parts that end in `chains` (a row per unit) and `named`, the values that are named. */
export function chainParts(request: FunnelRequest, zone: Zone, keep: 'counts' | 'people'): string {
  const { steps } = request.funnel
  const counts = steps.flatMap((_, index) => [
    `count_if(${reachedSql(request, index + 1)}) AS count_${index + 1}`,
    `count_if(has_${index + 1}) AS with_${index + 1}`,
  ])
  const values =
    request.by === null
      ? 'SELECT NULL AS dimension, 1 AS rank WHERE false'
      : `SELECT
      dimension, row_number() OVER (ORDER BY sum(count_1) DESC, dimension NULLS LAST) AS rank
    FROM cells GROUP BY dimension HAVING sum(count_1) > 0 QUALIFY rank <= ${request.top}`
  return `chains AS MATERIALIZED (${chainsSql(request, keep)}),
  cells AS MATERIALIZED (
    SELECT ${intervalSql('unit_start', request.interval, zone)} AS start, dimension,
      count(*) AS units, count_if(truncated) AS truncated, ${counts.join(', ')}
    FROM chains GROUP BY ALL),
  named AS MATERIALIZED (${values})`
}

function sums({ funnel: { steps } }: FunnelRequest): string {
  const list = (kind: string) =>
    `[${steps.map((_, index) => `CAST(sum(${kind}_${index + 1}) AS BIGINT)`).join(', ')}]`
  return `CAST(sum(units) AS BIGINT) AS units, CAST(sum(truncated) AS BIGINT) AS truncated,
      ${list('count')} AS counts, ${list('with')} AS with_step`
}

function timesSql(step: number, from: string, to: string, depth: number): string {
  const bins = [...TIME_BINS_S, null].map((end, index) => {
    const begin = TIME_BINS_S[index - 1] ?? 0
    // Whole microseconds: compared as doubles it would take twice as long.
    const below = end === null ? '' : ` AND took_us < ${end * 1e6}`
    return `count_if(took_us >= ${begin * 1e6}${below})`
  })
  const quantiles_us = 'quantile_cont(took_us, [0.25, 0.5, 0.75, 0.9])'
  const quantiles = `list_transform(${quantiles_us}, lambda told: round(told / 1e6, 6))`
  return `SELECT 'times' AS part, ${step} AS step, count(*) AS units,
      round(avg(took_us) / 1e6, 6) AS mean_s,
      ${quantiles} AS quantiles_s,
      [${bins.join(', ')}] AS bins
    FROM (SELECT epoch_us(${to}) - epoch_us(${from}) AS took_us FROM chains
      WHERE depth >= ${depth})`
}

/** Times from step to step, and from the first to the last (step 0). */
function allTimes({ required, funnel }: FunnelRequest): readonly string[] {
  if (funnel.order === 'any' || required.length < 2) return []
  const last = required.length
  const each = required.slice(1).map((step, index) => {
    const number = funnel.steps.indexOf(step) + 1
    return timesSql(number, `time_${index + 1}`, `time_${index + 2}`, index + 2)
  })
  return [timesSql(0, 'time_1', `time_${last}`, last), ...each]
}

/** Rows with `part`: total, value, trend, times. */
export function countsSql(request: FunnelRequest, zone: Zone): string {
  const hasBy = request.by !== null
  const isOther = 'named.rank IS NULL'
  const joined = `cells LEFT JOIN named
      ON named.dimension IS NOT DISTINCT FROM cells.dimension`
  const value = `SELECT 'value' AS part, rank, ${isOther} AS is_other,
      any_value(named.dimension) AS value, count(DISTINCT cells.dimension) FILTER (count_1 > 0)
        AS others, ${sums(request)}
    FROM ${joined} GROUP BY rank`
  const trend = `SELECT 'trend' AS part, start, ${
    hasBy
      ? `rank, ${isOther} AS is_other,
      any_value(named.dimension) AS value, `
      : ''
  }${sums(request)}
    FROM ${hasBy ? joined : 'cells'} GROUP BY start${hasBy ? ', rank' : ''}
    HAVING sum(count_1) > 0 ORDER BY start DESC${hasBy ? ', rank' : ''} LIMIT ${TREND_ROWS_MAX + 1}`
  const parts = [
    `SELECT 'total' AS part, ${sums(request)} FROM cells`,
    ...(hasBy ? [value] : []),
    `SELECT * FROM (${trend})`,
    ...allTimes(request),
  ]
  return `WITH ${chainParts(request, zone, 'counts')}
  ${parts.join('\n  UNION ALL BY NAME ')}`
}
