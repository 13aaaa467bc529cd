/**
 * The schemas of what may be sent: JSON Schema, one per event type and per dimension, derived from
 * the model's columns. Nothing is written here that the columns do not say. When a column changes,
 * `SCHEMA_VERSION` goes up: the last digit for an addition, the first for what old senders may break.
 */
import { DIMENSIONS } from '../model/dimensions.ts'
import { EVENT_TYPES, events, LINE_COLUMNS } from '../model/events.ts'
import type { ValueType } from '../model/expression.ts'
import type { ColumnDeclaration, Columns } from '../model/stream.ts'
import { DECIMAL_PATTERN, INTEGER_PATTERN } from './columns.ts'
import { EVENT_ALIASES, LINE_ALIASES } from './formats/event_fields.ts'

export const SCHEMA_VERSION = '1-0-0'
const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

export type Schema = Readonly<Record<string, unknown>>

export interface SchemaEntry {
  readonly type: string
  readonly about: string
  readonly versions: readonly string[]
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

function eventSchema(type: string, about: string, typeRules: Schema): Schema {
  const { about: description } = events.declaration.columns.event_type
  return {
    $schema: DIALECT,
    $id: `/schemas/${type}/${SCHEMA_VERSION}`,
    title: type,
    description: about,
    type: 'object',
    properties: {
      ...EVENT_PROPERTIES,
      event_type: { description, ...typeRules },
    },
    required: ['event_type'],
    anyOf: VISITOR_COLUMNS.map((name) => ({ required: [name], properties: { [name]: SAID } })),
  }
}

function rowSchema(name: keyof typeof DIMENSIONS): Schema {
  const { stream, key } = DIMENSIONS[name]
  return {
    $schema: DIALECT,
    $id: `/schemas/${name}/${SCHEMA_VERSION}`,
    title: name,
    description: stream.declaration.about,
    type: 'object',
    properties: { ...properties(stream.declaration.columns, {}) },
    required: [key],
  }
}

const BASE = {
  type: 'event',
  about: 'an event of any type; a word of your own is accepted',
  rules: { type: 'string', minLength: 1, maxLength: events.declaration.columns.event_type.bound },
} as const

function createSchemas(): ReadonlyMap<string, Schema> {
  const schemas = new Map<string, Schema>()
  schemas.set(BASE.type, eventSchema(BASE.type, BASE.about, BASE.rules))
  for (const [type, about] of Object.entries(EVENT_TYPES)) {
    schemas.set(type, eventSchema(type, about, { const: type }))
  }
  schemas.set('products', rowSchema('products'))
  schemas.set('customers', rowSchema('customers'))
  return schemas
}

const SCHEMAS = createSchemas()

/** Every schema there is, the newest version last. */
export function listSchemas(): readonly SchemaEntry[] {
  const entries = [...SCHEMAS]
  return entries.map(([type, schema]) => ({
    type,
    about: String(schema.description),
    versions: [SCHEMA_VERSION],
  }))
}

/** One schema, the newest where no version is named; undefined when there is none. */
export function findSchema(type: string, version = SCHEMA_VERSION): Schema | undefined {
  return version === SCHEMA_VERSION ? SCHEMAS.get(type) : undefined
}
