/** The rows of the counting statement as the answer: rates, drops and the ways to the people. */
import type { Row } from '../../engine/contract.ts'
import type {
  FunnelAnswer,
  FunnelDrop,
  FunnelPart,
  FunnelStepAnswer,
  FunnelTimes,
} from './answer_shape.ts'
import { TIME_BINS_S, TREND_ROWS_MAX } from './counts_sql.ts'
import type { FunnelRequest } from './request.ts'

/** The cell's own words for the people behind it. */
export type CellWords = Readonly<Record<string, string | number>>
export type PeopleOf = (cell: CellWords) => string

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
const numbers = (list: unknown, length: number): readonly number[] =>
  Array.from({ length }, (_, index) => Number((Array.isArray(list) ? list[index] : 0) ?? 0))

function stepsOf(
  { funnel, required }: FunnelRequest,
  row: Row,
  people: PeopleOf,
): readonly FunnelStepAnswer[] {
  const counts = numbers(row.counts, funnel.steps.length)
  const have = numbers(row.with_step, funnel.steps.length)
  const reached = required.map((step) => counts[funnel.steps.indexOf(step)] ?? 0)
  let rank = 0
  return funnel.steps.map(({ word, event_type, need }, index) => {
    if (need === 'required') rank += 1
    const count = counts[index] ?? 0
    const before = reached[need === 'required' ? rank - 2 : rank - 1]
    const went = need === 'required' ? (reached[rank] ?? count) : count
    const colon = word.indexOf(':')
    return {
      step: index + 1,
      event_type: event_type ?? 'any',
      filter: colon < 0 ? null : word.slice(colon + 1),
      optional: need === 'optional',
      count,
      rate_from_previous: before === undefined ? null : ratio(count, before),
      rate_from_first: ratio(count, reached[0] ?? 0),
      dropped: need === 'required' ? count - went : (before ?? 0) - count,
      with_step: have[index] ?? 0,
      people: people({ step: index + 1, outcome: 'reached' }),
      people_dropped: people({ step: index + 1, outcome: 'dropped' }),
    }
  })
}

function conversionOf(steps: readonly FunnelStepAnswer[]): number | null {
  const required = steps.filter(({ optional }) => !optional)
  return ratio(required.at(-1)?.count ?? 0, required[0]?.count ?? 0)
}

/** Of several that lose as many the first one. */
function biggestDrop(steps: readonly FunnelStepAnswer[]): FunnelDrop | null {
  const required = steps.filter(({ optional }) => !optional)
  const words = ({ event_type, filter }: FunnelStepAnswer) =>
    filter === null ? event_type : `${event_type}:${filter}`
  const drops = required.slice(1).map((to, index) => {
    const from = required[index] as FunnelStepAnswer
    const [lost, people] = [from.dropped, from.people_dropped]
    return { from: words(from), to: words(to), lost, rate: ratio(lost, from.count), people }
  })
  return drops.reduce<FunnelDrop | null>(
    (most, drop) => (drop.lost > (most?.lost ?? 0) ? drop : most),
    null,
  )
}

function groupOf(row: Row): CellWords {
  if (row.is_other === true) return { group: 'other' }
  return row.value === null ? { group: 'none' } : { group: 'value', value: String(row.value) }
}

function partOf(request: FunnelRequest, row: Row, people: PeopleOf): FunnelPart {
  const steps = stepsOf(request, row, people)
  const is_other = row.is_other === true
  const value = is_other || typeof row.value !== 'string' ? null : row.value
  return { value, is_other, steps, conversion_rate: conversionOf(steps) }
}

function timesOf(row: Row): FunnelTimes {
  const [p25_s = null, median_s = null, p75_s = null, p90_s = null] = Array.isArray(row.quantiles_s)
    ? (row.quantiles_s as readonly number[])
    : []
  const bins = numbers(row.bins, TIME_BINS_S.length + 1)
  return {
    count: Number(row.units),
    mean_s: row.mean_s === null ? null : Number(row.mean_s),
    ...{ p25_s, median_s, p75_s, p90_s },
    histogram: bins.map((count, index) => ({
      from_s: index === 0 ? 0 : (TIME_BINS_S[index - 1] ?? 0),
      to_s: TIME_BINS_S[index] ?? null,
      count,
    })),
  }
}

function trendOf(request: FunnelRequest, rows: readonly Row[], people: PeopleOf) {
  const truncated = rows.length > TREND_ROWS_MAX
  // Cut are the oldest; a moment of which a part was cut would be wrong.
  const cut = truncated ? rows.at(-1)?.start : undefined
  const kept = rows.filter(({ start }) => start !== cut)
  return {
    interval: request.interval,
    truncated,
    rows: kept.reverse().map((row) => {
      const start = String(row.start)
      const group = request.by === null ? {} : groupOf(row)
      return { start, ...partOf(request, row, (cell) => people({ ...cell, ...group, start })) }
    }),
  }
}

function definitionOf({ funnel: { order, scope, within_ms, exclude }, from, to }: FunnelRequest) {
  const unit = scope === 'session' ? 'session' : 'person'
  const how = {
    loose: 'the events of the steps lie in this order, others between them or not',
    strict: 'the events of the steps follow each other with no event between',
    any: 'there is an event for each of the steps so far, in any order',
  }[order]
  const range =
    from || to ? `sessions that begin from ${from ?? 'the first'} to ${to ?? 'now'}` : ''
  return [
    `A ${unit} counts once at every step that its longest chain reaches: ${how}.`,
    'One event is never two steps.',
    within_ms === null ? '' : `A chain ends ${within_ms / 1_000} s after its first event.`,
    exclude.length === 0 ? '' : `It ends at ${exclude.map(({ word }) => word).join(' or ')}.`,
    range === '' ? '' : `Of ${range}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

export function answerOf(
  request: FunnelRequest,
  rows: readonly Row[],
  people: PeopleOf,
): FunnelAnswer {
  const { funnel, declared, by, from, to } = request
  const of = (part: string) => rows.filter((row) => row.part === part)
  const [total = {}] = of('total')
  const steps = stepsOf(request, total, people)
  const [first, ...each] = of('times').sort((one, other) => Number(one.step) - Number(other.step))
  const values = of('value').sort(
    (one, other) => Number(one.rank ?? 1e9) - Number(other.rank ?? 1e9),
  )
  const named = values.filter((row) => row.is_other !== true || Number(row.others) > 0)
  return {
    name: declared,
    definition: definitionOf(request),
    ...{ scope: funnel.scope, order: funnel.order },
    within_s: funnel.within_ms === null ? null : funnel.within_ms / 1_000,
    exclude: funnel.exclude.map(({ word }) => word),
    ...{ from, to },
    units: Number(total.units ?? 0),
    units_truncated: Number(total.truncated ?? 0),
    steps,
    conversion_rate: conversionOf(steps),
    biggest_drop: biggestDrop(steps),
    time_to_convert: first
      ? {
          first_to_last: timesOf(first),
          steps: each.map((row) => ({ step: Number(row.step), ...timesOf(row) })),
        }
      : null,
    breakdown:
      by === null
        ? null
        : {
            by: by.column,
            values: named.map((row) =>
              partOf(request, row, (cell) => people({ ...cell, ...groupOf(row) })),
            ),
            other_values: Number(values.find((row) => row.is_other === true)?.others ?? 0),
          },
    trend: trendOf(request, of('trend'), people),
  }
}
