/**
 * One row per unit: how far its deepest chain goes, and when. Built as selects around selects, each
 * adding columns, so that a step is only looked for where the one before was met.
 *
 *   units -> + matches_N -> + first_N -> + place_1, ... (a chain from one start) -> chains
 *
 * Without window, exclusion and strict order the chain from the first start is the deepest, so a
 * unit has one attempt. Else every start is one, of units whose first chain was broken.
 */
import type { FunnelStep } from '../../model/funnel_step.ts'
import { STEP_COLUMNS, type StepColumn } from '../../model/funnel_step.ts'
import { anyOrderSql } from './any_order_sql.ts'
import { type Matcher, matcherOf } from './match_sql.ts'
import type { FunnelRequest } from './request.ts'
import { shortUnits } from './short_units_sql.ts'
import { unitsSql } from './units_sql.ts'

const UNIT = {
  counts: 'unit_start, truncated',
  people: 'unit_start, truncated, visitor_id, session_id, person_id',
} as const

const add = (relation: string, ...columns: readonly string[]): string =>
  columns.length === 0 ? relation : `SELECT *, ${columns.join(',\n      ')}\n    FROM (${relation})`

/** Places of required steps are `place_1`, ...; of optional ones `met_N`, N their number in all. */
const placeOf = (rank: number) => `place_${rank}`

interface Rules {
  readonly request: FunnelRequest
  readonly matcher: Matcher
  /** Ids are many bytes; counts need none. */
  readonly keep: keyof typeof UNIT
}

/** Where a chain may be after `place_1`, as conditions on a place. */
function boundsOf({ request: { funnel } }: Rules, place: string): readonly string[] {
  const { exclude, within_ms } = funnel
  const last = `step_times[place_1] + INTERVAL ${within_ms} MILLISECONDS`
  return [
    ...(exclude.length > 0 ? [`(broken IS NULL OR ${place} <= broken)`] : []),
    ...(within_ms === null ? [] : [`step_times[${place}] <= ${last}`]),
  ]
}

function next(rules: Rules, step: FunnelStep, place: string): string {
  const { matcher, request } = rules
  return request.funnel.order === 'strict'
    ? matcher.directlyAfter(step, place)
    : matcher.after(step, place)
}

function withRequired(rules: Rules, relation: string): string {
  return rules.request.required.slice(1).reduce((inner, step, index) => {
    const [before, place] = [placeOf(index + 1), placeOf(index + 2)]
    const candidate = next(rules, step, before)
    const bounds = boundsOf(rules, `next_${index + 2}`)
    if (bounds.length === 0) return add(inner, `${candidate} AS ${place}`)
    return add(
      add(inner, `${candidate} AS next_${index + 2}`),
      `CASE WHEN ${bounds.join(' AND ')} THEN next_${index + 2} END AS ${place}`,
    )
  }, relation)
}

/**
 * An optional step is looked for after the required one before it, or after an optional one met
 * since; it counts when it comes before the next required step, or where the chain ends there.
 */
function withOptional(rules: Rules, relation: string): string {
  const { steps } = rules.request.funnel
  let rank = 0
  let since: readonly string[] = []
  return steps.reduce((inner, step, index) => {
    if (step.need === 'required') {
      rank += 1
      since = []
      return inner
    }
    const from =
      since.length > 0 ? `coalesce(${[...since, placeOf(rank)].join(', ')})` : placeOf(rank)
    const name = `met_${index + 1}`
    since = [name, ...since]
    const found = `next_met_${index + 1}`
    const isLast = rank === rules.request.required.length
    const bounds = [
      `${placeOf(rank)} IS NOT NULL`,
      ...(isLast ? [] : [`(${placeOf(rank + 1)} IS NULL OR ${found} < ${placeOf(rank + 1)})`]),
      ...boundsOf(rules, found),
    ]
    return add(
      add(inner, `${next(rules, step, from)} AS ${found}`),
      `CASE WHEN ${bounds.join(' AND ')} THEN ${found} END AS ${name}`,
    )
  }, relation)
}

/** What is kept of an attempt: no lists, so that little is carried on. */
function kept(
  { request, matcher, keep }: Rules,
  relation: string,
  more: readonly string[] = [],
): string {
  const { funnel, required, by } = request
  const ranks = required.map((_, index) => placeOf(index + 1))
  const list = by?.home === 'step' ? STEP_COLUMNS[by.column as StepColumn].list : null
  const columns = [
    UNIT[keep],
    ...more,
    list ? `${list}[place_1] AS dimension` : 'dimension',
    ...funnel.steps.map((step, index) => `${matcher.first(step)} IS NOT NULL AS has_${index + 1}`),
    `${ranks.map((place) => `(${place} IS NOT NULL)::INT`).join(' + ')} AS depth`,
    ...ranks.map((place, index) => `step_times[${place}] AS time_${index + 1}`),
    ...funnel.steps.flatMap(({ need }, index) =>
      need === 'optional' ? [`met_${index + 1} IS NOT NULL AS is_met_${index + 1}`] : [],
    ),
  ]
  return `SELECT ${columns.join(', ')} FROM (${relation})`
}

function withBroken({ request, matcher }: Rules, attempts: string): string {
  const broken = request.funnel.exclude.map((step) => matcher.after(step, 'place_1'))
  return broken.length === 0 ? attempts : add(attempts, `least(${broken.join(', ')}) AS broken`)
}

function chainsFrom(rules: Rules, attempts: string, more: readonly string[] = []): string {
  return kept(rules, withOptional(rules, withRequired(rules, withBroken(rules, attempts))), more)
}

/** How far the chain from the first start would go if nothing broke it: no start gets further. */
function withFree({ request, matcher }: Rules, relation: string): string {
  return request.required.slice(1).reduce((inner, step, index) => {
    const before = index === 0 ? 'place_1' : `free_${index + 1}`
    return add(inner, `${matcher.after(step, before)} AS free_${index + 2}`)
  }, relation)
}

/** Tricky: only units whose first start was stopped can have a better one; they try every start. */
function everyStart(rules: Rules, begun: string): string {
  const { matcher, request } = rules
  const first = withFree(rules, withRequired(rules, withBroken(rules, begun)))
  const stopped = request.required
    .map((_, index) => `(place_${index + 1} IS NULL AND free_${index + 1} IS NOT NULL)`)
    .slice(1)
    .join(' OR ')
  const done = kept(rules, withOptional(rules, `SELECT * FROM (${first}) WHERE NOT (${stopped})`))
  const own = "COLUMNS(lambda name: NOT regexp_matches(name, '^(place_|next_|free_|broken)'))"
  const again = `SELECT ${own}, row_number() OVER () AS unit FROM (${first}) WHERE ${stopped}`
  const places = matcher.places(request.required[0] as FunnelStep)
  const attempts = add(again, `unnest(${places}) AS place_1`)
  const tried = chainsFrom(rules, attempts, ['unit', 'place_1'])
  return `${done}
  UNION ALL BY NAME SELECT * EXCLUDE (unit, place_1) FROM (${tried})
    QUALIFY row_number() OVER (PARTITION BY unit ORDER BY depth DESC, place_1) = 1`
}

/** Columns: unit_start, truncated, dimension, has_N, depth, time_N, is_met_N; for people ids. */
export function chainsSql(request: FunnelRequest, keep: 'counts' | 'people'): string {
  const short = keep === 'counts' ? shortUnits(request) : null
  if (!short) return chainsOf(request, keep)
  // Tricky: a condition that is null is not met, and its session belongs to the others.
  const others = chainsOf(request, keep, [`(${short.condition}) IS NOT TRUE`])
  return `${short.chains}\n  UNION ALL BY NAME ${others}`
}

function chainsOf(
  request: FunnelRequest,
  keep: 'counts' | 'people',
  where: readonly string[] = [],
): string {
  const { steps, exclude, order, within_ms } = request.funnel
  const matcher = matcherOf([...steps, ...exclude])
  const rules: Rules = { request, matcher, keep }
  const units = add(add(unitsSql(request, where), ...matcher.matches), ...matcher.firsts)
  if (order === 'any') {
    return anyOrderSql({ request, matcher, units, kept: (sql, more) => kept(rules, sql, more) })
  }
  const begun = add(units, `${matcher.first(steps[0] as FunnelStep)} AS place_1`)
  const isSimple = order === 'loose' && exclude.length === 0 && within_ms === null
  // With one required step the first start is as deep as any.
  if (isSimple || request.required.length === 1) return chainsFrom(rules, begun)
  return everyStart(rules, begun)
}
