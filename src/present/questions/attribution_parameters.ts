/** What may be asked about attribution. */
import { FIRST_VISIT_FILTER } from './first_visits.ts'
import type { Asked } from './question.ts'

export const MODELS = ['first', 'last', 'linear', 'position', 'time_decay'] as const
export type Model = (typeof MODELS)[number]

export const ATTRIBUTION_PARAMETERS = {
  by: {
    type: 'choice',
    choices: [
      ...(['channel', 'utm_source', 'utm_medium', 'utm_campaign'] as const),
      ...(['referrer', 'entry_page', 'device_type'] as const),
    ],
    about: 'What of a visit the revenue is given to.',
    default: 'channel',
  },
  model: {
    type: 'choice',
    choices: ['all', ...MODELS],
    about: 'How the revenue of an order is divided among the visits before it; all: side by side.',
    default: 'all',
  },
  lookback: {
    type: 'duration',
    about: 'How long before an order a visit still counts.',
    default: '30 days',
  },
  half_life: {
    type: 'duration',
    about: 'time_decay: a visit so much earlier than another weighs half as much.',
    default: '7 days',
  },
  direct: {
    type: 'choice',
    choices: ['keep', 'ignore'],
    about: 'ignore: direct visits count only for orders that have no other, in every model.',
    default: 'keep',
  },
  from: { type: 'time', about: 'Orders placed at this time or later.' },
  to: { type: 'time', about: 'Orders placed before this time.' },
  ...FIRST_VISIT_FILTER,
  row: {
    type: 'choice',
    choices: ['value', 'none', 'unattributed'],
    about: 'Which row the cell is in: that of `value`, that of none, or the unattributed one.',
    cell: true,
  },
  value: { type: 'text', about: 'The channel (or what `by` says) of the row.', cell: true },
  in_currency: {
    type: 'text',
    about: 'The currency of the cell; none where it is unknown.',
    cell: true,
  },
} as const

export type AttributionAsked = Asked<typeof ATTRIBUTION_PARAMETERS>

/** The models that are asked for. */
export function modelsOf({ model }: Pick<AttributionAsked, 'model'>): readonly Model[] {
  return model === 'all' ? MODELS : [model as Model]
}
