/** What may be asked about retention. */
import { FIRST_VISIT_FILTER } from './first_visits.ts'
import { PERIODS } from './periods.ts'
import type { Asked } from './question.ts'

export const RETENTION_PARAMETERS = {
  cohort: {
    type: 'text',
    about: 'What makes the cohorts, when first done: visit, purchase, any, or an event type.',
    default: 'visit',
  },
  return: {
    type: 'text',
    about:
      'What counts as being back: visit, purchase, any (a visit or a purchase), or an event type.',
    default: 'visit',
  },
  period: {
    type: 'choice',
    choices: PERIODS,
    about: "The calendar of the shop's time zone; weeks begin on Monday.",
    default: 'month',
  },
  kind: {
    type: 'choice',
    choices: ['bounded', 'rolling'],
    about: 'bounded: back in exactly that period. rolling: in that period or any later one.',
    default: 'bounded',
  },
  periods: {
    type: 'integer',
    min: 0,
    max: 400,
    about: 'How many periods after its own each cohort is followed.',
    default: '12',
  },
  from: { type: 'time', about: 'Shows the cohorts from the period in which this time lies.' },
  to: { type: 'time', about: 'Shows the cohorts of periods that begin before this time.' },
  as_of: {
    type: 'time',
    about: 'Only what happened before counts; the last event known where it is not said.',
  },
  ...FIRST_VISIT_FILTER,
  cohort_start: { type: 'time', about: 'The first date of the cohort of the cell.', cell: true },
  period_number: {
    type: 'integer',
    min: 0,
    max: 400,
    about: 'How many periods after its own.',
    cell: true,
  },
  active_in: {
    type: 'time',
    about: 'The first date of the period they were active in.',
    cell: true,
  },
  group: {
    type: 'choice',
    choices: ['new', 'returning', 'not_yet', 'repeaters'],
    about:
      'new, returning or not yet in a cohort (of the active ones); more than once (repeaters).',
    cell: true,
  },
} as const

export type RetentionAsked = Asked<typeof RETENTION_PARAMETERS>
