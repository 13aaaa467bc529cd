/**
 * Step by step through all sessions: which event follows which, how often, and after how long.
 * Every event is left once and arrived at once, since a session comes from `(entered)` and goes to
 * `(left)`: both ways each event type adds up to its events.
 */
import { ClickpathError } from '../../std/errors.ts'
import { metricsPeopleSql, metricsSql } from './journey_metrics_sql.ts'
import { peoplePath } from './parameters.ts'
import type { Asked, Question } from './question.ts'
import { rounded } from './rounded.ts'
import { SESSION_FILTERS, sessionsSql } from './session_filters.ts'

const parameters = {
  ...SESSION_FILTERS,
  from_event: { type: 'text', cell: true, about: 'The event type that is left.' },
  to_event: { type: 'text', cell: true, about: 'The event type that follows.' },
} as const

type MetricsAsked = Asked<typeof parameters>

export interface Transition {
  readonly from_event: string
  readonly to_event: string
  readonly transitions: number
  readonly sessions: number
  readonly share_of_from: number | null
  readonly seconds_mean: number | null
  readonly seconds_median: number | null
  readonly people: string
}

export interface JourneyMetricsAnswer {
  readonly definition: string
  readonly sessions: number
  readonly truncated_sessions: number
  readonly transitions: readonly Transition[]
}

const DEFINITION =
  'Steps next to one another in a session. (entered) is what the first step comes from and (left) ' +
  'what the last one goes to, so that shares of one event add up to 1. Seconds are those between ' +
  'the two events. Of sessions with more than 200 events the first 200 count, and the last of them ' +
  'goes to (more): `truncated_sessions` says how many.'

const number = (description: string) => ({ type: 'integer', description })
const share = (description: string) => ({ type: ['number', 'null'], description })
const text = (description: string) => ({ type: 'string', description })

const TRANSITION = {
  from_event: text('the event type, or (entered)'),
  to_event: text('the event type that follows, (left) or (more)'),
  transitions: number('how often the one follows the other'),
  sessions: number('in how many sessions'),
  share_of_from: share('of all that follows the event'),
  seconds_mean: share('seconds between them, on average'),
  seconds_median: share('half of them take longer, in seconds'),
  people: text('the path of the API with the people behind it'),
}

const optional = (value: unknown) => (typeof value === 'number' ? value : null)

function transitionOf(row: Readonly<Record<string, unknown>>, asked: MetricsAsked): Transition {
  const [from_event, to_event] = [String(row.from_event), String(row.to_event)]
  return {
    ...{ from_event, to_event },
    transitions: Number(row.transitions),
    sessions: Number(row.sessions),
    share_of_from: optional(row.share_of_from),
    seconds_mean: optional(row.seconds_mean),
    seconds_median: optional(row.seconds_median),
    people: peoplePath({ name: 'journey_metrics', parameters }, asked, { from_event, to_event }),
  }
}

export const journeyMetrics: Question<typeof parameters, JourneyMetricsAnswer> = {
  name: 'journey_metrics',
  answers: 'Which event follows which, how often, and after how long?',
  parameters,
  examples: [
    'clickpath journey_metrics',
    'clickpath journey_metrics --from 2026-01-01 --where device_type=mobile --format csv',
  ],
  answer: {
    type: 'object',
    required: ['definition', 'sessions', 'truncated_sessions', 'transitions'],
    properties: {
      definition: text('what is counted, in words'),
      sessions: number('sessions in the answer'),
      truncated_sessions: number('those of whose steps only the first 200 are known'),
      transitions: {
        type: 'array',
        items: { type: 'object', required: Object.keys(TRANSITION), properties: TRANSITION },
      },
    },
  },
  statements: (asked) => [metricsSql(sessionsSql(asked))],
  ask: async (asked, { store }) => {
    const { sql, params } = metricsSql(sessionsSql(asked))
    const rows = await store.rows(sql, params)
    const all = rows.find(({ from_event }) => from_event === null)
    const transitions = rows.filter(({ from_event }) => from_event !== null)
    return {
      definition: DEFINITION,
      sessions: Number(all?.sessions ?? 0),
      truncated_sessions: Number(all?.transitions ?? 0),
      transitions: transitions.map((row) => transitionOf(row, asked)),
    }
  },
  people: (asked) => {
    const { from_event, to_event } = asked
    if ((from_event === undefined) !== (to_event === undefined)) {
      throw new ClickpathError('BAD_REQUEST', 'Give both from_event and to_event, or neither.')
    }
    const pair = from_event && to_event ? ([from_event, to_event] as const) : null
    return metricsPeopleSql(sessionsSql(asked), pair)
  },
  rows: ({ transitions }) =>
    transitions.map(({ people: _, ...row }) => ({
      ...row,
      share_of_from: rounded(row.share_of_from, 4),
      seconds_mean: rounded(row.seconds_mean, 1),
    })),
}
