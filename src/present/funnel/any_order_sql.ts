/**
 * The depth of a unit when steps may come in any order: as many of the first steps as have an event
 * each, no event for two. By Hall's theorem that is so exactly when every set of them is met by at
 * least as many events as it has steps; only sets whose steps can share an event need to be looked
 * at. Bounds (window, exclusion) are tried from every event that is a step.
 */
import type { FunnelStep } from '../../model/funnel_step.ts'
import type { Matcher } from './match_sql.ts'
import type { FunnelRequest } from './request.ts'

interface AnyOrder {
  readonly request: FunnelRequest
  readonly matcher: Matcher
  /** The units with `first_N`. */
  readonly units: string
  /** Drops the lists of attempts that have `place_N`. */
  readonly kept: (attempts: string, more: readonly string[]) => string
}

const canShare = (one: FunnelStep, other: FunnelStep): boolean =>
  one.event_type === null || other.event_type === null || one.event_type === other.event_type

function isConnected(steps: readonly FunnelStep[]): boolean {
  const [first, ...others] = steps
  let reached = first ? [first] : []
  let rest = others
  for (let grew = true; grew && rest.length > 0; ) {
    const near = rest.filter((step) => reached.some((each) => canShare(each, step)))
    rest = rest.filter((step) => !near.includes(step))
    reached = [...reached, ...near]
    grew = near.length > 0
  }
  return rest.length === 0
}

/** Every set of two and more of the steps that has the last of them and hangs together. */
function setsWith(last: FunnelStep, before: readonly FunnelStep[]): readonly FunnelStep[][] {
  const sets: FunnelStep[][] = [[last]]
  for (const step of before) sets.push(...sets.map((set) => [...set, step]))
  return sets.filter((set) => set.length > 1 && isConnected(set))
}

function enoughEvents(matcher: Matcher, set: readonly FunnelStep[]): string {
  const lists = set.map((step) => matcher.places(step)).join(', ')
  return `len(list_filter(list_distinct(flatten([${lists}])),
    lambda place: place >= from_place AND place <= to_place)) >= ${set.length}`
}

function withPlaces({ request: { required }, matcher }: AnyOrder, attempts: string): string {
  return required.reduce((inner, step, index) => {
    const number = index + 1
    const enough = setsWith(step, required.slice(0, index)).map((set) => enoughEvents(matcher, set))
    const conditions = [
      ...(index === 0 ? [] : [`place_${index} IS NOT NULL`]),
      `found_${number} <= to_place`,
      ...enough,
    ]
    const found = matcher.after(step, '(from_place - 1)')
    return `SELECT *, CASE WHEN ${conditions.join(' AND ')} THEN found_${number} END
        AS place_${number} FROM (SELECT *, ${found} AS found_${number} FROM (${inner}))`
  }, attempts)
}

function lastPlace({ request, matcher }: AnyOrder): string {
  const { exclude, within_ms } = request.funnel
  const last = `step_times[from_place] + INTERVAL ${within_ms} MILLISECONDS`
  const ends = [
    'len(step_types)',
    ...exclude.map((step) => matcher.after(step, 'from_place')),
    ...(within_ms === null ? [] : [`len(list_filter(step_times, lambda told: told <= ${last}))`]),
  ]
  return `least(${ends.join(', ')})`
}

export function anyOrderSql(any: AnyOrder): string {
  const { request, matcher, units, kept } = any
  const { exclude, within_ms } = request.funnel
  const whole = (sql: string) =>
    withPlaces(any, `SELECT *, 1 AS from_place, len(step_types) AS to_place FROM (${sql})`)
  const isBounded = exclude.length > 0 || within_ms !== null
  if (!isBounded || request.required.length === 1) return kept(whole(units), [])
  const starts = request.required.map((step) => `coalesce(${matcher.places(step)}, [])`).join(', ')
  const [one, two] = request.required.map((step) => `${matcher.first(step)} IS NOT NULL`)
  const numbered = `SELECT *, row_number() OVER () AS unit FROM (${units}) WHERE ${one} AND ${two}`
  const begun = `SELECT *, unnest(list_distinct(flatten([${starts}]))) AS from_place
    FROM (${numbered})`
  const attempts = `SELECT *, ${lastPlace(any)} AS to_place FROM (${begun})`
  const tried = kept(withPlaces(any, attempts), ['unit', 'from_place'])
  const best = `SELECT * EXCLUDE (unit, from_place) FROM (${tried})
    QUALIFY row_number() OVER (PARTITION BY unit ORDER BY depth DESC, from_place) = 1`
  const rest = `SELECT * FROM (${units}) WHERE NOT (${one} AND ${two})`
  return `${best}\n  UNION ALL BY NAME ${kept(whole(rest), [])}`
}
