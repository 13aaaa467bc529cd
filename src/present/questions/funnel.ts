/**
 * Where do people leave on their way to an order?
 *
 * A unit is a session (its first 200 events), or a person: all steps of their sessions in the
 * range in one order. A chain begins at an event that matches the first step (a start) and takes,
 * for each further required step, the first later event that matches it before something breaks
 * the chain:
 *
 *   exclude   an event of that kind between the first and the last event of the chain
 *   within    more time than that since the start
 *   strict    any other event
 *
 * A unit's depth is that of its longest chain; of several the earliest start's counts, with its
 * times. No event is two steps of a chain. Events of one time are in the stored order. An optional
 * step stops no chain and changes no other count: it is met by an event after the required step
 * before it (and after optional ones met since), before the next required one, or, where the chain
 * ends there, before it breaks. In any order, depth N means that each of the first N steps has an
 * event of its own between a start (an event of any of the steps) and what breaks the chain; there
 * are no optional steps and no times.
 *
 * A range is of sessions that begin in it. Intervals and breakdowns take the unit's begin, the
 * first session's columns, and the category, product or page of the chain's first event.
 */
import type { Row } from '../../engine/contract.ts'
import type { Funnel } from '../../model/funnel.ts'
import { FUNNEL_ORDERS, FUNNEL_SCOPES, FUNNEL_STEPS_MAX } from '../../model/funnel.ts'
import type { Table } from '../../model/table.ts'
import { sessionsTable } from '../../model/tables/sessions.ts'
import { answerOf } from '../funnel/answer.ts'
import { FUNNEL_SCHEMA } from '../funnel/answer_schema.ts'
import type { FunnelAnswer, FunnelStepAnswer } from '../funnel/answer_shape.ts'
import { countsSql } from '../funnel/counts_sql.ts'
import { peopleSql } from '../funnel/people_sql.ts'
import { requestOf } from '../funnel/request.ts'
import { countersOf } from '../funnel/short_units_sql.ts'
import { peoplePath } from './parameters.ts'
import type { Parameters, Question } from './question.ts'

const PARAMETERS = {
  steps: {
    type: 'list',
    words: 'whole',
    positional: true,
    about: 'the steps in order: view, view:category=shoes,price=20..50, any, optional:cart',
  },
  name: { type: 'text', about: 'A declared funnel instead of steps; else conversion_funnel.' },
  scope: { type: 'choice', choices: FUNNEL_SCOPES, about: 'What is counted; session by default.' },
  order: { type: 'choice', choices: FUNNEL_ORDERS, about: 'How steps follow; loose by default.' },
  optional: { type: 'list', words: 'whole', about: 'Which of the steps stop no chain.' },
  exclude: {
    type: 'list',
    words: 'whole',
    about: 'A step that breaks a chain when it lies inside.',
  },
  within: { type: 'duration', about: 'How long after its first event a chain may go on.' },
  where: {
    type: 'list',
    words: 'whole',
    about: 'Only sessions like this: channel=email, utm_source!=ads, country=DE, channel= (none).',
  },
  by: {
    type: 'text',
    about: 'Break down by a column: channel, category, device_type, gender, ...',
  },
  top: {
    type: 'integer',
    min: 1,
    max: 100,
    default: '10',
    about: 'Values named; the rest is other.',
  },
  interval: {
    type: 'choice',
    choices: ['15m', 'hour', 'day', 'week', 'month'],
    default: 'day',
    about: "What a row of the trend is; day and longer by the shop's time zone.",
  },
  from: { type: 'time', about: 'Sessions that begin at this time or later.' },
  to: { type: 'time', about: 'Sessions that begin before this time.' },
  step: {
    type: 'integer',
    min: 1,
    max: FUNNEL_STEPS_MAX,
    default: '1',
    cell: true,
    about: 'Which step, from 1.',
  },
  outcome: {
    type: 'choice',
    choices: ['reached', 'dropped'],
    default: 'reached',
    cell: true,
    about: 'Who reached the step, or came no further than it.',
  },
  group: {
    type: 'choice',
    choices: ['all', 'value', 'none', 'other'],
    default: 'all',
    cell: true,
    about: 'Which part of the breakdown.',
  },
  value: { type: 'text', cell: true, about: 'The value of the breakdown, for group=value.' },
  start: { type: 'time', cell: true, about: 'The begin of one interval of the trend.' },
} as const satisfies Parameters

type FunnelQuestion = Question<typeof PARAMETERS, FunnelAnswer>

const rate = (share: number | null) => (share === null ? null : Math.round(share * 1e4) / 1e4)

const stepRow = (step: FunnelStepAnswer): Row => ({
  step: step.step,
  event_type: step.event_type,
  ...(step.filter === null ? {} : { filter: step.filter }),
  ...(step.optional ? { optional: true } : {}),
  count: step.count,
  rate_from_previous: rate(step.rate_from_previous),
  rate_from_first: rate(step.rate_from_first),
  dropped: step.dropped,
  with_step: step.with_step,
})

/** The breakdown where one was asked for, else the steps. */
function rowsOf({ steps, breakdown, time_to_convert }: FunnelAnswer): readonly Row[] {
  if (breakdown) {
    return breakdown.values.flatMap(({ value, is_other, steps: own }) =>
      own.map((step) => ({ [breakdown.by]: is_other ? '(other)' : value, ...stepRow(step) })),
    )
  }
  return steps.map((step) => {
    const times = time_to_convert?.steps.find((each) => each.step === step.step)
    return { ...stepRow(step), ...(times ? { median_s: times.median_s, p90_s: times.p90_s } : {}) }
  })
}

/**
 * The question, with the funnels that the user declared beside ours, and their sessions where they
 * declared others. The gap has no part in what the columns are.
 */
export function funnelQuestion(
  declared: readonly Funnel[],
  sessions: Table = sessionsTable(1),
): FunnelQuestion {
  const counters = countersOf(sessions)
  const question: FunnelQuestion = {
    name: 'funnel',
    answers: 'Where do people leave on their way through these steps?',
    parameters: PARAMETERS,
    examples: [
      'clickpath funnel view cart purchase --scope session --from 2019-10-01 --to 2019-10-20',
      'clickpath funnel view:category=shoes cart purchase --optional cart --by channel',
      'clickpath funnel view cart purchase --exclude remove_from_cart --within 1h --scope person',
      'clickpath funnel --name conversion_funnel --by category --interval 15m --format json',
    ],
    answer: FUNNEL_SCHEMA,
    statements(asked, settings) {
      return [{ sql: countsSql(requestOf(asked, declared, counters), settings), params: [] }]
    },
    async ask(asked, { store, settings }) {
      const request = requestOf(asked, declared, counters)
      const rows = await store.rows(countsSql(request, settings))
      return answerOf(request, rows, (cell) => peoplePath(question, asked, cell))
    },
    people(asked, settings) {
      return { sql: peopleSql(requestOf(asked, declared, counters), asked, settings), params: [] }
    },
    rows: rowsOf,
  }
  return Object.freeze(question)
}
