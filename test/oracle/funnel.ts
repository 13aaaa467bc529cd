/**
 * The funnel by its contract, event by event: every start is walked by hand, steps in any order are
 * matched by augmenting paths. It knows sessions and predicates, no words and no SQL.
 */
import { compareText } from './event.ts'

export interface Step {
  readonly event_type: string
  readonly time_ms: number
  readonly category: string | null
  readonly product: string | null
  readonly price: number | null
}

export interface Session {
  readonly person_id: string
  readonly visitor_id: string
  readonly session_id: string | null
  readonly begun_ms: number
  readonly steps: readonly Step[]
}

export type Predicate = (step: Step) => boolean

export interface FunnelSpec {
  readonly steps: readonly { readonly is: Predicate; readonly optional: boolean }[]
  readonly exclude: readonly Predicate[]
  readonly within_ms: number | null
  readonly order: 'loose' | 'strict' | 'any'
  readonly scope: 'session' | 'person'
}

export interface UnitResult {
  readonly depth: number
  /** Per step of the funnel, optional ones too. */
  readonly reached: readonly boolean[]
  readonly has: readonly boolean[]
  readonly first: Step | null
  /** Between required steps, for the depth reached; empty in any order. */
  readonly took_ms: readonly number[]
}

/** Persons have the steps of all their sessions, in order of time, then of the sessions. */
export function unitsOf(
  sessions: readonly Session[],
  scope: FunnelSpec['scope'],
): readonly (readonly Step[])[] {
  if (scope === 'session') return sessions.map(({ steps }) => steps)
  const inOrder = [...sessions].sort(
    (one, other) =>
      one.begun_ms - other.begun_ms ||
      compareText(one.visitor_id, other.visitor_id) ||
      Number(one.session_id === null) - Number(other.session_id === null) ||
      compareText(one.session_id ?? '', other.session_id ?? ''),
  )
  const people = Map.groupBy(inOrder, ({ person_id }) => person_id)
  return [...people.values()].map((visits) =>
    // Sorting keeps the order of equals.
    visits.flatMap(({ steps }) => steps).sort((one, other) => one.time_ms - other.time_ms),
  )
}

/** The last place that a chain from `start` may use: what breaks it, or the end. */
function limitOf(steps: readonly Step[], start: number, spec: FunnelSpec): number {
  const begun_ms = steps[start]?.time_ms ?? 0
  for (let place = start + 1; place < steps.length; place++) {
    const step = steps[place] as Step
    if (spec.within_ms !== null && step.time_ms - begun_ms > spec.within_ms) return place - 1
    if (spec.exclude.some((is) => is(step))) return place
  }
  return steps.length - 1
}

/** Places of the required steps, from one start. */
function walk(steps: readonly Step[], start: number, spec: FunnelSpec): readonly number[] {
  const required = spec.steps.filter(({ optional }) => !optional)
  const met = [start]
  for (let place = start + 1; place <= limitOf(steps, start, spec); place++) {
    const next = required[met.length]
    if (!next) break
    if (next.is(steps[place] as Step)) met.push(place)
    else if (spec.order === 'strict') break
  }
  return met
}

function reachedBy(
  steps: readonly Step[],
  met: readonly number[],
  spec: FunnelSpec,
): readonly boolean[] {
  const limit = met[0] === undefined ? -1 : limitOf(steps, met[0], spec)
  let rank = 0
  let cursor = -1
  return spec.steps.map(({ is, optional }) => {
    if (!optional) {
      rank += 1
      cursor = met[rank - 1] ?? -1
      return cursor >= 0
    }
    if (rank > met.length) return false
    const end = Math.min(limit, (met[rank] ?? Number.POSITIVE_INFINITY) - 1)
    const last = spec.order === 'strict' ? Math.min(end, cursor + 1) : end
    for (let place = cursor + 1; place <= last; place++) {
      if (!is(steps[place] as Step)) continue
      cursor = place
      return true
    }
    return false
  })
}

/** As many of the first steps as can have an event each (Kuhn's augmenting paths). */
function matched(steps: readonly Step[], predicates: readonly Predicate[]): number {
  const owner = new Map<number, number>()
  const place = (wanted: number, tried: Set<number>): boolean =>
    steps.some((step, at) => {
      if (tried.has(at) || !predicates[wanted]?.(step)) return false
      tried.add(at)
      const other = owner.get(at)
      if (other !== undefined && !place(other, tried)) return false
      owner.set(at, wanted)
      return true
    })
  const failed = predicates.findIndex((_, wanted) => !place(wanted, new Set()))
  return failed < 0 ? predicates.length : failed
}

function anyOrder(steps: readonly Step[], spec: FunnelSpec): Pick<UnitResult, 'depth' | 'first'> {
  const predicates = spec.steps.map(({ is }) => is)
  let best: Pick<UnitResult, 'depth' | 'first'> = { depth: 0, first: null }
  steps.forEach((step, start) => {
    if (!predicates.some((is) => is(step))) return
    const inside = steps.slice(start, limitOf(steps, start, spec) + 1)
    const depth = matched(inside, predicates)
    const [is] = predicates
    if (depth > best.depth) best = { depth, first: inside.find((each) => is?.(each)) ?? null }
  })
  return best
}

export function unitFunnel(steps: readonly Step[], spec: FunnelSpec): UnitResult {
  const has = spec.steps.map(({ is }) => steps.some(is))
  if (spec.order === 'any') {
    const { depth, first } = anyOrder(steps, spec)
    return { depth, first, has, took_ms: [], reached: spec.steps.map((_, at) => at < depth) }
  }
  const begins = spec.steps[0]?.is
  const starts = steps.flatMap((step, place) => (begins?.(step) ? [place] : []))
  const chains = starts.map((start) => walk(steps, start, spec))
  const best = chains.reduce<readonly number[]>(
    (deepest, chain) => (chain.length > deepest.length ? chain : deepest),
    [],
  )
  const times = best.map((place) => steps[place]?.time_ms ?? 0)
  return {
    depth: best.length,
    first: steps[best[0] ?? -1] ?? null,
    has,
    reached: reachedBy(steps, best, spec),
    took_ms: times.slice(1).map((time_ms, index) => time_ms - (times[index] ?? 0)),
  }
}

export interface Counted {
  readonly units: number
  readonly counts: readonly number[]
  readonly with_step: readonly number[]
}

export function countUnits(units: readonly UnitResult[], spec: FunnelSpec): Counted {
  const total = (of: (unit: UnitResult, step: number) => boolean | undefined) =>
    spec.steps.map((_, step) => units.filter((unit) => of(unit, step)).length)
  return {
    units: units.length,
    counts: total(({ reached }, step) => reached[step]),
    with_step: total(({ has }, step) => has[step]),
  }
}
