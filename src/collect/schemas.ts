/**
 * The schemas of what may be sent: JSON Schema, one per event type and per dimension, derived from
 * the model's columns. Nothing is written here that the columns do not say. When a column changes,
 * `SCHEMA_VERSION` goes up: the last digit for an addition, the first for what old senders may
 * break. Older versions are kept in schemas/ and served beside the newest (`schema_versions.ts`).
 */
import { DIMENSIONS, type DimensionName } from '../model/dimensions.ts'
import { EVENT_TYPES, events, LINE_COLUMNS } from '../model/events.ts'
import type { ValueType } from '../model/expression.ts'
import type { ColumnDeclaration, Columns } from '../model/stream.ts'
import { DECIMAL_PATTERN, INTEGER_PATTERN } from './columns.ts'
import { EVENT_ALIASES, LINE_ALIASES } from './formats/event_fields.ts'
import { LOG_ALIASES } from './formats/logs.ts'
import { RATE_ALIASES, RATE_COLUMNS } from './formats/rates.ts'

export const SCHEMA_VERSION = '1-0-2'
const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

export type Schema = Readonly<Record<string, unknown>>

/** All schemas of one version, as a file of schemas/ holds them. */
export interface SchemaSet {
  readonly version: string
  /** The schema of an event of any type. */
  readonly event: Schema
  /** What each event type means; their schemas differ from `event` in nothing else. */
  readonly event_types: Readonly<Record<string, string>>
  /** Rows of dimensions and other streams that are no events. */
  readonly rows: Readonly<Record<string, Schema>>
}

type Rules = (bound: number | undefined) => Schema

function numberRules(type: 'number' | 'integer', pattern: string): Rules {
  return (bound) => ({
    type: [type, 'string', 'null'],
    pattern: `${pattern}|^$`,
    ...(bound === undefined ? {} : { exclusiveMinimum: -bound, exclusiveMaximum: bound }),
  })
}

const RULES: Readonly<Partial<Record<ValueType, Rules>>> = {
  text: (bound) => ({
    type: ['string', 'integer', 'null'],
    minimum: Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
    ...(bound === undefined ? {} : { maxLength: bound }),
  }),
  integer: numberRules('integer', INTEGER_PATTERN),
  decimal: numberRules('number', DECIMAL_PATTERN),
  double: numberRules('number', DECIMAL_PATTERN),
  timestamp: () => ({ type: ['string', 'null'], format: 'date-time' }),
  json: () => ({ type: ['object', 'null'] }),
}

function property({ type, about, bound }: ColumnDeclaration): Schema {
  return { description: about, ...RULES[type]?.(bound) }
}

/** The properties that a client may send, other names of a column included. */
function properties(columns: Columns, aliases: Readonly<Record<string, string>>): Schema {
  const sendable = Object.entries(columns).filter(
    ([, column]) => !column.internal && !column.derived,
  )
  const known = Object.fromEntries(sendable.map(([name, column]) => [name, property(column)]))
  for (const [alias, column] of Object.entries(aliases)) {
    known[alias] = { ...known[column], description: `another name of ${column}` }
  }
  return known
}

const EVENT_PROPERTIES = Object.freeze({
  ...properties(events.declaration.columns, EVENT_ALIASES),
  items: {
    description: 'the product lines of the event',
    type: ['array', 'null'],
    items: { type: 'object', properties: properties(LINE_COLUMNS, LINE_ALIASES) },
  },
})

/** One of these says who it was; `null` and the empty text say nothing. */
const VISITOR_COLUMNS = ['anonymous_id', 'visitor_id', 'user_id', 'session_id'] as const
const SAID = { not: { enum: [null, ''] } }

const EVENT_SCHEMA: Schema = {
  $schema: DIALECT,
  $id: `/schemas/event/${SCHEMA_VERSION}`,
  title: 'event',
  description: 'an event of any type; a word of your own is accepted',
  type: 'object',
  properties: {
    ...EVENT_PROPERTIES,
    event_type: {
      description: events.declaration.columns.event_type.about,
      type: 'string',
      minLength: 1,
      maxLength: events.declaration.columns.event_type.bound,
    },
  },
  required: ['event_type'],
  anyOf: VISITOR_COLUMNS.map((name) => ({ required: [name], properties: { [name]: SAID } })),
}

function rowSchema(
  name: DimensionName,
  required: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): Schema {
  const { stream } = DIMENSIONS[name]
  return {
    $schema: DIALECT,
    $id: `/schemas/${name}/${SCHEMA_VERSION}`,
    title: name,
    description: stream.declaration.about,
    type: 'object',
    properties: { ...properties(stream.declaration.columns, aliases) },
    required,
  }
}

/** The schemas that this program takes events by. */
export const CURRENT_SCHEMAS: SchemaSet = Object.freeze({
  version: SCHEMA_VERSION,
  event: EVENT_SCHEMA,
  event_types: EVENT_TYPES,
  rows: {
    products: rowSchema('products', ['product_id']),
    customers: rowSchema('customers', ['user_id']),
    logs: rowSchema('logs', ['message'], LOG_ALIASES),
    rates: rowSchema('rates', RATE_COLUMNS, RATE_ALIASES),
  },
})

/** Every schema of a version by its type. */
export function schemasByType(set: SchemaSet): ReadonlyMap<string, Schema> {
  const { version, event, event_types, rows } = set
  const ofTypes = Object.entries(event_types).map(([type, description]) => {
    const shared = event.properties as Readonly<Record<string, Schema>>
    const event_type = { description: shared.event_type?.description, const: type }
    const $id = `/schemas/${type}/${version}`
    const own = { $id, title: type, description, properties: { ...shared, event_type } }
    return [type, { ...event, ...own }] as const
  })
  return new Map<string, Schema>([['event', event], ...ofTypes, ...Object.entries(rows)])
}
