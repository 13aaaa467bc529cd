/** The JSON Schema of a funnel's answer, for the API's document. */

const number = { type: 'number' }
const integer = { type: 'integer' }
const rate = { type: ['number', 'null'], description: 'null where nothing could be reached' }
const text = { type: 'string' }
const maybe = { type: ['string', 'null'] }
const path = { type: 'string', description: 'a path of this API: the people behind the number' }

const object = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})
const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] })
const list = (items: object) => ({ type: 'array', items })

const STEP = object({
  step: { type: 'integer', description: 'from 1' },
  event_type: { type: 'string', description: '`any` where it may be of every type' },
  filter: maybe,
  optional: { type: 'boolean' },
  count: { type: 'integer', description: 'units that reached the step' },
  rate_from_previous: rate,
  rate_from_first: rate,
  dropped: {
    type: 'integer',
    description: 'units that came no further; for an optional step, those that went by without it',
  },
  with_step: { type: 'integer', description: 'units with such an event anywhere' },
  people: path,
  people_dropped: path,
})

const PART = {
  value: maybe,
  is_other: { type: 'boolean', description: 'all values that are not named' },
  steps: list(STEP),
  conversion_rate: rate,
}

const TIMES = {
  count: integer,
  ...Object.fromEntries(
    ['mean_s', 'p25_s', 'median_s', 'p75_s', 'p90_s'].map((name) => [name, rate]),
  ),
  histogram: list(object({ from_s: number, to_s: rate, count: integer })),
}

export const FUNNEL_SCHEMA = object({
  name: { ...maybe, description: 'of the declared funnel, if it is one' },
  definition: { type: 'string', description: 'what is counted, in words' },
  scope: text,
  order: text,
  within_s: rate,
  exclude: list(text),
  from: maybe,
  to: maybe,
  units: { type: 'integer', description: 'sessions or persons in the range' },
  units_truncated: {
    type: 'integer',
    description: 'units with a session of which only the first 200 events were looked at',
  },
  steps: list(STEP),
  conversion_rate: rate,
  biggest_drop: nullable(object({ from: text, to: text, lost: integer, rate, people: path })),
  time_to_convert: nullable(
    object({
      first_to_last: object(TIMES),
      steps: list(object({ step: integer, ...TIMES })),
    }),
  ),
  breakdown: nullable(object({ by: text, values: list(object(PART)), other_values: integer })),
  trend: object({
    interval: text,
    truncated: { type: 'boolean', description: 'whether the oldest intervals were left out' },
    rows: list(object({ start: text, ...PART })),
  }),
})
